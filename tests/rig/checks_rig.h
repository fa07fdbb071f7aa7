// SPDX-License-Identifier: ISC
// Pairs of recordings with faults, and what the trainer's checks say of them.
#ifndef GRUFF_TESTS_RIG_CHECKS_RIG_H
#define GRUFF_TESTS_RIG_CHECKS_RIG_H

#include "tests/rig/demo_audio.h"
#include "training/data/dataset.h"

enum { RATE = DEMO_RATE, FRAMES = 32 * RATE };

// The demo's own pair, and room for another signal: each of FRAMES + RATE samples.
extern float *dry, *wet, *work;

// Fixtures of cmocka's: these, and a scratch folder (tests/rig/scratch.h) for the files named
// below.
int checks_rig_make(void **state);
int checks_rig_remove(void **state);

// Writes a WAV file.
void save(const char *name, int rate, const float *samples, size_t frames);

// Reads a pair; on success the caller clears *dataset.
Status load(Dataset *dataset, const char *input, const char *target, bool force, bool fits,
            Diagnostic *diagnostic);

// The worst of the checks `id` of the pair, which must say `words`; the pair is refused unless
// forced exactly when `verdict` is to refuse. Answers its value.
double expect(const char *input, const char *target, bool fits, const char *id, Verdict verdict,
              const char *words);

#endif
