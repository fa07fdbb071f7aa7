// SPDX-License-Identifier: ISC
#include "training/report/seconds.h"

#include <math.h>
#include <stdlib.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"

static Second measure_second(const Recording *recording, size_t begin, size_t frames,
                             const float *output) {
    Second second = {.recording = recording, .begin = begin, .frames = frames, .output = output};
    esr_add(&second.sums, recording->target + begin, output, frames);
    return second;
}

// Cuts a stretch of held-out audio up.
static void cut_stretch(Seconds *seconds, const Validation *validation, const HeldOut *held) {
    size_t rate = (size_t)validation->dataset->rate;
    Range range = held->range;
    for (size_t i = range.begin; i < range.end; i += rate) {
        size_t frames = range.end - i < rate ? range.end - i : rate;
        if (2 * frames < rate && i > range.begin) {
            break;
        }
        if (seconds->second) {
            size_t at = held->before + (i - range.begin);
            Second *second = &seconds->second[seconds->count];
            *second = measure_second(held->recording, i, frames, validation->output + at);
            second->time = (double)at / (double)rate;
        }
        seconds->count++;
    }
}

// Cuts all of it up; with `seconds->second` NULL it only counts.
static void cut(Seconds *seconds, const Validation *validation) {
    seconds->count = 0;
    for (HeldOut held = {0}; dataset_next_held_out(validation->dataset, &held);) {
        cut_stretch(seconds, validation, &held);
    }
}

static int compare(const void *a, const void *b) {
    const Second *one = *(const Second *const *)a, *two = *(const Second *const *)b;
    if (one->esr != two->esr) {
        return one->esr < two->esr ? -1 : 1;
    }
    return (one > two) - (one < two);
}

static void rank(Seconds *seconds) {
    double energy = 0.0, frames = 0.0;
    for (int i = 0; i < seconds->count; i++) {
        energy += seconds->second[i].sums.energy;
        frames += (double)seconds->second[i].frames;
    }
    double least = energy / fmax(frames, 1.0) * decibels_to_power(-SECONDS_QUIET);
    for (int i = 0; i < seconds->count; i++) {
        Second *second = &seconds->second[i];
        second->esr = esr_ratio(&second->sums);
        if (second->sums.energy <= least * (double)second->frames || !isfinite(second->esr)) {
            second->esr = NAN;
        } else {
            seconds->ranked[seconds->audible++] = second;
        }
    }
    qsort(seconds->ranked, (size_t)seconds->audible, sizeof(const Second *), compare);
}

Status seconds_init(Seconds *seconds, const Validation *validation, Diagnostic *diagnostic) {
    *seconds = (Seconds){0};
    cut(seconds, validation);
    size_t count = (size_t)seconds->count;
    seconds->second = memory_new(count, sizeof(Second));
    seconds->ranked = memory_new(count, sizeof(const Second *));
    if (!seconds->second || !seconds->ranked) {
        seconds_clear(seconds);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report");
    }
    cut(seconds, validation);
    rank(seconds);
    return STATUS_OK;
}

void seconds_clear(Seconds *seconds) {
    memory_free(seconds->second);
    memory_free(seconds->ranked);
    *seconds = (Seconds){0};
}
