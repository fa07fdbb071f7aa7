// SPDX-License-Identifier: ISC
#include "dsp/chain/ramp.h"

void ramp_jump(Ramp *ramp, float target) REALTIME {
    *ramp = (Ramp){target, target, 0.0f, 0};
}

void ramp_aim(Ramp *ramp, float target, int frames) REALTIME {
    if (frames <= 0) {
        ramp_jump(ramp, target);
        return;
    }
    ramp->target = target;
    ramp->left = frames;
    ramp->step = (target - ramp->value) / (float)frames;
}

void ramp_fill(Ramp *ramp, float *values, int frames) REALTIME {
    int i = 0;
    for (; i < frames && ramp->left > 0; i++) {
        ramp->left--;
        ramp->value = ramp->left ? ramp->value + ramp->step : ramp->target;
        values[i] = ramp->value;
    }
    for (; i < frames; i++) {
        values[i] = ramp->value;
    }
}

bool ramp_is_at(const Ramp *ramp, float value) REALTIME {
    return ramp->left == 0 && ramp->value == value;
}
