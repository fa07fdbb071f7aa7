// SPDX-License-Identifier: ISC
// All that an electric guitar or bass may be asked for, section by section: what a device is
// learned by. From a bass's low B (31 Hz) to the 24th fret of a guitar (1.3 kHz); chords, tuned
// low, too, muted riffs, leads with bends, notes left to ring, swells, rests.
#ifndef GRUFF_DSP_SIGNALS_SURVEY_H
#define GRUFF_DSP_SIGNALS_SURVEY_H

#include "dsp/signals/score.h"

typedef struct SurveySection {
    Score score; // from 0 s on, owned
    double seconds;
    double level; // dB: its peak, against the survey's
    double drive; // dB that it is turned up by into soft clipping before: a hot pickup, a booster
} SurveySection;

enum { SURVEY_KINDS = 16 }; // of sections; then they come again, otherwise

// Makes section `number` (0 and up) of a survey. The same seed gives the same. End with
// score_clear(&section->score).
Status survey_section(SurveySection *section, int number, uint64_t seed, Diagnostic *diagnostic);

#endif
