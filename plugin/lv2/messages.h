// SPDX-License-Identifier: ISC
// Messages of the atom ports, read and written in the audio thread without a forge (whose
// callbacks the compiler cannot see through).
#ifndef GRUFF_PLUGIN_LV2_MESSAGES_H
#define GRUFF_PLUGIN_LV2_MESSAGES_H

#include <stdbool.h>
#include <stdint.h>

#include <lv2/atom/atom.h>

#include "dsp/base/realtime.h"
#include "plugin/session/uris.h"

typedef enum RequestKind {
    REQUEST_NONE,    // not for us
    REQUEST_GET,     // tell `property`, or everything when that is 0
    REQUEST_SET_FILE // load `path` for `property`
} RequestKind;

typedef struct Request {
    RequestKind kind;
    LV2_URID property;
    const char *path; // in the event
} Request;

// ---- Audio thread ----

// What the event's atom asks for. A path that is not text with a final zero is not taken.
Request request_read(const Uris *uris, const LV2_Atom *atom) REALTIME;

// Makes the port's buffer an empty sequence; answers its capacity: bytes for the events.
uint32_t sequence_begin(const Uris *uris, LV2_Atom_Sequence *sequence) REALTIME;

// Appends patch:Set of `property` to `text` (an atom of type `type`) at frame 0; false when it
// does not fit.
bool sequence_set(const Uris *uris, LV2_Atom_Sequence *sequence, uint32_t capacity,
                  LV2_URID property, LV2_URID type, const char *text) REALTIME;

#endif
