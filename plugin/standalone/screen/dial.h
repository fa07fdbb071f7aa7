// SPDX-License-Identifier: ISC
// A control as a person meets it: under its name (the knobs of a model under the model's), by
// handy steps, in its own units. `model` is what plays; NULL: nothing. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_DIAL_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_DIAL_H

#include <stdbool.h>

#include "dsp/chain/controls.h"
#include "dsp/network/model.h"

enum { DIAL_TEXT = 32 };

// A control and where it stands.
typedef struct Dial {
    const Model *model;
    ControlId id;
    float value;
} Dial;

// Whether there is such a control: a model may have few knobs.
bool dial_there(const Model *model, ControlId id);

const char *dial_name(const Dial *dial);

// Where it stands, in words or with its unit. The model's own knobs: in what the model counts.
void dial_text(const Dial *dial, char text[DIAL_TEXT]);

// Where it stands, from 0 to 1; false when it is a switch, or where the file puts it.
bool dial_place(const Dial *dial, float *place);

// Its value after so many small steps, or large ones, up; down: negative.
float dial_turned(const Dial *dial, int steps, bool large);

// What it can be, in words.
void dial_range(const Dial *dial, char text[DIAL_TEXT]);

// The value that a person typed.
Status dial_read(const Dial *dial, const char *text, float *value, Diagnostic *diagnostic);

#endif
