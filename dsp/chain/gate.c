// SPDX-License-Identifier: ISC
#include "dsp/chain/gate.h"

#include <math.h>

static const double attack_seconds = 1e-3, hold_seconds = 0.05;
static const float hysteresis = 0.5f; // 6 dB
static const float shut = 1e-5f;      // -100 dB: from here on, nothing

void gate_init(Gate *gate, double sample_rate) {
    *gate = (Gate){
        .threshold = 1e-3f,
        .attack = (float)(1.0 / (sample_rate * attack_seconds)),
        .hold_frames = (int)(sample_rate * hold_seconds),
        .rate = (float)sample_rate,
    };
    gate_set(gate, false, gate->threshold, 0.1f);
    gate_reset(gate);
}

void gate_reset(Gate *gate) REALTIME {
    gate->gain = 1.0f;
    gate->hold = gate->hold_frames;
}

void gate_set(Gate *gate, bool on, float threshold, float release) REALTIME {
    if (on && !gate->on) {
        gate->hold = gate->hold_frames; // what it heard while off depends on block sizes
    }
    gate->on = on;
    gate->threshold = threshold;
    gate->release = powf(1e-3f, 1.0f / (release * gate->rate));
}

bool gate_is_idle(const Gate *gate) REALTIME {
    return !gate->on && gate->gain == 1.0f;
}

static float next_gain(Gate *gate, float key) REALTIME {
    if (key >= gate->threshold || (gate->hold > 0 && key >= gate->threshold * hysteresis)) {
        gate->hold = gate->hold_frames;
    } else if (gate->hold > 0) {
        gate->hold--;
    }
    if (gate->hold > 0 || !gate->on) {
        return fminf(gate->gain + gate->attack, 1.0f);
    }
    return gate->gain > shut ? gate->gain * gate->release : 0.0f;
}

void gate_run(Gate *gate, float *gains, const float *const *key, int channels, int frames)
    REALTIME {
    for (int i = 0; i < frames; i++) {
        float loudest = 0.0f;
        for (int c = 0; c < channels; c++) {
            loudest = fmaxf(loudest, fabsf(key[c][i]));
        }
        gate->gain = next_gain(gate, loudest);
        gains[i] = gate->gain;
    }
}
