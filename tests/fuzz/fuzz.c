// SPDX-License-Identifier: ISC
#include "tests/fuzz/fuzz.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/base/memory.h"

static long writing_allowed = LONG_MAX; // of jansson's allocations, while something is written
static long jansson_allowed = LONG_MAX;
static bool failing;

static void *limited_malloc(size_t size) {
    return jansson_allowed-- > 0 ? malloc(size) : NULL;
}

static void prepare_jansson(void) {
    static bool prepared;
    if (!prepared) {
        json_set_alloc_funcs(limited_malloc, free);
        json_object_seed(1); // the same input goes the same way
        prepared = true;
    }
}

bool fuzz_begin(const uint8_t *data, size_t size) {
    prepare_jansson();
    if (size < FUZZ_HEADER) {
        return false;
    }
    unsigned kind = (data[0] - (unsigned)'0') % 4;
    long count = (uint8_t)(data[1] - (unsigned)'0');
    failing = kind == 1 || kind == 2;
    memory_fail_after(kind == 1 ? count : -1);
    writing_allowed = kind == 2 ? count * count : LONG_MAX;
    return true;
}

void fuzz_end(void) {
    failing = false;
    memory_fail_after(-1);
}

void fuzz_begin_writing(void) {
    jansson_allowed = writing_allowed;
}

void fuzz_end_writing(void) {
    jansson_allowed = LONG_MAX;
}

bool fuzz_failing(void) {
    return failing;
}

void fuzz_finding(const char *text) {
    fprintf(stderr, "finding: %s\n", text);
    abort();
}

void fuzz_expect_told(Status status, const Diagnostic *diagnostic) {
    const char *text = diagnostic->text;
    fuzz_expect(*text != '\0', "a failure without a word");
    for (; *text; text++) {
        fuzz_expect((unsigned char)*text >= 0x20 && *text != 0x7f, "not one printable line");
    }
    fuzz_expect(status != STATUS_NO_MEMORY || failing, "memory is short, it says, but is not");
}
