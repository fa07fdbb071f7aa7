// SPDX-License-Identifier: ISC
// MIDI turns the controls and chooses presets. What turns what is learned, and kept in a file.
// Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_MIDI_H
#define GRUFF_PLUGIN_STANDALONE_MIDI_H

#include "plugin/standalone/midi_map.h"
#include "plugin/standalone/player.h"
#include "plugin/standalone/preset_chooser.h"

typedef struct Midi Midi;

// Reads the map from the file `path`, if it is there; NULL for the user's own. Lines that make no
// sense are named and left out. `player`, `notices`, `path` and what the chooser points to stay the
// caller's; the caller owns *midi. STATUS_CANNOT_READ for a file that is there and cannot be read.
Status midi_new(Midi **midi, Player *player, Notices *notices, const char *path,
                PresetChooser chooser, Diagnostic *diagnostic);

// NULL is fine.
void midi_free(Midi *midi);

// From now on the next CC that comes turns this control, instead of what turned it before; the map
// is saved then.
void midi_learn(Midi *midi, ControlId id);

// Learns no more. What it was to learn: midi_learning, -1 for nothing.
void midi_learn_cancel(Midi *midi);
int midi_learning(const Midi *midi);

// Nothing turns the control any more; the map is saved.
void midi_forget(Midi *midi, ControlId id);

const MidiMap *midi_map(const Midi *midi);

// A LoopTask's: does what the messages that came say.
bool midi_poll(void *data);

#endif
