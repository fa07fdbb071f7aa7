// SPDX-License-Identifier: ISC
// The one place that allocates. Never called by the audio thread.
#ifndef GRUFF_DSP_BASE_MEMORY_H
#define GRUFF_DSP_BASE_MEMORY_H

#include <stddef.h>

enum { MEMORY_ALIGNMENT = 64 }; // bytes: a cache line, and the widest vector of any ISA

// Zeroed memory for `count` objects of `size` bytes, aligned to MEMORY_ALIGNMENT; NULL when the
// product overflows or memory is short. Free it with memory_free. Any thread but the audio thread.
void *memory_new(size_t count, size_t size);

// The same, with the first `kept` objects of `old` in it, which is freed (NULL is fine for 0). NULL
// when memory is short; then `old` stays.
void *memory_resize(void *old, size_t kept, size_t count, size_t size);

// NULL is fine.
void memory_free(void *memory);

// For tests: lets the next `successes` allocations succeed and every later one fail; a negative
// number (the start) lets all succeed. Not thread-safe.
void memory_fail_after(long successes);

#endif
