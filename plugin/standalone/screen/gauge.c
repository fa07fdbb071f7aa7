// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/gauge.h"

#include <math.h>

#include "dsp/chain/meters.h"

static const float fall = 20.0f;   // dB in a second
static const double hold = 1.5;    // s
static const float clip = -0.001f; // dB: the largest sample of 16 bits counts

void gauge_move(Gauge *gauge, float peak, double seconds) {
    float way = fall * (float)seconds;
    gauge->clipped |= peak >= clip;
    gauge->level = fmaxf(fmaxf(peak, gauge->level - way), METER_FLOOR);
    gauge->kept += seconds;
    if (gauge->level >= gauge->highest) {
        gauge->highest = gauge->level;
        gauge->kept = 0.0;
    } else if (gauge->kept > hold) {
        gauge->highest = fmaxf(gauge->highest - way, gauge->level);
    }
}
