// SPDX-License-Identifier: ISC
// A file through the rig, block by block, so that memory does not grow with its length:
//   file -> (to the model's rate) -> rig -> (back to the file's rate) -> file
// The whole chain runs at the file's rate, as in a session of that rate.
// Each stage asks the one before it; silence follows the end of the file.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/base/clock.h"
#include "dsp/base/decibels.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/audio/audio_io.h"
#include "dsp/files/audio/resample.h"
#include "dsp/network/engine.h"
#include "plugin/tool/output.h"
#include "plugin/tool/rig.h"
#include "plugin/tool/tool.h"

enum { BLOCK = RESAMPLE_BLOCK };

static const double most_latency = 1e6; // samples: no trainer takes out more

typedef struct Render {
    const Arguments *arguments;
    Selftest test; // the model's
    AudioReader *reader;
    AudioWriter *writer;
    Rig *rig;
    Resampler *up, *down; // to the model's rate and back; NULL when there is nothing to convert
    double rate;          // of the rig, Hz
    double model_rate;    // Hz; the file's when the model does not tell
    long put_back;        // frames of the model's latency that were asked for
    int file_channels;    // of the file that is read
    int first;            // of these, the first that is rendered
    size_t late;          // frames that the output is delayed by,
    size_t early;         // or that it comes earlier by
    float *line;          // what waits for it: `late` frames
    size_t line_at;       // of the oldest sample in it
    int channels;         // rendered
    float *input;         // BLOCK frames of all channels of the file
    float planes[ENGINE_MAX_CHANNELS][BLOCK];
    size_t frames;     // of the file so far
    bool ended;        // that is all
    size_t rig_frames; // through the rig so far
    double elapsed;    // seconds in the rig
    double peak;       // of what was written
} Render;

// ---- Stages ----

// The channels to render of the file's next frames.
static Status read_file(void *context, float *samples, size_t frames, Diagnostic *diagnostic) {
    Render *render = context;
    size_t got = 0, channels = (size_t)render->channels;
    if (!render->ended) {
        Status status = audio_reader_read(render->reader, render->input, frames, &got, diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
        render->frames += got;
        render->ended = got < frames;
    }
    for (size_t i = 0; i < frames * channels; i++) {
        size_t frame = i / channels, channel = (size_t)render->first + i % channels;
        bool there = frame < got;
        samples[i] = there ? render->input[frame * (size_t)render->file_channels + channel] : 0.0f;
    }
    return STATUS_OK;
}

// The rig's output for the next frames of what comes before it.
static Status read_rig(void *context, float *samples, size_t frames, Diagnostic *diagnostic) {
    Render *render = context;
    Status status = render->up ? resampler_read(render->up, samples, frames, diagnostic)
                               : read_file(render, samples, frames, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    size_t channels = (size_t)render->channels;
    for (size_t i = 0; i < frames * channels; i++) {
        render->planes[i % channels][i / channels] = samples[i];
    }
    float *planes[ENGINE_MAX_CHANNELS] = {render->planes[0], render->planes[1]};
    double start = clock_now();
    rig_run(render->rig, planes, (int)frames);
    render->elapsed += clock_now() - start;
    for (size_t i = 0; i < frames * channels; i++) {
        samples[i] = planes[i % channels][i / channels];
        if (!isfinite(samples[i])) {
            size_t at = render->rig_frames + i / channels;
            return diagnose(diagnostic, STATUS_BAD_MODEL,
                            "%s: its output is not a finite number at sample %zu (%.4f s)",
                            render->arguments->operands[0], at, (double)at / render->rate);
        }
    }
    render->rig_frames += frames;
    return STATUS_OK;
}

// The next frames of all, at the file's rate; the oldest of the delay line take their place.
static Status read_last(Render *render, float *samples, size_t frames, Diagnostic *diagnostic) {
    Status status = render->down ? resampler_read(render->down, samples, frames, diagnostic)
                                 : read_rig(render, samples, frames, diagnostic);
    size_t length = render->late * (size_t)render->channels;
    for (size_t i = 0; length > 0 && i < frames * (size_t)render->channels; i++) {
        float oldest = render->line[render->line_at];
        render->line[render->line_at] = samples[i];
        samples[i] = oldest;
        render->line_at = render->line_at + 1 < length ? render->line_at + 1 : 0;
    }
    return status;
}

// Until as many frames are written as were read.
static Status write_all(Render *render, Diagnostic *diagnostic) {
    float samples[BLOCK * ENGINE_MAX_CHANNELS];
    size_t written = 0;
    Status status = STATUS_OK;
    for (size_t left = render->early, count = 0; status == STATUS_OK && left > 0; left -= count) {
        count = left < BLOCK ? left : BLOCK;
        status = read_last(render, samples, count, diagnostic);
    }
    while (status == STATUS_OK && !(render->ended && written == render->frames)) {
        status = read_last(render, samples, BLOCK, diagnostic);
        // What is written lies behind what was read: this cuts only once the file has ended.
        size_t left = render->frames - written, count = left < BLOCK ? left : BLOCK;
        if (status == STATUS_OK) {
            double peak = level_peak(samples, count * (size_t)render->channels);
            render->peak = fmax(render->peak, peak);
            status = audio_writer_write(render->writer, samples, count, diagnostic);
        }
        written += count;
    }
    return status;
}

// ---- The result ----

static Status print_json(const Render *render, Diagnostic *diagnostic) {
    int rate = audio_reader_rate(render->reader);
    double seconds = (double)render->frames / rate;
    Tree *object = tree_object();
    bool whole = tree_put(object, "test", tool_describe_test(&render->test)) &&
                 tree_put_integer(object, "frames", (long long)render->frames) &&
                 tree_put_integer(object, "rate", rate) &&
                 tree_put_integer(object, "channels", render->channels) &&
                 tree_put_integer(object, "input_channels", render->file_channels) &&
                 tree_put_number(object, "model_rate", render->model_rate) &&
                 tree_put_bool(object, "resampled",
                               render->up || rig_rate_mode(render->rig) == RATE_RESAMPLED) &&
                 tree_put_bool(object, "chain", render->arguments->chain) &&
                 tree_put_integer(object, "cabinet_channel", rig_cabinet(render->rig)) &&
                 tree_put_integer(object, "delayed", render->put_back) &&
                 tree_put_number(object, "seconds", seconds) &&
                 tree_put_number(object, "elapsed_seconds", render->elapsed) &&
                 tree_put_finite(object, "realtime_factor", seconds / render->elapsed) &&
                 tree_put_number(object, "peak", render->peak) &&
                 tree_put_bool(object, "fast", render->arguments->fast) &&
                 tree_put_text(object, "isa", isa_name(rig_isa(render->rig)));
    return tool_print_json(object, whole, diagnostic);
}

static void print_text(const Render *render) {
    int rate = audio_reader_rate(render->reader);
    double seconds = (double)render->frames / rate;
    if (rig_cabinet(render->rig)) {
        bool left = rig_cabinet(render->rig) == 1;
        printf("%s: its %s channel is silent: the %s one is used\n", render->arguments->cabinet,
               left ? "right" : "left", left ? "left" : "right");
    }
    printf("%s: %.3f s at %d Hz", render->arguments->operands[2], seconds, rate);
    if (render->channels < render->file_channels) {
        printf(" (channel %d of %d)", render->first + 1, render->file_channels);
    } else if (render->channels > 1) {
        printf(" (%d channels)", render->channels);
    }
    printf(", %s, peak %.4f (%.1f dB), %.0f times real time with %s\n",
           render->arguments->chain ? "whole chain" : "model alone", render->peak,
           decibels_of_amplitude(render->peak), seconds / render->elapsed,
           isa_name(rig_isa(render->rig)));
    if (render->up) {
        printf("The model runs at %g Hz: the audio was converted to that rate and back "
               "(libsamplerate, best sinc; nothing is shifted).\n",
               render->rate);
    }
    if (rig_rate_mode(render->rig) != RATE_SAME) {
        printf("The model was made for %g Hz: %s, as in a session of %d Hz (nothing is shifted).\n",
               render->model_rate,
               rig_rate_mode(render->rig) == RATE_DELAYED ? "its state is delayed" : "resampled",
               rate);
    }
    if (render->put_back) {
        printf("The output is %s by the model's latency, %ld samples.\n",
               render->put_back > 0 ? "delayed" : "brought forward", labs(render->put_back));
    }
    tool_print_test(&render->test);
}

// ---- Setting up ----

// What is written replaces nothing that is read.
static Status spare_files(const Arguments *arguments, Diagnostic *diagnostic) {
    const char *const read[] = {arguments->operands[0], arguments->operands[1], arguments->cabinet};
    Status status = STATUS_OK;
    for (size_t i = 0; i < sizeof read / sizeof *read && status == STATUS_OK; i++) {
        if (read[i]) {
            status = atomic_file_spares(arguments->operands[2], read[i], diagnostic);
        }
    }
    return status;
}

static Status choose_channels(Render *render, Diagnostic *diagnostic) {
    const Arguments *arguments = render->arguments;
    render->file_channels = audio_reader_channels(render->reader);
    render->channels = arguments->channel > 0 ? 1 : render->file_channels;
    render->first = arguments->channel > 0 ? arguments->channel - 1 : 0;
    if (arguments->channel > render->file_channels) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "%s: has no channel %d, only %d; choose another --channel",
                        arguments->operands[1], arguments->channel, render->file_channels);
    }
    if (render->channels > ENGINE_MAX_CHANNELS) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: has %d channels, more than %d; choose one with --channel",
                        arguments->operands[1], render->channels, ENGINE_MAX_CHANNELS);
    }
    return STATUS_OK;
}

static Status make_resamplers(Render *render, Diagnostic *diagnostic) {
    double rate = audio_reader_rate(render->reader), ratio = render->rate / rate;
    if (fabs(render->rate - rate) <= 0.5) { // as the shells have it
        return STATUS_OK;
    }
    Diagnostic cause = {""};
    Status status = resampler_new(&render->up, ratio, render->channels, read_file, render, &cause);
    if (status == STATUS_OK) {
        status = resampler_new(&render->down, 1.0 / ratio, render->channels, read_rig, render,
                               &cause);
    }
    if (status != STATUS_OK) {
        return diagnose(diagnostic, status, "%.300s has %g Hz, %.300s was made for %g Hz: %s",
                        render->arguments->operands[1], rate, render->arguments->operands[0],
                        render->rate, cause.text);
    }
    return STATUS_OK;
}

// What the rig itself takes goes; the delay that training took out comes back, if asked for.
static Status make_line(Render *render, const Model *model, int file_rate, Diagnostic *diagnostic) {
    double latency = render->arguments->latency ? model->info.latency : 0.0;
    if (!(fabs(latency) <= most_latency)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "%s: states a latency of %g samples, beyond all reason; leave out "
                        "--latency",
                        render->arguments->operands[0], latency);
    }
    render->put_back = lround(latency * file_rate / render->model_rate);
    long frames = render->put_back - rig_latency(render->rig);
    render->late = frames > 0 ? (size_t)frames : 0;
    render->early = frames < 0 ? (size_t)-frames : 0;
    render->line = memory_new(render->late * (size_t)render->channels + 1, sizeof(float));
    return render->line ? STATUS_OK : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to render");
}

static Status set_up(Render *render, const Model *model, Diagnostic *diagnostic) {
    const Arguments *arguments = render->arguments;
    Status status = audio_reader_new(&render->reader, arguments->operands[1], diagnostic);
    if (status == STATUS_OK) {
        status = choose_channels(render, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    int file_rate = audio_reader_rate(render->reader);
    render->model_rate = model->sample_rate > 0.0 ? model->sample_rate : file_rate;
    render->rate = arguments->chain ? file_rate : render->model_rate; // the chain converts itself
    render->input = memory_new((size_t)BLOCK * (size_t)render->file_channels, sizeof(float));
    if (!render->input) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to render");
    }
    status = rig_new(&render->rig, model, arguments, render->rate, render->channels, diagnostic);
    if (status == STATUS_OK) {
        status = make_resamplers(render, diagnostic);
    }
    if (status == STATUS_OK) {
        status = make_line(render, model, file_rate, diagnostic);
    }
    if (status == STATUS_OK) {
        status = audio_writer_new(&render->writer, arguments->operands[2], file_rate,
                                  render->channels, diagnostic);
    }
    return status;
}

static Status render_all(Render *render, const Model *model, Diagnostic *diagnostic) {
    Status status = set_up(render, model, diagnostic);
    if (status == STATUS_OK) {
        status = write_all(render, diagnostic);
    }
    if (status == STATUS_OK) {
        status = audio_writer_commit(render->writer, diagnostic);
    }
    if (status == STATUS_OK && render->arguments->json) {
        status = print_json(render, diagnostic);
    } else if (status == STATUS_OK) {
        print_text(render);
    }
    return status;
}

Status tool_render(const Arguments *arguments, Diagnostic *diagnostic) {
    Model *model = NULL;
    Render render = {.arguments = arguments};
    Status status = spare_files(arguments, diagnostic);
    if (status == STATUS_OK) {
        status = tool_read_model(&model, &render.test, arguments, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    status = render_all(&render, model, diagnostic);
    audio_reader_free(render.reader);
    audio_writer_free(render.writer);
    rig_free(render.rig);
    resampler_free(render.up);
    resampler_free(render.down);
    memory_free(render.input);
    memory_free(render.line);
    model_free(model);
    return status;
}
