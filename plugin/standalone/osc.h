// SPDX-License-Identifier: ISC
// Open Sound Control over UDP: other programs turn the knobs, load files and ask how things stand.
//   /gruff/SYMBOL number      turns a control; T and F switch
//   /gruff/SYMBOL             is answered to the sender with its value
//   /gruff/get                is answered with all controls, the model and the cabinet
//   /gruff/model path         loads a file ("" takes a cabinet out), and /gruff/cabinet; without a
//                             path they are answered
//   /gruff/next               and /gruff/previous: that model of the folder
//   /gruff/preset name        or its number, from 1, as --list-presets has it
// Bundles do the same at once, whatever their time says. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_OSC_H
#define GRUFF_PLUGIN_STANDALONE_OSC_H

#include <stdbool.h>

#include "plugin/standalone/player.h"
#include "plugin/standalone/preset_chooser.h"

typedef struct Osc Osc;

// Listens on that port, 0 for one that is free, of 127.0.0.1, or of all addresses if `any`; says
// where. `player`, `notices` and what the chooser points to stay the caller's; the caller owns
// *osc. STATUS_CANNOT_READ when the port is taken, STATUS_UNSUPPORTED where this is built without
// liblo.
Status osc_new(Osc **osc, int port, bool any, Player *player, Notices *notices,
               PresetChooser chooser, Diagnostic *diagnostic);

// NULL is fine.
void osc_free(Osc *osc);

// A LoopTask's: does what the messages that came say.
bool osc_poll(void *data);

#endif
