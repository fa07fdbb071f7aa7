// SPDX-License-Identifier: ISC
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dsp/denormals.h"
#include "dsp/engine.h"
#include "dsp/files/audio_file.h"
#include "dsp/files/model_file.h"
#include "dsp/measure.h"
#include "plugin/tool/tool.h"

enum { BLOCK = 1024 }; // frames for each call, as a host would

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// A knob by its name, or by its number from 1; -1 when there is none.
static int find_knob(const Model *model, const char *name, size_t length) {
    for (int i = 0; i < model->knobs; i++) {
        if (strlen(model->knob[i].name) == length &&
            strncmp(model->knob[i].name, name, length) == 0) {
            return i;
        }
    }
    return length == 1 && *name >= '1' && *name < '1' + model->knobs ? *name - '1' : -1;
}

// Runs the engine over the samples in place, in the processor's state of flush-to-zero. Answers
// the seconds that it took.
static double run(Engine *engine, Audio *audio) {
    DenormalState before = denormals_off();
    double start = now();
    for (size_t done = 0; done < audio->frames; done += BLOCK) {
        size_t left = audio->frames - done;
        float *block = audio->samples + done;
        const float *input = block;
        engine_run(engine, &block, &input, left < BLOCK ? (int)left : BLOCK);
    }
    double elapsed = now() - start;
    denormals_restore(before);
    return elapsed;
}

// Sets the knobs as the command line says ("NAME=VALUE" or "NUMBER=VALUE"), the others to where
// the model has them.
static Status set_knobs(Engine *engine, const Model *model, const Arguments *arguments,
                        Diagnostic *diagnostic) {
    for (int i = 0; i < model->knobs; i++) {
        engine_set_knob(engine, i, model->knob[i].initial);
    }
    for (int i = 0; i < arguments->knob_count; i++) {
        const char *text = arguments->knobs[i], *equals = strchr(text, '=');
        size_t length = equals ? (size_t)(equals - text) : 0;
        char *end = NULL;
        double value = equals ? strtod(equals + 1, &end) : 0.0;
        int knob = find_knob(model, text, length);
        if (!equals || end == equals + 1 || *end || !isfinite(value)) {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--knob takes NAME=VALUE, not '%s'",
                            text);
        }
        if (knob < 0) {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%.300s: has no knob '%.*s'",
                            arguments->operands[0], (int)length, text);
        }
        if (value < model->knob[knob].minimum || value > model->knob[knob].maximum) {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "knob '%.*s' goes from %g to %g",
                            (int)length, text, (double)model->knob[knob].minimum,
                            (double)model->knob[knob].maximum);
        }
        engine_set_knob(engine, knob, (float)value);
    }
    return STATUS_OK;
}

static Status check_output(const Audio *audio, const char *model, Diagnostic *diagnostic) {
    for (size_t i = 0; i < audio->frames; i++) {
        if (!isfinite(audio->samples[i])) {
            return diagnose(diagnostic, STATUS_BAD_MODEL,
                            "%s: its output is not a finite number at sample %zu (%.4f s)", model,
                            i, (double)i / audio->rate);
        }
    }
    return STATUS_OK;
}

static Status check_rates(const Engine *engine, const Audio *audio, const Arguments *arguments,
                          Diagnostic *diagnostic) {
    double rate = engine_sample_rate(engine);
    if (rate == 0.0 || rate == audio->rate) {
        return STATUS_OK;
    }
    return diagnose(diagnostic, STATUS_BAD_AUDIO,
                    "%.300s has %d Hz, but %.300s was trained at %g Hz; resample the audio",
                    arguments->operands[1], audio->rate, arguments->operands[0], rate);
}

static Status report(const Engine *engine, const Audio *audio, double elapsed,
                     const Arguments *arguments, Diagnostic *diagnostic) {
    double seconds = (double)audio->frames / audio->rate;
    double factor = elapsed > 0.0 ? seconds / elapsed : (double)INFINITY;
    double peak = measure_peak(audio->samples, audio->frames);
    const char *isa = isa_name(engine_isa(engine));
    if (!arguments->json) {
        printf("%s: %.3f s at %d Hz", arguments->operands[2], seconds, audio->rate);
        if (audio->channels > 1) {
            printf(" (first of %d channels)", audio->channels);
        }
        printf(", peak %.4f (%.1f dB), %.0f times real time with %s\n", peak,
               tool_amplitude_db(peak), factor, isa);
        return STATUS_OK;
    }
    Tree *object = tree_object();
    bool whole = tree_put_integer(object, "frames", (long long)audio->frames) &&
                 tree_put_integer(object, "rate", audio->rate) &&
                 tree_put_integer(object, "input_channels", audio->channels) &&
                 tree_put_number(object, "seconds", seconds) &&
                 tree_put_number(object, "elapsed_seconds", elapsed) &&
                 tool_put_number(object, "realtime_factor", factor) &&
                 tree_put_number(object, "peak", peak) && tree_put_text(object, "isa", isa);
    return tool_print_json(object, whole, diagnostic);
}

static Status render(const Model *model, Audio *audio, const Arguments *arguments,
                     Diagnostic *diagnostic) {
    Engine *engine = NULL;
    Diagnostic cause = {""};
    Status status = engine_new(&engine, model, arguments->isa, 1, &cause);
    if (status != STATUS_OK) {
        return diagnose(diagnostic, status, "%.500s: %s", arguments->operands[0], cause.text);
    }
    status = check_rates(engine, audio, arguments, diagnostic);
    if (status == STATUS_OK) {
        status = set_knobs(engine, model, arguments, diagnostic);
    }
    double elapsed = 0.0;
    if (status == STATUS_OK) {
        elapsed = run(engine, audio);
        status = check_output(audio, arguments->operands[0], diagnostic);
    }
    if (status == STATUS_OK) {
        status = audio_file_write(arguments->operands[2], audio->rate, audio->samples,
                                  audio->frames, diagnostic);
    }
    if (status == STATUS_OK) {
        status = report(engine, audio, elapsed, arguments, diagnostic);
    }
    engine_free(engine);
    return status;
}

Status tool_render(const Arguments *arguments, Diagnostic *diagnostic) {
    Model *model = NULL;
    Audio audio = {0};
    Status status = model_file_read(&model, arguments->operands[0], diagnostic);
    if (status == STATUS_OK) {
        status = audio_file_read(&audio, arguments->operands[1], diagnostic);
    }
    if (status == STATUS_OK) {
        status = render(model, &audio, arguments, diagnostic);
    }
    audio_clear(&audio);
    model_free(model);
    return status;
}
