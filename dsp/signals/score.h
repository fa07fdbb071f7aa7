// SPDX-License-Identifier: ISC
// What a guitarist plays: a list of plucked notes, made up from a seed in the manner of rehearsal:
// strummed chords, palm-muted riffs, lead lines with bends and vibrato, arpeggios, swells, rests.
#ifndef GRUFF_DSP_SIGNALS_SCORE_H
#define GRUFF_DSP_SIGNALS_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dsp/base/random.h"
#include "dsp/base/status.h"

enum { SCORE_STRINGS = 6 };

typedef struct Pluck {
    double start;   // seconds
    double length;  // seconds until a hand stops the string
    double pitch;   // MIDI note number: 69 is 440 Hz
    double level;   // 0 to 1: how hard
    double bend;    // semitones that the pitch has risen at two thirds of the length
    double vibrato; // semitones either way, in the later half
    double tone;    // Hz above which the stroke is dull; 0: as hard as it is
    int string;     // 0 is the low E
    bool muted;     // with the palm at the bridge
} Pluck;

typedef struct Score {
    Pluck *plucks; // in the order of `start` on each string
    size_t count, room;
    double coil; // Hz that the pickup resonates at; 0: 3600
} Score;

// Makes a score of `seconds`. `bars` is the length of a section: long ones to learn from, short
// ones to show everything soon. On success end with score_clear.
Status score_compose(Score *score, double seconds, int bars, uint64_t seed, Diagnostic *diagnostic);

void score_clear(Score *score);

// ---- Single manners of playing ----

typedef struct Composer {
    Score *score;
    Random random;
    double end;   // seconds
    double level; // of the section
    int turn;     // how often the manner has come before
    bool failed;  // memory was short
} Composer;

#define COMPOSER_BEAT (60.0 / 112.0) // seconds; four make a bar

// Evenly distributed from 0 to 1, and from 0 to count - 1.
double composer_chance(Composer *composer);
int composer_choose(Composer *composer, int count);

void composer_add(Composer *composer, Pluck pluck);

// A note by string and fret; hands are late or early by some milliseconds and never equally strong.
Pluck composer_note(Composer *composer, int string, int fret, double start, double length,
                    double level);

// The manners.
typedef void Manner(Composer *composer, double start, int bars);
Manner composer_chords, composer_riff, composer_lead, composer_arpeggio, composer_swell,
    composer_funk;                   // score.c
Manner composer_bass, composer_high; // survey.c

#endif
