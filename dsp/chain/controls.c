// SPDX-License-Identifier: ISC
#include "dsp/chain/controls.h"

#include <stdio.h>
#include <string.h>

#include "dsp/base/number.h"

const ControlGroupNames control_groups[GROUP_COUNT] = {
    [GROUP_LEVELS] = {"levels", "Levels"},
    [GROUP_GATE] = {"gate", "Noise gate"},
    [GROUP_TONE] = {"tone", "Tone and cabinet"},
    [GROUP_MODEL] = {"knobs", "Model"},
};

static const ControlChoice factors[] = {{1.0f, "1x"}, {2.0f, "2x"}, {4.0f, "4x"}};
static const ControlChoice tone_positions[] = {{0.0f, "After the model"},
                                               {1.0f, "Before the model"}};

#define NO_CHOICES NULL, 0
#define CHOICES(table) table, sizeof table / sizeof *table

// A knob of the model; below 0 it stays where the file has it.
#define KNOB(number)                                                                               \
    {                                                                                              \
        "knob" number, "Knob " number, "%", -1.0f, 100.0f, -1.0f, GROUP_MODEL, SCALE_LINEAR,       \
            NO_CHOICES,                                                                            \
            "In % of the range that the model's file gives; below 0: where the file puts it."      \
    }

const Control controls[CONTROL_COUNT] = {
    [CONTROL_ENABLED] = {"enabled", "Enabled", "", 0.0f, 1.0f, 1.0f, GROUP_LEVELS, SCALE_TOGGLE,
                         NO_CHOICES, "0: the dry signal passes."},
    [CONTROL_INPUT] = {"input", "Input level", "dB", -24.0f, 24.0f, 0.0f, GROUP_LEVELS,
                       SCALE_LINEAR, NO_CHOICES, "The level before the model."},
    [CONTROL_OUTPUT] = {"output", "Output level", "dB", -48.0f, 24.0f, 0.0f, GROUP_LEVELS,
                        SCALE_LINEAR, NO_CHOICES, "The level after the model."},
    [CONTROL_MIX] = {"mix", "Mix", "%", 0.0f, 100.0f, 100.0f, GROUP_LEVELS, SCALE_LINEAR,
                     NO_CHOICES, "0: the dry signal, 100: the model."},
    [CONTROL_NORMALISE] = {"normalise", "Normalise loudness", "", 0.0f, 1.0f, 1.0f, GROUP_LEVELS,
                           SCALE_TOGGLE, NO_CHOICES,
                           "1: models that tell their loudness are as loud as the guitar."},
    [CONTROL_CALIBRATE] = {"calibrate", "Calibrate input", "", 0.0f, 1.0f, 0.0f, GROUP_LEVELS,
                           SCALE_TOGGLE, NO_CHOICES,
                           "1: models that tell their input level hear that level."},
    [CONTROL_INTERFACE] = {"interface", "Interface level", "dBu", -20.0f, 40.0f, 12.0f,
                           GROUP_LEVELS, SCALE_LINEAR, NO_CHOICES,
                           "For that: what the sound card's input takes for full scale."},
    [CONTROL_DC_BLOCK] = {"dc_block", "Block DC", "", 0.0f, 1.0f, 1.0f, GROUP_LEVELS, SCALE_TOGGLE,
                          NO_CHOICES, "1: no constant part after the model."},
    [CONTROL_GATE] = {"gate", "Noise gate", "", 0.0f, 1.0f, 0.0f, GROUP_GATE, SCALE_TOGGLE,
                      NO_CHOICES, "1: the noise gate is on."},
    [CONTROL_THRESHOLD] = {"threshold", "Gate threshold", "dB", -100.0f, 0.0f, -60.0f, GROUP_GATE,
                           SCALE_LINEAR, NO_CHOICES, "Below that level the gate closes."},
    [CONTROL_RELEASE] = {"release", "Gate release", "ms", 10.0f, 2000.0f, 200.0f, GROUP_GATE,
                         SCALE_LOG, NO_CHOICES, "In that time the gate closes by 60 dB."},
    [CONTROL_TONE_POSITION] = {"tone_position", "Tone position", "", 0.0f, 1.0f, 0.0f, GROUP_TONE,
                               SCALE_CHOICE, CHOICES(tone_positions),
                               "0: the tone controls act after the model, 1: before it."},
    [CONTROL_BASS] = {"bass", "Bass", "dB", -12.0f, 12.0f, 0.0f, GROUP_TONE, SCALE_LINEAR,
                      NO_CHOICES, NULL},
    [CONTROL_MIDDLE] = {"middle", "Middle", "dB", -12.0f, 12.0f, 0.0f, GROUP_TONE, SCALE_LINEAR,
                        NO_CHOICES, NULL},
    [CONTROL_TREBLE] = {"treble", "Treble", "dB", -12.0f, 12.0f, 0.0f, GROUP_TONE, SCALE_LINEAR,
                        NO_CHOICES, NULL},
    [CONTROL_PRESENCE] = {"presence", "Presence", "dB", -12.0f, 12.0f, 0.0f, GROUP_TONE,
                          SCALE_LINEAR, NO_CHOICES, NULL},
    [CONTROL_DEPTH] = {"depth", "Depth", "dB", -12.0f, 12.0f, 0.0f, GROUP_TONE, SCALE_LINEAR,
                       NO_CHOICES, NULL},
    [CONTROL_CABINET] = {"cabinet_on", "Cabinet", "", 0.0f, 1.0f, 1.0f, GROUP_TONE, SCALE_TOGGLE,
                         NO_CHOICES, "1: through the cabinet, if there is one."},
    [CONTROL_OVERSAMPLING] = {"oversampling", "Oversampling", "", 1.0f, 4.0f, 1.0f, GROUP_MODEL,
                              SCALE_CHOICE, CHOICES(factors),
                              "The model runs at so many times its rate: less aliasing."},
    [CONTROL_KNOB_1] = KNOB("1"),
    [CONTROL_KNOB_2] = KNOB("2"),
    [CONTROL_KNOB_3] = KNOB("3"),
    [CONTROL_KNOB_4] = KNOB("4"),
    [CONTROL_KNOB_5] = KNOB("5"),
    [CONTROL_KNOB_6] = KNOB("6"),
    [CONTROL_KNOB_7] = KNOB("7"),
    [CONTROL_KNOB_8] = KNOB("8"),
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

int control_choice(ControlId id, float value) REALTIME {
    const Control *control = &controls[id];
    int nearest = 0;
    for (int i = 1; i < control->choice_count; i++) {
        float middle = 0.5f * (control->choices[i - 1].value + control->choices[i].value);
        nearest = value >= middle ? i : nearest;
    }
    return nearest;
}

const char *control_range(ControlId id, char text[CONTROL_RANGE]) {
    const Control *control = &controls[id];
    int last = control->choice_count - 1, length = 0;
    if (control->scale != SCALE_CHOICE) {
        snprintf(text, CONTROL_RANGE, "%g to %g%s%s", (double)control->minimum,
                 (double)control->maximum, control->unit[0] ? " " : "", control->unit);
    }
    for (int i = 0; i <= last && length < CONTROL_RANGE; i++) {
        length += snprintf(text + length, (size_t)(CONTROL_RANGE - length), "%g%s",
                           (double)control->choices[i].value,
                           i == last       ? ""
                           : i == last - 1 ? " or "
                                           : ", ");
    }
    return text;
}

Status control_read(ControlId id, const char *text, float *value, Diagnostic *diagnostic) {
    const Control *control = &controls[id];
    bool choice = control->scale == SCALE_CHOICE;
    char range[CONTROL_RANGE];
    double number = 0.0;
    bool good = number_read(text, &number) && number >= (double)control->minimum &&
                number <= (double)control->maximum;
    if (!good || (choice && (float)number != control_clamp(id, (float)number))) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "'%s' takes %s%s, not '%s'",
                        control->symbol, choice ? "" : "a number from ", control_range(id, range),
                        text);
    }
    *value = (float)number;
    return STATUS_OK;
}

Status control_read_pair(const char *text, ControlId *id, float *value, Diagnostic *diagnostic) {
    char symbol[64];
    const char *equals = strchr(text, '=');
    if (!equals) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--set takes SYMBOL=VALUE, not '%s'",
                        text);
    }
    snprintf(symbol, sizeof symbol, "%.*s", (int)(equals - text), text);
    if (!control_find(symbol, id)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "there is no control '%s'", symbol);
    }
    return control_read(*id, equals + 1, value, diagnostic);
}

float control_clamp(ControlId id, float value) REALTIME {
    const Control *control = &controls[id];
    if (!(value == value)) {
        return control->initial;
    }
    if (value < control->minimum) {
        return control->minimum;
    }
    if (value > control->maximum) {
        return control->maximum;
    }
    return control->scale == SCALE_CHOICE ? control->choices[control_choice(id, value)].value
                                          : value;
}
