// SPDX-License-Identifier: ISC
// Which MIDI controller (CC) turns which control, and how far. As text, a line each: "cc 20 input"
// for any channel, "cc 3/20 input" for channel 3.
#ifndef GRUFF_PLUGIN_STANDALONE_MIDI_MAP_H
#define GRUFF_PLUGIN_STANDALONE_MIDI_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/chain/controls.h"

enum {
    MIDI_CHANNELS = 16,
    MIDI_CONTROLLERS = 120, // those from there on are channel mode messages
    MIDI_ANY_CHANNEL = 0,   // others from 1
    MIDI_SOURCE_TEXT = 16,
};

// All zero is an empty one.
typedef struct MidiMap {
    // By channel and CC: 1 + ControlId; 0 for none.
    unsigned char turned[MIDI_CHANNELS + 1][MIDI_CONTROLLERS];
} MidiMap;

// What the CC turns: as its channel says, or else any; false for nothing.
bool midi_map_find(const MidiMap *map, int channel, int controller, ControlId *id);

void midi_map_set(MidiMap *map, int channel, int controller, ControlId id);

// Nothing turns the control any more; false when nothing did.
bool midi_map_forget(MidiMap *map, ControlId id);

// The first that turns the control: "cc 3/20"; false, and "", when there is none.
bool midi_map_source(const MidiMap *map, ControlId id, char text[MIDI_SOURCE_TEXT]);

// Whether a CC is a knob, pedal or switch, not bank select or the number of another one.
bool midi_map_can_learn(int controller);

// Takes a line of text; empty ones, and those that begin with '#', say nothing.
// STATUS_BAD_ARGUMENT with what is wrong.
Status midi_map_read_line(MidiMap *map, const char *line, Diagnostic *diagnostic);

// The lines of a map; the caller frees them with memory_free. NULL without memory.
char *midi_map_write(const MidiMap *map);

// What a control becomes by a CC's value, 0 to 127: over its whole range, with 64 in the middle, on
// its own scale; on from 64. A knob of the model moves over the model's range.
float midi_map_value(ControlId id, int value);

#endif
