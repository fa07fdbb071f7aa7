// SPDX-License-Identifier: ISC
#include "training/report/audio.h"

#include <math.h>
#include <stdlib.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "training/report/figure.h"

#define LENGTH 10.0 // s, but

enum { MOST = 480000 }; // samples at most, so that the page stays small

// A stretch of held-out audio.
typedef struct Stretch {
    const float *target, *output;
    size_t frames;
    double begin; // s of the held-out audio before it
} Stretch;

static double energy_of(const float *samples, size_t frames) {
    double sum = 0.0;
    for (size_t i = 0; i < frames; i++) {
        sum += (double)samples[i] * (double)samples[i];
    }
    return sum;
}

// The loudest stretch, to a second.
static Stretch choose(const Validation *validation) {
    const Dataset *dataset = validation->dataset;
    size_t rate = (size_t)dataset->rate, before = 0;
    size_t length = (size_t)fmin(LENGTH * dataset->rate, MOST);
    Stretch best = {0};
    double most = -1.0;
    for (int r = 0; r < dataset->count; r++) {
        const Recording *recording = &dataset->recordings[r];
        Range range = recording->validation;
        size_t all = range.end - range.begin, frames = all < length ? all : length;
        for (size_t i = 0; frames > 0 && i + frames <= all; i += rate) {
            const float *target = recording->target + range.begin + i;
            double energy = energy_of(target, frames);
            if (energy > most) {
                most = energy;
                best = (Stretch){target, validation->output + before + i, frames,
                                 (double)(before + i) / dataset->rate};
            }
        }
        before += all;
    }
    return best;
}

// All three, times `gain`.
static Status print_sounds(FILE *page, const Stretch *stretch, float gain, int rate,
                           Diagnostic *diagnostic) {
    static const char *const names[] = {"target", "model", "residual"};
    float *sound = memory_new(stretch->frames, sizeof *sound);
    if (!sound) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report's audio");
    }
    Status status = STATUS_OK;
    for (int s = 0; s < 3 && status == STATUS_OK; s++) {
        for (size_t i = 0; i < stretch->frames; i++) {
            float target = stretch->target[i], output = stretch->output[i];
            sound[i] = gain * (s == 0 ? target : s == 1 ? output : target - output);
        }
        status = figure_sound(page, names[s], names[s], sound, stretch->frames, rate, diagnostic);
    }
    memory_free(sound);
    return status;
}

Status report_audio(FILE *page, const Validation *validation, Diagnostic *diagnostic) {
    int rate = validation->dataset->rate;
    Stretch stretch = choose(validation);
    float peak = fmaxf(level_peak(stretch.target, stretch.frames),
                       level_peak(stretch.output, stretch.frames));
    float gain = peak > 0.999f ? 0.999f / peak : 1.0f;
    fprintf(page, "<p>The loudest %.1f s of the held-out audio (from %.0f s on), 16 bits%s.</p>\n",
            (double)stretch.frames / rate, stretch.begin,
            gain < 1.0f ? ", all three turned down alike so that nothing clips" : "");
    fputs("<table class=\"sounds\">\n", page);
    Status status = print_sounds(page, &stretch, gain, rate, diagnostic);
    fputs("</table>\n", page);
    return status;
}
