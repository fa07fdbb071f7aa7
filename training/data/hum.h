// SPDX-License-Identifier: ISC
// Hum of the mains in a recording: 50 or 60 Hz and their harmonics, at one level for some seconds
// whatever is played.
#ifndef GRUFF_TRAINING_DATA_HUM_H
#define GRUFF_TRAINING_DATA_HUM_H

#include <stddef.h>

#include "dsp/base/status.h"

typedef struct Hum {
    double share;      // of the recording's power, where there is the most; 0: none
    double frequency;  // Hz, 50 or 60
    double begin, end; // s between which there is half as much and more
} Hum;

// Recordings of less than some 10 s have none.
Status hum_find(Hum *hum, const float *samples, size_t frames, int rate, Diagnostic *diagnostic);

#endif
