// SPDX-License-Identifier: ISC
// What the fuzzing targets share. A target is a function in the form of libFuzzer; replay.c runs it
// without libFuzzer over files.
//
// The first two bytes of an input are no part of the file under test: they choose which allocation
// fails, so that a fuzzer finds the ways of failure as it finds the ways of success.
//   byte 0: '0' none, '1' one of ours (dsp/base/memory.h), '2' one of jansson's; others count
//   modulo 4 byte 1: '0' + how many succeed before (of jansson's: the square of it)
#ifndef GRUFF_TESTS_FUZZ_FUZZ_H
#define GRUFF_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dsp/base/status.h"

enum { FUZZ_HEADER = 2 }; // bytes

// The target: always 0. A finding ends the process.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Lets allocations fail as the header says; false when there is no whole header. fuzz_end lets all
// succeed again.
bool fuzz_begin(const uint8_t *data, size_t size);
void fuzz_end(void);

// Round what is written: only there may jansson's allocations fail. When it reads, version 2.14
// ends the process by an assertion if the buffer of a token cannot grow.
void fuzz_begin_writing(void);
void fuzz_end_writing(void);

// Whether an allocation has been, or may yet be, made to fail since fuzz_begin.
bool fuzz_failing(void);

// Ends the process with `text`.
_Noreturn void fuzz_finding(const char *text);

static inline void fuzz_expect(bool holds, const char *text) {
    if (!holds) {
        fuzz_finding(text);
    }
}

// What every failure must bring: one line, and STATUS_NO_MEMORY only when memory was short.
void fuzz_expect_told(Status status, const Diagnostic *diagnostic);

#endif
