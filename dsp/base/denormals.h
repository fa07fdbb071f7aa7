// SPDX-License-Identifier: ISC
// Flush-to-zero for the calling thread: numbers too small for full precision count as zero, so that
// silence costs no more than sound. Whoever switches it on puts the old state back.
//
//   DenormalState before = denormals_off();
//   ...
//   denormals_restore(before);
#ifndef GRUFF_DSP_BASE_DENORMALS_H
#define GRUFF_DSP_BASE_DENORMALS_H

#include <stdint.h>

#include "dsp/base/realtime.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

typedef struct DenormalState {
    uint64_t control; // MXCSR or FPCR as it was
} DenormalState;

// Any thread. A processor that is neither x86 with SSE nor 64-bit Arm is left as it is.
static inline DenormalState denormals_off(void) REALTIME {
    DenormalState before = {0};
#if defined(__SSE__)
    const unsigned flush_to_zero = 0x8000u, denormals_are_zero = 0x0040u;
    before.control = _mm_getcsr();
    _mm_setcsr((unsigned)before.control | flush_to_zero | denormals_are_zero);
#elif defined(__aarch64__)
    const uint64_t flush_to_zero = UINT64_C(1) << 24;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before.control));
    __asm__ volatile("msr fpcr, %0" : : "r"(before.control | flush_to_zero));
#endif
    return before;
}

// Puts back what denormals_off found, in the same thread.
static inline void denormals_restore(DenormalState before) REALTIME {
#if defined(__SSE__)
    _mm_setcsr((unsigned)before.control);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(before.control));
#else
    (void)before;
#endif
}

#endif
