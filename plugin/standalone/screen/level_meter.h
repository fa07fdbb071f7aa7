// SPDX-License-Identifier: ISC
// How a level meter moves: up at once, down slowly; its highest place stays for a while, and that
// it was too high until somebody has seen it.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_LEVEL_METER_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_LEVEL_METER_H

#include <stdbool.h>

#define LEVEL_METER_FLOOR (-60.0f) // dB, where the picture ends

// Begin with {METER_FLOOR, METER_FLOOR}.
typedef struct LevelMeter {
    float level, highest; // dB
    double held;          // s that `highest` has stayed
    bool clipped;
} LevelMeter;

// Moves on by `seconds`, in which the peak was `peak` dB.
void level_meter_move(LevelMeter *meter, float peak, double seconds);

#endif
