// SPDX-License-Identifier: ISC
#include "training/report/audio.h"

#include <math.h>
#include <string.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "training/report/figure.h"

#define LENGTH 10.0 // s, but
#define FADE 0.005  // s, at both sides of a joint

enum { MOST = 480000 }; // samples at most, so that the page stays small

// What is listened to: a part of the held-out audio, stretch after stretch.
typedef struct Passage {
    size_t begin, frames; // of the held-out audio
    float *target;        // [all of that], owned
    float *output;        // the same of the model, owned
} Passage;

// The loudest part, to a second.
static void find_loudest(Passage *passage, const Dataset *dataset) {
    size_t all = dataset->validation_frames, length = (size_t)fmin(LENGTH * dataset->rate, MOST);
    passage->frames = all < length ? all : length;
    passage->begin = level_loudest(passage->target, all, passage->frames, (size_t)dataset->rate);
}

// Nothing is to be heard of the joints between stretches.
static void fade_joints(float *samples, const Dataset *dataset) {
    size_t all = dataset->validation_frames, fade = (size_t)(FADE * dataset->rate);
    for (HeldOut held = {0}; dataset_next_held_out(dataset, &held);) {
        for (size_t i = 0; i < fade && held.before > 0; i++) {
            float gain = (float)i / (float)fade;
            size_t back = held.before - 1 - i;
            if (i < held.before) {
                samples[back] *= gain;
            }
            if (held.before + i < all) {
                samples[held.before + i] *= gain;
            }
        }
    }
}

static Status gather(Passage *passage, const Validation *validation, Diagnostic *diagnostic) {
    const Dataset *dataset = validation->dataset;
    size_t all = dataset->validation_frames;
    *passage = (Passage){.target = memory_new(all, sizeof(float)),
                         .output = memory_new(all, sizeof(float))};
    if (!passage->target || !passage->output) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report's audio");
    }
    for (HeldOut held = {0}; dataset_next_held_out(dataset, &held);) {
        memcpy(passage->target + held.before, held.recording->target + held.range.begin,
               (held.range.end - held.range.begin) * sizeof *passage->target);
    }
    memcpy(passage->output, validation->output, all * sizeof *passage->output);
    find_loudest(passage, dataset);
    fade_joints(passage->target, dataset);
    fade_joints(passage->output, dataset);
    return STATUS_OK;
}

// All three, times `gain`.
static Status print_sounds(FILE *page, const Passage *passage, float gain, int rate,
                           Diagnostic *diagnostic) {
    static const char *const names[] = {"target", "model", "residual"};
    float *sound = memory_new(passage->frames, sizeof *sound);
    if (!sound) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report's audio");
    }
    Status status = STATUS_OK;
    for (int s = 0; s < 3 && status == STATUS_OK; s++) {
        for (size_t i = 0; i < passage->frames; i++) {
            float target = passage->target[passage->begin + i];
            float output = passage->output[passage->begin + i];
            sound[i] = gain * (s == 0 ? target : s == 1 ? output : target - output);
        }
        status = figure_sound(page, names[s], names[s], sound, passage->frames, rate, diagnostic);
    }
    memory_free(sound);
    return status;
}

static Status print_passage(FILE *page, const Passage *passage, int rate, Diagnostic *diagnostic) {
    float peak = fmaxf(level_peak(passage->target + passage->begin, passage->frames),
                       level_peak(passage->output + passage->begin, passage->frames));
    float gain = peak > 0.999f ? 0.999f / peak : 1.0f;
    fprintf(page, "<p>The loudest %.1f s of the held-out audio (from %.0f s on), 16 bits%s.</p>\n",
            (double)passage->frames / rate, (double)passage->begin / rate,
            gain < 1.0f ? ", all three turned down alike so that nothing clips" : "");
    fputs("<table class=\"sounds\">\n", page);
    Status status = print_sounds(page, passage, gain, rate, diagnostic);
    fputs("</table>\n", page);
    return status;
}

Status report_audio(FILE *page, const Validation *validation, Diagnostic *diagnostic) {
    Passage passage;
    Status status = gather(&passage, validation, diagnostic);
    if (status == STATUS_OK) {
        status = print_passage(page, &passage, validation->dataset->rate, diagnostic);
    }
    memory_free(passage.target);
    memory_free(passage.output);
    return status;
}
