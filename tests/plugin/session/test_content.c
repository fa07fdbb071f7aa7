// SPDX-License-Identifier: ISC
// What saved state holds of files: it comes back whole, or not at all.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plugin/session/content.h"
#include "tests/rig/scratch.h"

enum { RATE = 8000, MOST = 32 << 20 }; // bytes

static float left[2 * RATE + 1], right[2 * RATE + 1];

static Content content_of(int channels, size_t frames) {
    for (size_t i = 0; i < frames; i++) {
        left[i] = 1.0f / (float)(i + 1);
        right[i] = -2.0f / (float)(i + 1);
    }
    ImpulseResponse impulse = {
        .rate = RATE, .channels = channels, .frames = frames, .samples = {left, right}};
    Content content = content_of_impulse_response(&impulse);
    assert_non_null(content.bytes);
    return content;
}

static void an_impulse_response_comes_back(void **state) {
    (void)state;
    for (int channels = 1; channels <= 2; channels++) {
        Content content = content_of(channels, 100);
        Content again = content_from_state(content.bytes, content.length);
        ImpulseResponse impulse;
        assert_true(content_same(&content, &again));
        assert_int_equal(content_impulse_response(&impulse, &again, NULL), STATUS_OK);
        assert_int_equal(impulse.rate, RATE);
        assert_int_equal(impulse.channels, channels);
        assert_int_equal(impulse.frames, 100);
        assert_memory_equal(impulse.samples[0], left, 100 * sizeof(float));
        if (channels == 2) {
            assert_memory_equal(impulse.samples[1], right, 100 * sizeof(float));
        }
        impulse_response_clear(&impulse);
        content_clear(&again);
        content_clear(&content);
    }
}

static void any_changed_byte_is_noticed(void **state) {
    (void)state;
    Content content = content_of(1, 10);
    for (size_t i = 0; i < content.length; i++) {
        content.bytes[i] ^= 4;
        assert_null(content_from_state(content.bytes, content.length).bytes);
        content.bytes[i] ^= 4;
    }
    for (size_t length = 0; length < content.length; length++) {
        assert_null(content_from_state(content.bytes, length).bytes);
    }
    assert_null(content_from_state(NULL, 100).bytes);
    content_clear(&content);
}

// Sessions that were saved by earlier versions come back: FNV-1a of 64 bits, as published, of "a".
static void the_checksum_is_what_it_always_was(void **state) {
    (void)state;
    const uint64_t published = UINT64_C(0xaf63dc4c8601ec8c);
    char bytes[CONTENT_HEAD + 1];
    memcpy(bytes, &published, sizeof published);
    bytes[CONTENT_HEAD] = 'a';
    Content content = content_from_state(bytes, sizeof bytes);
    assert_non_null(content.bytes);
    size_t length = 0;
    assert_int_equal(content_text(&content, &length)[0], 'a');
    assert_int_equal(length, 1);
    Content file = {0};
    scratch_write("a", "a", 1);
    assert_int_equal(content_of_model(&file, scratch_path("a"), NULL), STATUS_OK);
    assert_true(content_same(&file, &content));
    file.bytes[CONTENT_HEAD] = 'b'; // as long, but not the same
    assert_false(content_same(&file, &content));
    content_clear(&file);
    assert_false(content_same(&file, &content));
    assert_true(content_same(&file, &file));
    content_clear(&content);
}

static void there_is_a_limit(void **state) {
    (void)state;
    char *bytes = calloc(MOST + 1, 1);
    assert_non_null(bytes);
    for (size_t length = MOST; length <= MOST + 1; length++) {
        uint64_t hash = UINT64_C(14695981039346656037);
        for (size_t i = CONTENT_HEAD; i < length; i++) {
            hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
        }
        memcpy(bytes, &hash, sizeof hash);
        Content content = content_from_state(bytes, length);
        assert_int_equal(content.bytes != NULL, length == MOST);
        content_clear(&content);
    }
    free(bytes);
}

typedef struct Head {
    uint32_t rate, channels, frames;
} Head;

// Whether this head before so many numbers is taken for an impulse response.
static bool is_taken(Head head, size_t numbers) {
    char bytes[CONTENT_HEAD + sizeof head + 64 * sizeof(float)] = {0};
    memcpy(bytes + CONTENT_HEAD, &head, sizeof head);
    for (size_t i = 0; i < numbers; i++) {
        memcpy(bytes + CONTENT_HEAD + sizeof head + i * sizeof(float), &left[i], sizeof(float));
    }
    Content content = {bytes, CONTENT_HEAD + sizeof head + numbers * sizeof(float)};
    ImpulseResponse impulse;
    Status status = content_impulse_response(&impulse, &content, NULL);
    assert_true(status == STATUS_OK || status == STATUS_BAD_AUDIO);
    assert_int_equal(impulse.samples[0] != NULL, status == STATUS_OK);
    impulse_response_clear(&impulse);
    return status == STATUS_OK;
}

static void what_is_no_impulse_response_is_refused(void **state) {
    (void)state;
    for (int i = 0; i < 64; i++) {
        left[i] = 0.5f;
    }
    assert_true(is_taken((Head){48000, 1, 20}, 20));
    assert_true(is_taken((Head){48000, 2, 20}, 40));
    assert_true(is_taken((Head){10, 1, 20}, 20));  // 2 s
    assert_false(is_taken((Head){10, 1, 21}, 21)); // and longer
    assert_false(is_taken((Head){48000, 1, 20}, 19));
    assert_false(is_taken((Head){48000, 1, 20}, 21));
    assert_false(is_taken((Head){48000, 2, 20}, 20));
    assert_false(is_taken((Head){48000, 3, 20}, 60));
    assert_false(is_taken((Head){48000, 0, 20}, 0));
    assert_false(is_taken((Head){48000, 1, 0}, 0));
    assert_false(is_taken((Head){0, 1, 20}, 20));
    assert_false(is_taken((Head){1000001, 1, 20}, 20));
    left[19] = NAN;
    assert_false(is_taken((Head){48000, 1, 20}, 20));
    left[19] = -INFINITY;
    assert_false(is_taken((Head){48000, 1, 20}, 20));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_impulse_response_comes_back),
        cmocka_unit_test(any_changed_byte_is_noticed),
        cmocka_unit_test(the_checksum_is_what_it_always_was),
        cmocka_unit_test(there_is_a_limit),
        cmocka_unit_test(what_is_no_impulse_response_is_refused),
    };
    return cmocka_run_group_tests_name("content", tests, scratch_begin, scratch_end);
}
