// SPDX-License-Identifier: ISC
// The one table of controls: TTL, standalone options and (later) MIDI map and UI follow from it.
#ifndef GRUFF_DSP_CHAIN_CONTROLS_H
#define GRUFF_DSP_CHAIN_CONTROLS_H

#include <stdbool.h>

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"

typedef enum ControlId {
    CONTROL_ENABLED,   // 0: bypassed, 1: running
    CONTROL_INPUT,     // level before the model
    CONTROL_OUTPUT,    // level after the model
    CONTROL_MIX,       // 0: dry, 100: wet
    CONTROL_NORMALISE, // 1: all models are equally loud, as far as their files tell how loud
    CONTROL_CALIBRATE, // 1: the model hears the level that it was recorded with, if its file tells
    CONTROL_INTERFACE, // for that: the level that the sound card's input takes for 0 dBFS
    CONTROL_DC_BLOCK,  // 1: no constant part after the model
    CONTROL_GATE,      // 1: the noise gate is on
    CONTROL_THRESHOLD, // of the gate
    CONTROL_RELEASE,   // of the gate: time to fall by 60 dB
    CONTROL_TONE_POSITION, // 0: tone after the model, 1: before it
    CONTROL_BASS,
    CONTROL_MIDDLE,
    CONTROL_TREBLE,
    CONTROL_PRESENCE,
    CONTROL_DEPTH,
    CONTROL_CABINET,      // 1: with the cabinet, if there is one
    CONTROL_OVERSAMPLING, // the model runs at so many times its rate: 1, 2 or 4
    CONTROL_KNOB_1,       // of the model, in % of its range; below 0: where the model has it
    CONTROL_KNOB_2,
    CONTROL_KNOB_3,
    CONTROL_KNOB_4,
    CONTROL_KNOB_5,
    CONTROL_KNOB_6,
    CONTROL_KNOB_7,
    CONTROL_KNOB_8,
    CONTROL_COUNT
} ControlId;

// What belongs together; those of a group follow each other.
typedef enum ControlGroup {
    GROUP_LEVELS,
    GROUP_GATE,
    GROUP_TONE,
    GROUP_MODEL,
    GROUP_COUNT
} ControlGroup;

typedef struct ControlGroupNames {
    const char *symbol; // of the LV2 port group
    const char *name;   // for people
} ControlGroupNames;

extern const ControlGroupNames control_groups[GROUP_COUNT];

typedef struct ControlChoice {
    float value;
    const char *name; // for people
} ControlChoice;

typedef enum ControlScale { SCALE_LINEAR, SCALE_LOG, SCALE_TOGGLE, SCALE_CHOICE } ControlScale;

typedef struct Control {
    const char *symbol; // LV2 port symbol and option name
    const char *name;   // for people
    const char *unit;   // "dB", "dBu", "%", "ms" or ""
    float minimum, maximum, initial;
    ControlGroup group;
    ControlScale scale;
    const ControlChoice *choices; // SCALE_CHOICE: from the lowest to the highest
    int choice_count;
    const char *help; // what it does: a sentence; NULL: its name says it
} Control;

extern const Control controls[CONTROL_COUNT];

// Finds a control by its symbol; false when there is none.
bool control_find(const char *symbol, ControlId *id);

// The number of the choice next to `value`, of a control that has choices.
int control_choice(ControlId id, float value) REALTIME;

// What the control takes, "-24 to 24 dB" or "1, 2 or 4", in `text`. Not the audio thread.
enum { CONTROL_RANGE = 64 }; // bytes
const char *control_range(ControlId id, char text[CONTROL_RANGE]);

// Reads the value of a control from text. STATUS_BAD_ARGUMENT for what is no number, out of range,
// or none of the choices. Not the audio thread.
Status control_read(ControlId id, const char *text, float *value, Diagnostic *diagnostic);

// Reads "SYMBOL=VALUE", as the option --set has it. Not the audio thread.
Status control_read_pair(const char *text, ControlId *id, float *value, Diagnostic *diagnostic);

// `value` held to the control's range, and to its choices; its initial value when `value` is NaN.
float control_clamp(ControlId id, float value) REALTIME;

#endif
