// SPDX-License-Identifier: ISC
#include "plugin/backend/alsa_midi.h"

#include <errno.h>
#include <stddef.h>

#include <alsa/asoundlib.h>

#include "dsp/base/memory.h"
#include "plugin/backend/backend.h"
#include "plugin/backend/mute_stderr.h"

enum { MOST_SKIPPED = 1024 }; // events of other kinds in one call

struct AlsaMidi {
    snd_seq_t *sequencer;
};

Status alsa_midi_new(AlsaMidi **midi, const char *name, Diagnostic *diagnostic) {
    *midi = NULL;
    AlsaMidi *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for MIDI");
    }
    int muted = mute_stderr_begin(); // ALSA prints what it tried
    int error = snd_seq_open(&made->sequencer, "default", SND_SEQ_OPEN_INPUT, SND_SEQ_NONBLOCK);
    mute_stderr_end(muted);
    if (error < 0) {
        made->sequencer = NULL;
    }
    if (error >= 0) {
        error = snd_seq_set_client_name(made->sequencer, name);
    }
    if (error >= 0) {
        error = snd_seq_create_simple_port(
            made->sequencer, "midi_in", SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE,
            SND_SEQ_PORT_TYPE_MIDI_GENERIC | SND_SEQ_PORT_TYPE_APPLICATION);
    }
    if (error < 0) {
        alsa_midi_free(made);
        return diagnose(diagnostic, STATUS_CANNOT_READ, "ALSA's sequencer cannot be used: %s",
                        snd_strerror(error));
    }
    *midi = made;
    return STATUS_OK;
}

// Its length as a message; 0 for events of other kinds.
static int translate(const snd_seq_event_t *event, unsigned char message[3]) {
    const snd_seq_ev_ctrl_t *control = &event->data.control;
    int channel = control->channel & 0x0f;
    if (event->type == SND_SEQ_EVENT_CONTROLLER) {
        message[0] = (unsigned char)(MIDI_CONTROL | channel);
        message[1] = control->param & 0x7f;
        message[2] = control->value & 0x7f;
        return 3;
    }
    if (event->type == SND_SEQ_EVENT_PGMCHANGE) {
        message[0] = (unsigned char)(MIDI_PROGRAM | channel);
        message[1] = control->value & 0x7f;
        return 2;
    }
    return 0;
}

int alsa_midi_take(AlsaMidi *midi, unsigned char message[3]) {
    for (int i = 0; i < MOST_SKIPPED; i++) {
        snd_seq_event_t *event = NULL;
        int error = snd_seq_event_input(midi->sequencer, &event);
        if (error == -ENOSPC) {
            return -1;
        }
        if (error < 0 || !event) {
            return 0;
        }
        int length = translate(event, message);
        if (length > 0) {
            return length;
        }
    }
    return 0;
}

void alsa_midi_free(AlsaMidi *midi) {
    if (midi) {
        if (midi->sequencer) {
            snd_seq_close(midi->sequencer);
        }
        memory_free(midi);
    }
}
