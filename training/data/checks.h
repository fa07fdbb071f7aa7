// SPDX-License-Identifier: ISC
// What can be wrong with a pair of recordings, found before it wastes anyone's time: each check has
// a verdict, a number and a plain sentence that says what it means and what to do.
#ifndef GRUFF_TRAINING_DATA_CHECKS_H
#define GRUFF_TRAINING_DATA_CHECKS_H

#include <stdbool.h>

#include "dsp/files/audio/audio_file.h"
#include "training/data/align.h"

typedef enum Verdict {
    VERDICT_OK,
    VERDICT_WARN,   // training goes on, but the user should know
    VERDICT_REFUSE, // training would be wasted
} Verdict;

typedef struct Check {
    const char *id; // a constant word: "clipping"
    Verdict verdict;
    double value;     // NaN when there is none
    const char *unit; // of the value, a constant; "" for none
    char text[320];   // one line for the user
} Check;

enum { CHECKS_MOST = 48 };

// The checks made of one pair, in the order in which they were made.
typedef struct Checks {
    int count;
    Check check[CHECKS_MOST];
    double least; // ESR that rounding to the steps of the target's file makes; 0: not known
} Checks;

// A file as it was read.
typedef struct CheckedFile {
    const char *name; // for the sentences
    const Audio *audio;
    bool told; // its channel is the user's choice
} CheckedFile;

// "ok", "warn" or "refuse".
const char *verdict_name(Verdict verdict);

// Adds a check whose sentence is formatted; what is too much is left out.
void checks_add(Checks *checks, const char *id, Verdict verdict, double value, const char *unit,
                const char *format, ...) __attribute__((format(printf, 6, 7)));

// The check with this id, NULL when it was not made; the first refusal, NULL when there is none.
const Check *checks_find(const Checks *checks, const char *id);
const Check *checks_refusal(const Checks *checks);

// rates, lengths, stereo: what the files are.
void checks_files(Checks *checks, const CheckedFile *input, const CheckedFile *target);

// short, silent, identical, clipping, level, dc: what each holds. `least`: s of audio needed.
void checks_sound(Checks *checks, const CheckedFile *input, const CheckedFile *target,
                  double least);

// Puts the ESR that the target's noise makes, once it is known, into what `level` says of it.
void checks_tell_noise(Checks *checks, const char *target, double esr);

// delay, confidence, drift, polarity, learnable, swapped: how they belong together, once the drift
// was taken out: samples between the first and the last third, NaN when it was not judged. `given`:
// the delay is the user's. lengths, too, where these are as if one file had the wrong rate in its
// head, and the delay is not sure either.
void checks_timing(Checks *checks, const CheckedFile *input, const CheckedFile *target,
                   const Alignment *alignment, bool given, double drift);

#endif
