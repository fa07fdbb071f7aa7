// SPDX-License-Identifier: ISC
#include "dsp/chain/ramp.h"

void ramp_jump(Ramp *ramp, float target) REALTIME {
    *ramp = (Ramp){target, target, 0.0f, 0};
}

void ramp_end(Ramp *ramp) REALTIME {
    ramp_jump(ramp, ramp->target);
}

bool ramp_aim(Ramp *ramp, float target, int frames) REALTIME {
    if (target == ramp->target) {
        return false;
    }
    if (frames <= 0) {
        ramp_jump(ramp, target);
        return true;
    }
    ramp->target = target;
    ramp->left = frames;
    ramp->step = (target - ramp->value) / (float)frames;
    return true;
}

float ramp_target(const Ramp *ramp) REALTIME {
    return ramp->target;
}

int ramp_left(const Ramp *ramp) REALTIME {
    return ramp->left;
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
