// SPDX-License-Identifier: ISC
#include "dsp/base/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static _Atomic long allowed = -1; // allocations left before failure; negative: no limit

void memory_fail_after(long successes) {
    atomic_store(&allowed, successes);
}

void *memory_new(size_t count, size_t size) {
    if (atomic_load(&allowed) >= 0 && atomic_fetch_sub(&allowed, 1) <= 0) {
        atomic_store(&allowed, 0);
        return NULL;
    }
    if (size && count > (SIZE_MAX - MEMORY_ALIGNMENT) / size) {
        return NULL;
    }
    size_t bytes = count * size;
    bytes += MEMORY_ALIGNMENT - (bytes ? (bytes - 1) % MEMORY_ALIGNMENT + 1 : 0);
    void *memory = aligned_alloc(MEMORY_ALIGNMENT, bytes);
    if (memory) {
        memset(memory, 0, bytes);
    }
    return memory;
}

void *memory_resize(void *old, size_t kept, size_t count, size_t size) {
    void *memory = memory_new(count, size);
    if (memory && old) {
        memcpy(memory, old, kept * size);
    }
    if (memory) {
        memory_free(old);
    }
    return memory;
}

void memory_free(void *memory) {
    free(memory);
}
