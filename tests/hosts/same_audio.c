// SPDX-License-Identifier: ISC
// same_audio REFERENCE OTHER [DB|exact]: succeeds when OTHER is REFERENCE, amplified by DB
// decibels, after some constant delay: no sample after the first second (in which models settle) is
// off by 1e-5 or more, or at all where that is "exact". Prints the delay and the largest
// difference.
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/files/audio/audio_file.h"

enum { LONGEST_DELAY = 16384 };

static float limit = 1e-5f; // no difference reaches it

// The largest difference at this delay; gives up once it is too large.
static float difference(const Audio *reference, const Audio *other, size_t delay) {
    size_t frames = reference->frames;
    if (frames + delay > other->frames) {
        frames = other->frames - delay;
    }
    float largest = 0.0f;
    for (size_t i = (size_t)reference->rate; i < frames && largest < limit; i++) {
        largest = fmaxf(largest, fabsf(reference->samples[i] - other->samples[i + delay]));
    }
    return largest;
}

static int compare(const Audio *reference, const Audio *other) {
    float peak = 0.0f;
    for (size_t i = (size_t)reference->rate; i < reference->frames; i++) {
        peak = fmaxf(peak, fabsf(reference->samples[i]));
    }
    if (peak < 0.01f || reference->rate != other->rate ||
        other->frames < LONGEST_DELAY + 2 * (size_t)reference->rate) {
        puts("same_audio: the reference is silent, the rates differ or the audio is too short");
        return EXIT_FAILURE;
    }
    for (size_t delay = 0; delay <= LONGEST_DELAY; delay++) {
        float largest = difference(reference, other, delay);
        if (largest < limit) {
            printf("same audio after %zu frames, largest difference %g\n", delay, (double)largest);
            return EXIT_SUCCESS;
        }
    }
    printf("not the same audio at any delay up to %d frames\n", LONGEST_DELAY);
    return EXIT_FAILURE;
}

int main(int argc, char **argv) {
    Audio reference = {0}, other = {0};
    Diagnostic diagnostic = {"usage: same_audio REFERENCE OTHER [DB|exact]"};
    if (argc < 3 || audio_file_read(&reference, argv[1], &diagnostic) != STATUS_OK ||
        audio_file_read(&other, argv[2], &diagnostic) != STATUS_OK) {
        fprintf(stderr, "same_audio: %s\n", diagnostic.text);
        audio_clear(&reference);
        return EXIT_FAILURE;
    }
    bool exact = argc > 3 && strcmp(argv[3], "exact") == 0;
    limit = exact ? FLT_TRUE_MIN : limit;
    float gain = argc > 3 && !exact ? powf(10.0f, strtof(argv[3], NULL) / 20.0f) : 1.0f;
    for (size_t i = 0; i < reference.frames; i++) {
        reference.samples[i] *= gain;
    }
    int result = compare(&reference, &other);
    audio_clear(&reference);
    audio_clear(&other);
    return result;
}
