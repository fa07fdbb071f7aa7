// SPDX-License-Identifier: ISC
// Reproducible random numbers: splitmix64 (Steele, Lea, Flood 2014). The same seed gives the same
// numbers on every machine.
#ifndef GRUFF_DSP_BASE_RANDOM_H
#define GRUFF_DSP_BASE_RANDOM_H

#include <math.h>
#include <stdint.h>

typedef struct Random {
    uint64_t state;
} Random;

static inline uint64_t random_bits(Random *random) {
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// Uniform in [0, 1).
static inline double random_uniform(Random *random) {
    return (double)(random_bits(random) >> 11) * 0x1p-53;
}

// Uniform in [-bound, bound).
static inline double random_within(Random *random, double bound) {
    return (2.0 * random_uniform(random) - 1.0) * bound;
}

// Standard normal (Box and Muller 1958).
static inline double random_normal(Random *random) {
    double u = 1.0 - random_uniform(random);
    double v = random_uniform(random);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

#endif
