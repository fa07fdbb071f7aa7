// SPDX-License-Identifier: ISC
// How a model does on what is low, high, loud and so on of the held-out audio: a whole's error
// hides that of a small part.
#ifndef GRUFF_TRAINING_REPORT_KINDS_H
#define GRUFF_TRAINING_REPORT_KINDS_H

#include <stdio.h>

#include "dsp/measures/esr.h"
#include "training/data/coverage.h"
#include "training/learning/validation.h"

#define KINDS_LEAST 1.0 // s of a kind below which its error says nothing
#define KINDS_WORSE 2.0 // times the error of all, which is worth a word

typedef struct Kinds {
    double seconds[COVERAGE_KINDS]; // held out
    Esr sums[COVERAGE_KINDS];
} Kinds;

// Of the output that lies in `validation`.
Status kinds_measure(Kinds *kinds, const Validation *validation, Diagnostic *diagnostic);

// A table of them as HTML, each beside the error of all.
void report_kinds(FILE *page, const Kinds *kinds, double esr_of_all);

#endif
