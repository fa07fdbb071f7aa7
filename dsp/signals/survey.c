// SPDX-License-Identifier: ISC
#include "dsp/signals/survey.h"

#include <math.h>

#define LOW_TUNING (-5.0) // semitones: the low string of a guitar with seven, B

static const double beat = COMPOSER_BEAT; // seconds

// ---- Manners that no rehearsal needs ----

// A bass of five strings, played with a finger: from B to the 24th fret.
void composer_bass(Composer *c, double start, int bars) {
    static const double open[] = {23.0, 28.0, 33.0, 38.0, 43.0};
    static const double tones[] = {400.0, 800.0, 2500.0};
    for (int i = 0; i < 2 * bars; i++) {
        int string = composer_choose(c, 5);
        int fret = composer_choose(c, i % 4 == 3 ? 25 : 9); // now and then high up
        Pluck pluck = composer_note(c, 0, 0, start + 2 * i * beat + 0.008, 1.95 * beat, 0.8);
        pluck.pitch = open[string] + fret;
        pluck.tone = tones[composer_choose(c, 3)];
        composer_add(c, pluck);
    }
}

// Single notes from the 12th to the 24th fret of the two highest strings.
void composer_high(Composer *c, double start, int bars) {
    static const double lengths[] = {0.25, 0.5, 0.5, 1.0};
    for (double at = 0.0; at < 4.0 * bars;) {
        double length = lengths[composer_choose(c, 4)];
        int string = 4 + composer_choose(c, 2), fret = 12 + composer_choose(c, 13);
        bool first = at == 0.0; // the highest there is
        Pluck pluck = composer_note(c, first ? 5 : string, first ? 24 : fret,
                                    start + at * beat + 0.008, length * beat,
                                    0.4 + 0.6 * composer_chance(c));
        pluck.bend = length >= 0.5 && composer_chance(c) < 0.4 ? 2.0 : 0.0;
        pluck.vibrato = length >= 1.0 ? 0.4 * composer_chance(c) : 0.0;
        composer_add(c, pluck);
        at += length;
    }
}

// Single notes by half tones across all strings, every third one under the palm.
static void play_run(Composer *c, double start, int bars) {
    int notes = 16 * bars, base = composer_choose(c, 16);
    for (int i = 0; i < notes; i++) {
        int string = 6 * i / notes;
        Pluck pluck = composer_note(c, string, base + i % 6, start + 0.25 * i * beat + 0.008,
                                    0.24 * beat, 0.4 + 0.6 * composer_chance(c));
        pluck.muted = i % 3 == 2;
        composer_add(c, pluck);
    }
}

// One low note alone, dull, until little is left of it.
static void play_low_note(Composer *c, double start, int bars) {
    static const double pitches[] = {28.0, 35.0, 23.0, 33.0, 26.0, 31.0};
    Pluck pluck = composer_note(c, 0, 0, start + 0.008, (4.0 * bars - 0.5) * beat, 0.8);
    pluck.pitch += pitches[c->turn % 6] - 40.0; // for the low E that it would be
    pluck.tone = c->turn % 2 == 0 ? 250.0 : 600.0;
    composer_add(c, pluck);
}

// One note of the guitar, or three at once, until little is left of them.
static void play_ringing(Composer *c, double start, int bars) {
    int notes = composer_chance(c) < 0.5 ? 1 : 3, string = composer_choose(c, 4);
    int fret = composer_choose(c, 12);
    for (int i = 0; i < notes; i++) {
        composer_add(c, composer_note(c, string + i, fret, start + 0.008 + 0.01 * i,
                                      (4.0 * bars - 0.5) * beat, 0.8));
    }
}

static void rest(Composer *c, double start, int bars) {
    (void)c;
    (void)start;
    (void)bars;
}

// ---- Sections ----

static const struct {
    Manner *play;
    int bars;
    double transposed; // semitones
} kinds[SURVEY_KINDS] = {
    {composer_chords, 1, 0.0},
    {composer_bass, 2, 0.0},
    {composer_riff, 1, 0.0},
    {composer_high, 2, 0.0},
    {composer_riff, 1, LOW_TUNING},
    {composer_arpeggio, 1, 0.0},
    {play_low_note, 2, 0.0},
    {composer_funk, 1, 0.0},
    {play_run, 2, 0.0},
    {composer_chords, 1, LOW_TUNING},
    {composer_bass, 2, 0.0},
    {composer_lead, 1, 0.0},
    {composer_riff, 1, 0.0},
    {composer_swell, 2, 0.0},
    {play_ringing, 2, 0.0},
    {rest, 1, 0.0},
};

// As many of each as have no factor in common with the kinds: each kind comes with each of them.
static const double levels[] = {0.0, -2.0, -8.0, -1.0, -16.0, 0.0, -5.0, -26.0, -1.0, -11.0, -38.0};
static const double drives[] = {0.0, 6.0, 0.0, 0.0, 12.0};
static const double coils[] = {3600.0, 6500.0, 2500.0}; // humbuckers, single coils, turned down

#define PICK(table, number) (table)[(size_t)(number) % (sizeof(table) / sizeof *(table))]

Status survey_section(SurveySection *section, int number, uint64_t seed, Diagnostic *diagnostic) {
    int kind = number % SURVEY_KINDS, bars = kinds[kind].bars;
    *section = (SurveySection){
        .seconds = 4.0 * bars * beat, .level = PICK(levels, number), .drive = PICK(drives, number)};
    Score *score = &section->score;
    score->coil = PICK(coils, number);
    Composer c = {.score = score,
                  .random = {seed + (uint64_t)number * 1000003u},
                  .end = section->seconds,
                  .level = 1.0,
                  .turn = number / SURVEY_KINDS};
    kinds[kind].play(&c, 0.0, bars);
    for (size_t i = 0; i < score->count; i++) {
        score->plucks[i].pitch += kinds[kind].transposed;
    }
    if (c.failed) {
        score_clear(score);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the score");
    }
    return STATUS_OK;
}
