// SPDX-License-Identifier: ISC
// What has to be measured before the page can be written.
#ifndef GRUFF_TRAINING_REPORT_FINDINGS_H
#define GRUFF_TRAINING_REPORT_FINDINGS_H

#include "dsp/base/status.h"
#include "dsp/measures/sines.h"
#include "training/report/kinds.h"
#include "training/report/report.h"
#include "training/report/seconds.h"

typedef struct Findings {
    Seconds seconds;
    Kinds kinds;
    SineLevels levels[2];
    SineSpectrum tone;  // of about 2 kHz
    double engine_time; // s of CPU for a sample
} Findings;

// Tries the model out. End with findings_clear whatever the outcome.
Status findings_measure(Findings *findings, const Report *report, Diagnostic *diagnostic);

void findings_clear(Findings *findings);

#endif
