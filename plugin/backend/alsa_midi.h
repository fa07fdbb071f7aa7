// SPDX-License-Identifier: ISC
// MIDI from ALSA's sequencer, for the backends that bring none of their own. Main's thread.
#ifndef GRUFF_PLUGIN_BACKEND_ALSA_MIDI_H
#define GRUFF_PLUGIN_BACKEND_ALSA_MIDI_H

#include "dsp/base/status.h"

typedef struct AlsaMidi AlsaMidi;

// A client `name` of the sequencer with the port "midi_in", to which others can be connected. The
// caller owns *midi. STATUS_CANNOT_READ without a sequencer, STATUS_UNSUPPORTED where this is built
// without ALSA.
Status alsa_midi_new(AlsaMidi **midi, const char *name, Diagnostic *diagnostic);

// The next control change or program change: its length, 0 when there is none, -1 when some were
// lost. Does not wait.
int alsa_midi_take(AlsaMidi *midi, unsigned char message[3]);

// NULL is fine.
void alsa_midi_free(AlsaMidi *midi);

#endif
