// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/level_meter.h"

#include <math.h>

#include "dsp/chain/meters.h"

static const float fall = 20.0f;   // dB in a second
static const double hold = 1.5;    // s
static const float clip = -0.001f; // dB: the largest sample of 16 bits counts

void level_meter_move(LevelMeter *meter, float peak, double seconds) {
    float way = fall * (float)seconds;
    meter->clipped |= peak >= clip;
    meter->level = fmaxf(fmaxf(peak, meter->level - way), METER_FLOOR);
    meter->held += seconds;
    if (meter->level >= meter->highest) {
        meter->highest = meter->level;
        meter->held = 0.0;
    } else if (meter->held > hold) {
        meter->highest = fmaxf(meter->highest - way, meter->level);
    }
}
