// SPDX-License-Identifier: ISC
#include "dsp/controls.h"

#include <string.h>

const Control controls[CONTROL_COUNT] = {
    [CONTROL_ENABLED] = {"enabled", "Enabled", "", 0.0f, 1.0f, 1.0f, SCALE_TOGGLE},
    [CONTROL_INPUT] = {"input", "Input level", "dB", -24.0f, 24.0f, 0.0f, SCALE_LINEAR},
    [CONTROL_OUTPUT] = {"output", "Output level", "dB", -48.0f, 24.0f, 0.0f, SCALE_LINEAR},
    [CONTROL_MIX] = {"mix", "Mix", "%", 0.0f, 100.0f, 100.0f, SCALE_LINEAR},
};

bool control_find(const char *symbol, ControlId *id) {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        if (strcmp(symbol, controls[i].symbol) == 0) {
            *id = (ControlId)i;
            return true;
        }
    }
    return false;
}

float control_clamp(ControlId id, float value) REALTIME {
    const Control *control = &controls[id];
    if (!(value == value)) {
        return control->initial;
    }
    if (value < control->minimum) {
        return control->minimum;
    }
    return value > control->maximum ? control->maximum : value;
}
