// SPDX-License-Identifier: ISC
// The part of the report about what the recordings hold: plots and words, as HTML.
#ifndef GRUFF_TRAINING_REPORT_COVERAGE_H
#define GRUFF_TRAINING_REPORT_COVERAGE_H

#include <stdio.h>

#include "training/data/coverage.h"

Status report_coverage(FILE *page, const Coverage *coverage, Diagnostic *diagnostic);

#endif
