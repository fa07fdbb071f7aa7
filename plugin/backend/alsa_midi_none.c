// SPDX-License-Identifier: ISC
// In place of alsa_midi.c where ALSA is not there.
#include <stddef.h>

#include "plugin/backend/alsa_midi.h"

Status alsa_midi_new(AlsaMidi **midi, const char *name, Diagnostic *diagnostic) {
    (void)name;
    *midi = NULL;
    return diagnose(diagnostic, STATUS_UNSUPPORTED, "this gruff was built without ALSA");
}

int alsa_midi_take(AlsaMidi *midi, unsigned char message[3]) {
    (void)midi;
    (void)message;
    return 0;
}

void alsa_midi_free(AlsaMidi *midi) {
    (void)midi;
}
