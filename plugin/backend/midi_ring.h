// SPDX-License-Identifier: ISC
// Channel messages of MIDI on their way from the audio thread to main's: one writer, one reader, no
// lock. Only what is of use goes in: control changes and program changes.
#ifndef GRUFF_PLUGIN_BACKEND_MIDI_RING_H
#define GRUFF_PLUGIN_BACKEND_MIDI_RING_H

#include <stdatomic.h>
#include <stddef.h>

#include "dsp/base/realtime.h"

enum {
    MIDI_RING_SIZE = 1024, // messages, a power of two; main's thread looks 200 times a second
};

// All zero is an empty one.
typedef struct MidiRing {
    unsigned char messages[MIDI_RING_SIZE][3];
    _Atomic unsigned written, read; // in all
    _Atomic unsigned lost;          // for want of room, since it was last told
} MidiRing;

// Takes `size` bytes of an event, which may be none of ours. The writer's.
void midi_ring_put(MidiRing *ring, const unsigned char *bytes, size_t size) REALTIME;

// The next message: its length, 0 when there is none, -1 once when some were lost. The reader's.
int midi_ring_take(MidiRing *ring, unsigned char message[3]);

#endif
