// SPDX-License-Identifier: ISC
// The checksum is FNV-1a of 64 bits over what follows it. Numbers are as the machine has them:
// little-endian on all that Gruff knows kernels for.
#include "plugin/session/content.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/files/whole_file.h"

static const size_t most_bytes = (size_t)32 << 20;

typedef struct ImpulseResponseHead {
    uint32_t rate, channels, frames;
} ImpulseResponseHead;

static uint64_t checksum(const char *bytes, size_t length) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

void content_clear(Content *content) {
    memory_free(content->bytes);
    *content = (Content){0};
}

// Room for `length` bytes behind the checksum.
static Content content_room(size_t length) {
    Content content = {memory_new(CONTENT_HEAD + length, 1), CONTENT_HEAD + length};
    return content.bytes ? content : (Content){0};
}

static void put_checksum(Content *content) {
    uint64_t hash = checksum(content->bytes + CONTENT_HEAD, content->length - CONTENT_HEAD);
    memcpy(content->bytes, &hash, sizeof hash);
}

Content content_from_state(const void *bytes, size_t length) {
    uint64_t hash = 0;
    if (!bytes || length <= CONTENT_HEAD || length > most_bytes) {
        return (Content){0};
    }
    memcpy(&hash, bytes, sizeof hash);
    if (hash != checksum((const char *)bytes + CONTENT_HEAD, length - CONTENT_HEAD)) {
        return (Content){0};
    }
    Content content = content_room(length - CONTENT_HEAD);
    if (content.bytes) {
        memcpy(content.bytes, bytes, length);
    }
    return content;
}

Content content_copy(const Content *content) {
    return content_from_state(content->bytes, content->length);
}

bool content_same(const Content *a, const Content *b) {
    return a->length == b->length && (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

Status content_of_model(Content *content, const char *path, Diagnostic *diagnostic) {
    *content = (Content){0};
    char *text = NULL;
    size_t length = 0;
    Status status = whole_file_read(&text, &length, most_bytes - CONTENT_HEAD, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    *content = content_room(length);
    if (content->bytes) {
        memcpy(content->bytes + CONTENT_HEAD, text, length);
        put_checksum(content);
    } else {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for it", path);
    }
    memory_free(text);
    return status;
}

const char *content_text(const Content *content, size_t *length) {
    *length = content->length - CONTENT_HEAD;
    return content->bytes + CONTENT_HEAD;
}

Content content_of_impulse_response(const ImpulseResponse *impulse) {
    size_t row = impulse->frames * sizeof(float);
    Content content = content_room(sizeof(ImpulseResponseHead) + (size_t)impulse->channels * row);
    if (!content.bytes) {
        return content;
    }
    ImpulseResponseHead head = {(uint32_t)impulse->rate, (uint32_t)impulse->channels,
                                (uint32_t)impulse->frames};
    char *to = content.bytes + CONTENT_HEAD;
    memcpy(to, &head, sizeof head);
    for (int c = 0; c < impulse->channels; c++) {
        memcpy(to + sizeof head + (size_t)c * row, impulse->samples[c], row);
    }
    put_checksum(&content);
    return content;
}

static bool is_impulse_response(const ImpulseResponseHead *head, size_t length) {
    return head->rate > 0 && head->rate <= 1000000 && head->channels >= 1 &&
           head->channels <= IMPULSE_RESPONSE_MAX_CHANNELS && head->frames > 0 &&
           head->frames <= head->rate * IMPULSE_RESPONSE_MAX_SECONDS &&
           length == sizeof *head + (size_t)head->channels * head->frames * sizeof(float);
}

Status content_impulse_response(ImpulseResponse *impulse, const Content *content,
                                Diagnostic *diagnostic) {
    *impulse = (ImpulseResponse){0};
    ImpulseResponseHead head = {0};
    size_t length = 0;
    const char *bytes = content_text(content, &length);
    if (length >= sizeof head) {
        memcpy(&head, bytes, sizeof head);
    }
    if (!is_impulse_response(&head, length)) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO, "the session's copy is no impulse response");
    }
    *impulse = (ImpulseResponse){
        .rate = (int)head.rate, .channels = (int)head.channels, .frames = head.frames};
    size_t row = impulse->frames * sizeof(float);
    for (int c = 0; c < impulse->channels; c++) {
        impulse->samples[c] = memory_new(impulse->frames, sizeof(float));
        if (!impulse->samples[c]) {
            impulse_response_clear(impulse);
            return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for an impulse response");
        }
        memcpy(impulse->samples[c], bytes + sizeof head + (size_t)c * row, row);
        for (size_t i = 0; i < impulse->frames; i++) {
            if (!isfinite(impulse->samples[c][i])) {
                impulse_response_clear(impulse);
                return diagnose(diagnostic, STATUS_BAD_AUDIO,
                                "the session's copy is no impulse response");
            }
        }
    }
    return STATUS_OK;
}
