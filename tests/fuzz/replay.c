// SPDX-License-Identifier: ISC
// replay FILE...: runs a fuzzing target over files without libFuzzer, so that it runs everywhere:
// each file as it is, cut at many places, and with each of its allocations failing in turn.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { MAX_SIZE = 1 << 16, CUTS = 48, FAILURES = 200, FAILURES_JANSSON = 40 };

// A copy of its own size, so that sanitizers see what is read beyond it.
static void run(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) {
        fputs("replay: no memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_failing(uint8_t *bytes, size_t size, int kind, int count) {
    bytes[0] = (uint8_t)('0' + kind);
    for (int i = 0; i < count; i++) {
        bytes[1] = (uint8_t)('0' + i);
        run(bytes, size);
    }
}

static void replay(const char *path) {
    static uint8_t bytes[MAX_SIZE];
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (!file || ferror(file) || size < FUZZ_HEADER) {
        fprintf(stderr, "replay: %s: cannot be read, or too short\n", path);
        exit(EXIT_FAILURE);
    }
    fclose(file);
    run(bytes, size);
    for (size_t i = 0; i < CUTS; i++) {
        run(bytes, size * i / CUTS);
    }
    run_failing(bytes, size, 1, FAILURES);
    run_failing(bytes, size, 2, FAILURES_JANSSON);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        replay(argv[i]);
    }
    printf("%d files\n", argc - 1);
    return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
