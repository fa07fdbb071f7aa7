// SPDX-License-Identifier: ISC
#include "dsp/signals/score.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"

static const double beat = COMPOSER_BEAT; // seconds
static const double tuning[SCORE_STRINGS] = {40, 45, 50, 55, 59, 64};

enum { CHORDS = 6, SILENT = -1 };
static const int chords[CHORDS][SCORE_STRINGS] = {
    {SILENT, 0, 2, 2, 1, 0},      // A minor
    {1, 3, 3, 2, 1, 1},           // F
    {SILENT, 3, 2, 0, 1, 0},      // C
    {3, 2, 0, 0, 0, 3},           // G
    {0, 2, 2, 0, 0, 0},           // E minor
    {SILENT, SILENT, 0, 2, 3, 1}, // D minor
};

// A minor pentatonic at the fifth fret.
enum { STEPS = 9 };
static const struct {
    int string, fret;
} scale[STEPS] = {{2, 5}, {2, 7}, {3, 5}, {3, 7}, {4, 5}, {4, 8}, {5, 5}, {5, 8}, {5, 10}};

double composer_chance(Composer *c) {
    return random_uniform(&c->random);
}

int composer_choose(Composer *c, int count) {
    return (int)(composer_chance(c) * count);
}

void composer_add(Composer *c, Pluck pluck) {
    Score *score = c->score;
    if (pluck.start + 0.01 >= c->end || c->failed) {
        return;
    }
    if (score->count == score->room) {
        size_t room = score->room ? 2 * score->room : 256;
        Pluck *wider = memory_resize(score->plucks, score->count, room, sizeof *wider);
        if (!wider) {
            c->failed = true;
            return;
        }
        score->plucks = wider;
        score->room = room;
    }
    score->plucks[score->count++] = pluck;
}

Pluck composer_note(Composer *c, int string, int fret, double start, double length, double level) {
    double strength = level * c->level * (0.8 + 0.4 * composer_chance(c));
    return (Pluck){
        .start = fmax(0.0, start + random_within(&c->random, 0.006)),
        .length = length,
        .pitch = tuning[string] + fret + random_within(&c->random, 0.03),
        .level = fmin(strength, 1.0),
        .string = string,
    };
}

// All strings of a chord one after the other, from the low one or from the high one.
static void strum(Composer *c, const int *chord, double start, double length, double level,
                  bool down) {
    double delay = 0.0, gap = 0.006 + 0.012 * composer_chance(c);
    for (int i = 0; i < SCORE_STRINGS; i++) {
        int string = down ? i : SCORE_STRINGS - 1 - i;
        if (chord[string] == SILENT) {
            continue;
        }
        composer_add(c, composer_note(c, string, chord[string], start + 0.008 + delay,
                                      length - delay, level));
        delay += gap;
    }
}

void composer_chords(Composer *c, double start, int bars) {
    for (int bar = 0; bar < bars; bar++) {
        const int *chord = chords[composer_choose(c, CHORDS)];
        for (int half = 0; half < 8; half++) {
            double at = start + (4.0 * bar + 0.5 * half) * beat;
            if (half == 0 || half == 4) {
                strum(c, chord, at, 1.0 * beat, 0.9, true);
            } else if (half != 1 && composer_chance(c) < 0.7) {
                strum(c, chord, at, 0.5 * beat, 0.5, half % 2 == 0);
            }
        }
    }
}

// Root, fifth and octave on the low strings.
static void power_chord(Composer *c, int fret, double start, double length, double level,
                        bool muted) {
    for (int i = 0; i < 3; i++) {
        Pluck pluck = composer_note(c, i, fret + (i ? 2 : 0), start + 0.008 + 0.003 * i, length,
                                    level);
        pluck.muted = muted;
        composer_add(c, pluck);
    }
}

void composer_riff(Composer *c, double start, int bars) {
    static const int roots[] = {0, 3, 5, 7, 8};
    for (int bar = 0; bar < bars; bar++) {
        int root = roots[composer_choose(c, 5)];
        for (int half = 0; half < 8; half++) {
            double at = start + (4.0 * bar + 0.5 * half) * beat;
            if (half % 3 == 0) {
                power_chord(c, root, at, 0.5 * beat, 1.0, false);
            } else {
                power_chord(c, root, at, 0.4 * beat, 0.8, true);
            }
        }
    }
}

void composer_lead(Composer *c, double start, int bars) {
    static const double lengths[] = {0.25, 0.5, 0.5, 0.5, 1.0, 1.5};
    int step = composer_choose(c, STEPS);
    for (double at = 0.0; at < 4.0 * bars;) {
        double length = lengths[composer_choose(c, 6)];
        Pluck pluck = composer_note(c, scale[step].string, scale[step].fret, start + at * beat,
                                    length * beat, 0.5 + 0.5 * composer_chance(c));
        bool third = scale[step].fret >= 7; // the fingers that bend
        if (length >= 0.5 && third && composer_chance(c) < 0.5) {
            pluck.bend = composer_chance(c) < 0.5 ? 2.0 : 1.0;
        }
        pluck.vibrato = length >= 1.0 ? 0.3 * composer_chance(c) : 0.0;
        composer_add(c, pluck);
        at += length;
        step += composer_choose(c, 5) - 2;
        step = step < 0 ? 1 : step >= STEPS ? STEPS - 2 : step;
    }
}

void composer_arpeggio(Composer *c, double start, int bars) {
    for (int bar = 0; bar < bars; bar++) {
        const int *chord = chords[composer_choose(c, CHORDS)];
        for (int half = 0; half < 8; half++) {
            int string = half < 5 ? half + 1 : 8 - half + 2;
            string = string >= SCORE_STRINGS ? SCORE_STRINGS - 1 : string;
            double at = 4.0 * bar + 0.5 * half;
            if (chord[string] != SILENT) {
                composer_add(c, composer_note(c, string, chord[string], start + at * beat,
                                              (4.0 - 0.5 * half) * beat, 0.6));
            }
        }
    }
}

// The same chord from a whisper to full strength, then left to ring, then nothing.
void composer_swell(Composer *c, double start, int bars) {
    const int *chord = chords[composer_choose(c, CHORDS)];
    int strokes = 4 * bars - 2;
    for (int i = 0; i < strokes; i++) {
        double decibels = -36.0 * (1.0 - i / (strokes - 1.0));
        bool last = i == strokes - 1;
        strum(c, chord, start + i * beat, last ? 2.0 * beat : beat, decibels_to_amplitude(decibels),
              true);
    }
}

// Short dead strokes and held double stops.
void composer_funk(Composer *c, double start, int bars) {
    for (int i = 0; i < 16 * bars; i++) {
        double at = start + 0.25 * i * beat;
        bool accent = i % 8 == 0 || i % 8 == 3 || composer_chance(c) < 0.1;
        if (!accent && composer_chance(c) < 0.3) {
            continue;
        }
        for (int string = 3; string < SCORE_STRINGS; string++) {
            Pluck pluck = composer_note(c, string, 5 + (i / 16 % 2) * 2, at + 0.008, 0.24 * beat,
                                        accent ? 0.9 : 0.4);
            pluck.muted = !accent;
            composer_add(c, pluck);
        }
    }
}

void score_clear(Score *score) {
    memory_free(score->plucks);
    *score = (Score){0};
}

Status score_compose(Score *score, double seconds, int bars, uint64_t seed,
                     Diagnostic *diagnostic) {
    static Manner *const kinds[] = {composer_chords,   composer_riff,  composer_lead,
                                    composer_arpeggio, composer_swell, composer_funk};
    static const double decibels[] = {0.0, -3.0, -6.0, -2.0, 0.0, -12.0, -1.0, -20.0, -8.0};
    const int kind_count = sizeof kinds / sizeof *kinds;
    const int level_count = sizeof decibels / sizeof *decibels;
    *score = (Score){0};
    Composer c = {.score = score, .random = {seed}, .end = seconds};
    int section = 0;
    for (double at = 0.25; at < seconds && !c.failed; section++) {
        c.level = decibels_to_amplitude(decibels[section % level_count]);
        kinds[section % kind_count](&c, at, bars);
        at += 4.0 * bars * beat + (section % 3 == 2 ? 2.0 * beat : 0.0); // a rest now and then
    }
    if (c.failed) {
        score_clear(score);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the score");
    }
    return STATUS_OK;
}
