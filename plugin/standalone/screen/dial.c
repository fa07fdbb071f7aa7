// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/dial.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dsp/base/number.h"

static const char as_in_file[] = "as in the file";

// The model's knob behind the control; NULL for all other controls.
static const Knob *knob_of(const Dial *dial) {
    if (!dial->model || dial->id < CONTROL_KNOB_1) {
        return NULL;
    }
    return &dial->model->knob[dial->id - CONTROL_KNOB_1];
}

static bool is_switch(ControlId id) {
    return controls[id].scale == SCALE_TOGGLE || controls[id].scale == SCALE_CHOICE;
}

bool dial_there(const Model *model, ControlId id) {
    return id < CONTROL_KNOB_1 || (model && (int)(id - CONTROL_KNOB_1) < model->knobs);
}

const char *dial_name(const Dial *dial) {
    const Knob *knob = knob_of(dial);
    return knob && knob->name[0] ? knob->name : controls[dial->id].name;
}

static float knob_value(const Knob *knob, float percent) {
    float range = knob->maximum - knob->minimum, value = knob->minimum + 0.01f * percent * range;
    return fabsf(value) < 1e-5f * fabsf(range) ? 0.0f : value; // not what rounding leaves of it
}

static float knob_percent(const Knob *knob, float value) {
    float range = knob->maximum - knob->minimum;
    return range != 0.0f ? 100.0f * (value - knob->minimum) / range : 0.0f;
}

void dial_text(const Dial *dial, char text[DIAL_TEXT]) {
    const Control *control = &controls[dial->id];
    const Knob *knob = knob_of(dial);
    float value = dial->value;
    if (control->scale == SCALE_TOGGLE) {
        strcpy(text, value > 0.0f ? "on" : "off");
    } else if (control->scale == SCALE_CHOICE) {
        snprintf(text, DIAL_TEXT, "%s", control->choices[control_choice(dial->id, value)].name);
    } else if (knob && value < 0.0f) {
        strcpy(text, as_in_file);
    } else if (knob) {
        snprintf(text, DIAL_TEXT, "%.3g", (double)knob_value(knob, value));
    } else {
        int digits = control->scale == SCALE_LOG || fabsf(value) >= 99.95f ? 0 : 1;
        snprintf(text, DIAL_TEXT, "%.*f %s", digits, (double)value + 0.0, control->unit);
    }
}

bool dial_place(const Dial *dial, float *place) {
    const Control *control = &controls[dial->id];
    *place = 0.0f;
    if (is_switch(dial->id) || (knob_of(dial) && dial->value < 0.0f)) {
        return false;
    }
    if (control->scale == SCALE_LOG) {
        *place = logf(dial->value / control->minimum) / logf(control->maximum / control->minimum);
    } else if (knob_of(dial)) {
        *place = dial->value / control->maximum;
    } else {
        *place = (dial->value - control->minimum) / (control->maximum - control->minimum);
    }
    return true;
}

float dial_turned(const Dial *dial, int steps, bool large) {
    const Control *control = &controls[dial->id];
    const Knob *knob = knob_of(dial);
    float value = dial->value;
    if (control->scale == SCALE_CHOICE) {
        int choice = control_choice(dial->id, value) + steps, last = control->choice_count - 1;
        return control->choices[choice < 0 ? 0 : choice > last ? last : choice].value;
    }
    if (control->scale == SCALE_TOGGLE) {
        return control_clamp(dial->id, value + (float)steps);
    }
    if (control->scale == SCALE_LOG) {
        value = roundf(value * powf(large ? 1.5f : 1.05f, (float)steps));
    } else if (strcmp(control->unit, "%") == 0) {
        // From where the file puts a knob, and never back there: that is the default's key.
        value = knob && value < 0.0f ? knob_percent(knob, knob->initial) : value;
        value += (large ? 10.0f : 1.0f) * (float)steps;
        value = value < 0.0f ? 0.0f : value;
    } else {
        value += (large ? 3.0f : 0.5f) * (float)steps;
    }
    return control_clamp(dial->id, value);
}

void dial_range(const Dial *dial, char text[DIAL_TEXT]) {
    const Knob *knob = knob_of(dial);
    char range[CONTROL_RANGE];
    if (knob) {
        snprintf(text, DIAL_TEXT, "%g to %g", (double)knob->minimum, (double)knob->maximum);
    } else {
        snprintf(text, DIAL_TEXT, "%s", control_range(dial->id, range));
    }
}

Status dial_read(const Dial *dial, const char *text, float *value, Diagnostic *diagnostic) {
    const Knob *knob = knob_of(dial);
    if (!knob) {
        return control_read(dial->id, text, value, diagnostic);
    }
    double typed = 0.0;
    if (!number_read(text, &typed) || typed < (double)knob->minimum ||
        typed > (double)knob->maximum) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "'%.40s' takes a number from %g to %g, not '%s'", dial_name(dial),
                        (double)knob->minimum, (double)knob->maximum, text);
    }
    *value = control_clamp(dial->id, knob_percent(knob, (float)typed));
    return STATUS_OK;
}
