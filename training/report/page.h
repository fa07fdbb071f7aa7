// SPDX-License-Identifier: ISC
// The page of a report.
#ifndef GRUFF_TRAINING_REPORT_PAGE_H
#define GRUFF_TRAINING_REPORT_PAGE_H

#include <stdio.h>

#include "dsp/base/status.h"
#include "training/report/findings.h"
#include "training/report/report.h"

// Writes the whole page, as HTML.
Status report_page(FILE *page, const Report *report, const Findings *findings,
                   Diagnostic *diagnostic);

#endif
