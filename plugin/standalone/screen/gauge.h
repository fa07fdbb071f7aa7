// SPDX-License-Identifier: ISC
// How a level meter moves: up at once, down slowly; its highest place stays for a while, and that
// it was too high until somebody has seen it.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_GAUGE_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_GAUGE_H

#include <stdbool.h>

#define GAUGE_FLOOR (-60.0f) // dB, where the picture ends

// Begin with {METER_FLOOR, METER_FLOOR}.
typedef struct Gauge {
    float level, highest; // dB
    double kept;          // s that `highest` has stayed
    bool clipped;
} Gauge;

// Moves on by `seconds`, in which the peak was `peak` dB.
void gauge_move(Gauge *gauge, float peak, double seconds);

#endif
