// SPDX-License-Identifier: ISC
#include "training/gallery/entry.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/models/model_file.h"
#include "dsp/measures/speed.h"
#include "dsp/network/engine.h"
#include "training/data/manifest.h"

enum { INPUT, TARGET, OUTPUT };

// s of a longer recording that do not count: models start settled with their knobs where they first
// stand, and have to settle to others.
static const double settling = 0.5;

// Which knob of the model each knob of the list is.
static Status match_knobs(int place[MODEL_MAX_KNOBS], const Model *model, const Source *source,
                          const char *list, Diagnostic *diagnostic) {
    for (int k = 0; k < source->knobs; k++) {
        int m = 0;
        while (m < model->knobs && strcmp(model->knob[m].name, source->knob_name[k]) != 0) {
            m++;
        }
        if (m == model->knobs) {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                            "%s: the model has no knob '%s': its list is another model's", list,
                            source->knob_name[k]);
        }
        place[k] = m;
    }
    return STATUS_OK;
}

static Status read_sound(float **samples, size_t *frames, const Exhibit *exhibit, const char *path,
                         Diagnostic *diagnostic) {
    Audio audio = {0};
    Status status = audio_file_read(&audio, path, diagnostic);
    if (status == STATUS_OK && audio.rate != exhibit->rate) {
        status = diagnose(diagnostic, STATUS_BAD_AUDIO,
                          "%s: is at %d Hz, the model at %d Hz: record it at that", path,
                          audio.rate, exhibit->rate);
        audio_clear(&audio);
    }
    *samples = audio.samples;
    *frames = audio.frames;
    return status;
}

// What lies beside each other, but for the settling: the model plays without the delay of its
// recordings.
static Status align(Trial *trial, const Exhibit *exhibit, size_t input, size_t target,
                    const char *path, Diagnostic *diagnostic) {
    long latency = lround(exhibit->model->info.latency);
    size_t late = latency > 0 ? (size_t)latency : 0, early = latency < 0 ? (size_t)-latency : 0;
    if (late >= target || early >= input) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: is shorter than the delay of %ld samples that the model states", path,
                        latency);
    }
    trial->target = trial->memory[TARGET] + late;
    trial->input = trial->memory[INPUT] + early;
    trial->output = trial->memory[OUTPUT] + early;
    trial->frames = target - late < input - early ? target - late : input - early;
    size_t skip = (size_t)(settling * exhibit->rate);
    if (trial->frames >= 2 * skip) {
        trial->target += skip;
        trial->input += skip;
        trial->output += skip;
        trial->frames -= skip;
    }
    return STATUS_OK;
}

static Status run_trial(Trial *trial, const Exhibit *exhibit, Engine *engine,
                        const SourcePair *pair, Diagnostic *diagnostic) {
    size_t input = 0, target = 0;
    Status status = read_sound(&trial->memory[INPUT], &input, exhibit, pair->input, diagnostic);
    if (status == STATUS_OK) {
        status = read_sound(&trial->memory[TARGET], &target, exhibit, pair->target, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    trial->memory[OUTPUT] = input <= INT_MAX ? memory_new(input, sizeof(float)) : NULL;
    if (!trial->memory[OUTPUT]) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory to play it", pair->input);
    }
    engine_reset(engine);
    for (int k = 0; k < exhibit->model->knobs; k++) {
        engine_set_knob(engine, k, trial->knobs[k]);
    }
    DenormalState mode = denormals_off();
    engine_run(engine, &trial->memory[OUTPUT], &(const float *){trial->memory[INPUT]}, (int)input);
    denormals_restore(mode);
    status = align(trial, exhibit, input, target, pair->target, diagnostic);
    if (status == STATUS_OK) {
        measure(&trial->measure, trial->target, trial->output, trial->frames);
    }
    return status;
}

static Status run_trials(Exhibit *exhibit, const Source *source, const int *place,
                         Diagnostic *diagnostic) {
    Engine *engine = NULL;
    const Model *model = exhibit->model;
    exhibit->trials = memory_new((size_t)source->count, sizeof *exhibit->trials);
    if (!exhibit->trials) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the test recordings");
    }
    Status status = engine_new(&engine, model, isa_best(), 1, diagnostic);
    while (status == STATUS_OK && exhibit->count < source->count) {
        const SourcePair *pair = &source->pairs[exhibit->count];
        Trial *trial = &exhibit->trials[exhibit->count++];
        trial->unseen = pair->unseen;
        for (int k = 0; k < model->knobs; k++) {
            trial->knobs[k] = model->knob[k].initial;
        }
        for (int k = 0; k < source->knobs; k++) {
            trial->knobs[place[k]] = pair->knobs[k];
        }
        status = run_trial(trial, exhibit, engine, pair, diagnostic);
    }
    engine_free(engine);
    return status;
}

// ESR of all trials of one kind together.
static double pooled(const Exhibit *exhibit, bool unseen) {
    double error = 0.0, energy = 0.0;
    for (int t = 0; t < exhibit->count; t++) {
        const Trial *trial = &exhibit->trials[t];
        if (trial->unseen == unseen) {
            error += (double)trial->frames * pow(trial->measure.rms_difference, 2.0);
            energy += (double)trial->frames * pow(trial->measure.rms_reference, 2.0);
        }
    }
    return energy > 0.0 ? error / energy : (double)NAN;
}

static Status fill(Exhibit *exhibit, const Source *source, const char *model, const char *list,
                   Diagnostic *diagnostic) {
    int place[MODEL_MAX_KNOBS];
    Status status = model_file_read(&exhibit->model, model, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    exhibit->rate = (int)lround(exhibit->model->sample_rate);
    if (exhibit->rate <= 0) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "%s: does not tell its sample rate", model);
    }
    if (!(fabs(exhibit->model->info.latency) < 1e6)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "%s: states a delay beyond all reason",
                        model);
    }
    status = match_knobs(place, exhibit->model, source, list, diagnostic);
    if (status == STATUS_OK) {
        status = run_trials(exhibit, source, place, diagnostic);
    }
    if (status == STATUS_OK) {
        const Trial *trial = &exhibit->trials[0];
        size_t second = (size_t)exhibit->rate;
        status = speed_measure(&exhibit->engine_time, exhibit->model, trial->input,
                               trial->frames < second ? trial->frames : second, diagnostic);
    }
    return status;
}

Status exhibit_read(Exhibit *exhibit, const char *model, const char *list, Diagnostic *diagnostic) {
    Source source = {0};
    *exhibit = (Exhibit){0};
    Status status = manifest_read(&source, list, diagnostic);
    if (status == STATUS_OK) {
        status = fill(exhibit, &source, model, list, diagnostic);
    }
    source_clear(&source);
    if (status != STATUS_OK) {
        exhibit_clear(exhibit);
        return status;
    }
    exhibit->trained = pooled(exhibit, false);
    exhibit->unseen = pooled(exhibit, true);
    return STATUS_OK;
}

void exhibit_clear(Exhibit *exhibit) {
    for (int t = 0; t < exhibit->count; t++) {
        for (int i = 0; i < 3; i++) {
            memory_free(exhibit->trials[t].memory[i]);
        }
    }
    memory_free(exhibit->trials);
    model_free(exhibit->model);
    *exhibit = (Exhibit){0};
}

void exhibit_setting(char *text, size_t size, const Exhibit *exhibit, const Trial *trial) {
    const Model *model = exhibit->model;
    snprintf(text, size, "%s", model->knobs ? "" : "as it is");
    for (int k = 0; k < model->knobs; k++) {
        size_t length = strlen(text);
        snprintf(text + length, size - length, "%s%s %g", k ? ", " : "", model->knob[k].name,
                 (double)trial->knobs[k]);
    }
}
