// SPDX-License-Identifier: ISC
// What saved state holds of a file beside its path: all that is needed to do without the file, with
// a checksum. A model's content is its file's bytes, a cabinet's its samples.
#ifndef GRUFF_PLUGIN_SESSION_CONTENT_H
#define GRUFF_PLUGIN_SESSION_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/impulse_response.h"
#include "dsp/base/status.h"

typedef struct Content {
    char *bytes; // owned; NULL: none. The checksum comes first.
    size_t length;
} Content;

// Frees the bytes and zeroes *content. All zero is fine.
void content_clear(Content *content);

// A copy of bytes as state gave them; none when they are damaged, or memory is short.
Content content_from_state(const void *bytes, size_t length);

Content content_copy(const Content *content);
bool content_same(const Content *a, const Content *b);

// The content of the model file `path`.
Status content_of_model(Content *content, const char *path, Diagnostic *diagnostic);

// The model file's text in it, of *length bytes.
enum { CONTENT_HEAD = 8 }; // bytes of the checksum
const char *content_text(const Content *content, size_t *length);

// The content of an impulse response (none when memory is short), and back: STATUS_BAD_AUDIO for
// what is no impulse response.
Content content_of_impulse_response(const ImpulseResponse *impulse);
Status content_impulse_response(ImpulseResponse *impulse, const Content *content,
                                Diagnostic *diagnostic);

#endif
