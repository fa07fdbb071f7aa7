// SPDX-License-Identifier: ISC
#include "dsp/chain/meters.h"

#include <math.h>

#include "dsp/base/decibels.h"

static const float fall = 20.0f; // dB in a second

float meter_load(float load, double used, double seconds) REALTIME {
    float now = (float)(100.0 * used / seconds);
    float fallen = load * (float)exp(-5.0 * seconds);
    return now > fallen ? now : fallen;
}

float meter_largest(const float *samples, int frames) REALTIME {
    float largest = 0.0f;
    for (int i = 0; i < frames; i++) {
        float size = fabsf(samples[i]);
        largest = size > largest && size <= 1e6f ? size : largest;
    }
    return largest;
}

float meter_decibels(float size) REALTIME {
    float level = decibels_of_amplitudef(size);
    return level > METER_FLOOR ? level : METER_FLOOR;
}

float meter_peak(float peak, const float *samples, int frames, double seconds) REALTIME {
    float fallen = peak - fall * (float)seconds;
    float now = meter_decibels(meter_largest(samples, frames));
    return now > fallen ? now : fallen;
}
