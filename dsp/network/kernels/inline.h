// SPDX-License-Identifier: ISC
// What the kernels' bodies are written in: functions that vanish into their caller, where their
// constant arguments become constants and loops marked UNROLL disappear.
#ifndef GRUFF_DSP_NETWORK_KERNELS_INLINE_H
#define GRUFF_DSP_NETWORK_KERNELS_INLINE_H

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#define NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#define NO_UNROLL _Pragma("GCC unroll 1")
#endif

// For i from 0 to count - 1, where `count` is a constant of a shape. (clang would not unroll a loop
// of one turn in time for its arrays to become registers: it gets two.)
#define EACH(i, count) UNROLL for (int i = 0; i < ((count) > 2 ? (count) : 2); i++) if (i < (count))

// Keeps a variable in memory, where the compiler would give it a register.
#define IN_MEMORY(variable) __asm__("" : "+m"(variable))

// Keeps the compiler from knowing where a pointer leads.
#define HIDE_ADDRESS(pointer) __asm__("" : "+r"(pointer))

#endif
