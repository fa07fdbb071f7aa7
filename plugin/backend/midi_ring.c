// SPDX-License-Identifier: ISC
#include "plugin/backend/midi_ring.h"

#include <string.h>

#include "plugin/backend/backend.h"

// Bytes of a message with that status byte; 0 for those that are not taken.
static size_t length_of(unsigned char status) REALTIME {
    int kind = status & 0xf0;
    return kind == MIDI_CONTROL ? 3 : kind == MIDI_PROGRAM ? 2 : 0;
}

void midi_ring_put(MidiRing *ring, const unsigned char *bytes, size_t size) REALTIME {
    unsigned written = atomic_load(&ring->written);
    if (size == 0 || size != length_of(bytes[0])) {
        return;
    }
    if (written - atomic_load(&ring->read) >= MIDI_RING_SIZE) {
        atomic_fetch_add(&ring->lost, 1);
        return;
    }
    memcpy(ring->messages[written % MIDI_RING_SIZE], bytes, size);
    atomic_store(&ring->written, written + 1);
}

int midi_ring_take(MidiRing *ring, unsigned char message[3]) {
    unsigned read = atomic_load(&ring->read);
    if (atomic_exchange(&ring->lost, 0) > 0) {
        return -1;
    }
    if (read == atomic_load(&ring->written)) {
        return 0;
    }
    memcpy(message, ring->messages[read % MIDI_RING_SIZE], 3);
    atomic_store(&ring->read, read + 1);
    return (int)length_of(message[0]);
}
