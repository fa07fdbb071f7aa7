// SPDX-License-Identifier: ISC
// What the audio that is trained on holds, and what it lacks: a model is untried in what its
// recordings did not have.
#ifndef GRUFF_TRAINING_DATA_COVERAGE_H
#define GRUFF_TRAINING_DATA_COVERAGE_H

#include "training/data/checks.h"
#include "training/data/dataset.h"
#include "training/data/moments.h"

enum { COVERAGE_ROWS = 13 };

#define COVERAGE_ROW 6.0        // dB of a row
#define COVERAGE_LOWEST (-78.0) // dB: where the lowest row begins; the highest one has all above -6

// All figures in seconds, over all recordings that are trained on.
typedef struct Coverage {
    double trained;
    double silent, struck, sustained; // together all of it: see MomentKind
    double ringing;                   // of what is sustained
    double low[MOMENTS_BANDS + 1];    // notes that go on, with much of their power below band i
    double high;                      // anything with next to nothing below 560 Hz
    double loud, soft;                // with peaks above -12 dBFS; below -30, but not silent
    // How long each band has each level, where something was struck and where it sounds on.
    double struck_map[COVERAGE_ROWS][MOMENTS_BANDS];
    double sustained_map[COVERAGE_ROWS][MOMENTS_BANDS];
    double likeness; // of what is held out: 1 where its levels are shared out alike, 0: nothing is
    Checks missing;  // low, high, loud, soft, struck, ringing, rests: warnings where too little
} Coverage;

// What a moment may be, each whether or not it is another one, too.
typedef enum CoverageKind {
    COVERAGE_LOW, // as Coverage has them
    COVERAGE_HIGH,
    COVERAGE_LOUD,
    COVERAGE_SOFT,
    COVERAGE_STRUCK,
    COVERAGE_RINGING,
    COVERAGE_KINDS,
} CoverageKind;

bool coverage_is(const Moment *moment, CoverageKind kind);

// The moments of a recording of the dataset, as loud as it was recorded. *heard is the input that
// *moments are of; both are zero at first. Where recordings share an input, they stay.
Status coverage_hear(Moments *moments, const float **heard, const Dataset *dataset,
                     const Recording *recording, Diagnostic *diagnostic);

// Looks at the dataset's recordings, but those for tests.
Status coverage_measure(Coverage *coverage, const Dataset *dataset, Diagnostic *diagnostic);

#endif
