// SPDX-License-Identifier: ISC
#include "tests/dsp/network/guarded.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rig/largest.h"

enum { GUARD = 32 }; // floats on either side

static const uint32_t guard_bits = 0x7fc0dead; // a NaN, so that reading it shows, too

static float *new_floats(size_t count) {
    float *floats = malloc(count * sizeof *floats);
    if (!floats) {
        printf("no memory for the check\n");
        exit(1);
    }
    return floats;
}

Guarded guarded_new(int frames) {
    Guarded signal = {.frames = frames};
    for (int c = 0; c < GUARDED_CHANNELS; c++) {
        size_t count = (size_t)frames + 2 * GUARD + 4;
        signal.memory[c] = new_floats(count);
        for (size_t i = 0; i < count; i++) {
            memcpy(&signal.memory[c][i], &guard_bits, sizeof guard_bits);
        }
        signal.at[c] = signal.memory[c] + GUARD + 1 + 2 * c;
    }
    return signal;
}

bool guarded_whole(const Guarded *signal) {
    for (int c = 0; c < GUARDED_CHANNELS; c++) {
        for (int i = 1; i <= GUARD; i++) {
            if (memcmp(signal->at[c] - i, &guard_bits, sizeof guard_bits) != 0 ||
                memcmp(signal->at[c] + signal->frames - 1 + i, &guard_bits, sizeof guard_bits) !=
                    0) {
                return false;
            }
        }
    }
    return true;
}

void guarded_free(Guarded *signal) {
    for (int c = 0; c < GUARDED_CHANNELS; c++) {
        free(signal->memory[c]);
    }
}

void guarded_copy(Guarded *to, const Guarded *from) {
    for (int c = 0; c < GUARDED_CHANNELS; c++) {
        memcpy(to->at[c], from->at[c], (size_t)from->frames * sizeof(float));
    }
}

double guarded_difference(const Guarded *a, const Guarded *b, int channels) {
    double largest = 0.0;
    for (int c = 0; c < channels; c++) {
        for (int i = 0; i < a->frames; i++) {
            largest = largest_of(largest, fabs((double)a->at[c][i] - (double)b->at[c][i]));
        }
    }
    return largest;
}

double guarded_full_scale(const Guarded *signal) {
    double peak = 1.0;
    for (int c = 0; c < GUARDED_CHANNELS; c++) {
        for (int i = 0; i < signal->frames; i++) {
            double level = fabs((double)signal->at[c][i]);
            if (level > peak) {
                peak = level;
            }
        }
    }
    return peak;
}

bool guarded_same(const Guarded *a, const Guarded *b, int channels) {
    for (int c = 0; c < channels; c++) {
        if (memcmp(a->at[c], b->at[c], (size_t)a->frames * sizeof(float)) != 0) {
            return false;
        }
    }
    return true;
}
