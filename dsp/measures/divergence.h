// SPDX-License-Identifier: ISC
// Whether a model forgets. Two runs of it that differ by an inaudible click, or by what was played
// a second ago, must come together again; where they stay apart, the network is chaotic or holds
// two answers to one input: what it plays then depends on chance, and is noise to the ear.
//
// A click of 1e-4 is put into one of two equal inputs, at the start and every two seconds; what
// counts is the difference of the outputs in the second that begins a second after each click, in
// dB of the output's own power there. A model that forgets leaves what rounding leaves, -110 to
// -130 dB; a chaotic one -3 to -40. After a second of something loud in one input, and of silence
// in the other, the same goes on in both.
#ifndef GRUFF_DSP_MEASURES_DIVERGENCE_H
#define GRUFF_DSP_MEASURES_DIVERGENCE_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/network/model.h"

// The most that may be left, in dB, and the fall in dB a second that is as good after another past:
// slow memory, of a sagging supply for instance, is no fault.
#define DIVERGENCE_BOUND (-90.0)
#define DIVERGENCE_NOISE_BOUND (-60.0)
#define DIVERGENCE_LEAST_FALL 20.0

// What both runs hear.
typedef enum DivergenceKind {
    DIVERGENCE_GUITAR,  // the built-in one, its peak at full scale at 0 dB
    DIVERGENCE_NOISE,   // white, Gaussian; level: RMS
    DIVERGENCE_SINE,    // level: peak
    DIVERGENCE_TONES,   // two sines, equally strong; level: peak of the sum
    DIVERGENCE_SILENCE, // after a second of guitar at +24 dB
    DIVERGENCE_PAST,    // guitar of this level (-INFINITY: silence) after the worst past
    DIVERGENCE_KINDS,
} DivergenceKind;

typedef struct DivergenceCase {
    DivergenceKind kind;
    double level;     // dB
    double hertz[2];  // of a sine, of two tones; else 0
    const char *past; // the worst one, of DIVERGENCE_PAST; else NULL
    double left;      // dB, DECIBELS_FLOOR at least; NaN: the model gives no numbers there
    double fall;      // dB a second, of DIVERGENCE_PAST; else NaN
} DivergenceCase;

enum { DIVERGENCE_MOST = 72 };

typedef struct Divergence {
    int count;
    DivergenceCase cases[DIVERGENCE_MOST]; // in the order of their kinds, levels rising
} Divergence;

typedef enum DivergenceSet {
    DIVERGENCE_ALL,
    DIVERGENCE_QUICK, // a sixth of the work: guitar at all levels, noise, some sines
} DivergenceSet;

// Tries `model` with its knobs at knobs[model->knobs], or at their initial positions for NULL. The
// same model gives the same figures with the same instruction set (the best one is taken). A GRU of
// 16 takes about a second, and a sixth of that for the quick set. STATUS_NO_MEMORY, or as
// engine_new. Any thread but the audio thread.
Status divergence_measure(Divergence *divergence, const Model *model, const float *knobs,
                          DivergenceSet set, Diagnostic *diagnostic);

// By how many dB a case misses its bound; 0 or less: it stays within. INFINITY for no numbers.
double divergence_excess(const DivergenceCase *one);
bool divergence_passes(const DivergenceCase *one);

// By how many dB the worst case stays below its bound; negative when it does not, -INFINITY when
// the model gives no numbers.
double divergence_margin(const Divergence *divergence);

// The highest level in dB up to which guitar is within its bound, with a click and after any past;
// -INFINITY when it is not even at the lowest.
double divergence_calm_to(const Divergence *divergence);

// The worst case of a kind: the first of those that miss their bound by most. NULL: none was tried.
const DivergenceCase *divergence_worst(const Divergence *divergence, DivergenceKind kind);

// The verdict in words, one line: "calm to +12 dB; not on guitar from +18 dB (-24 dB left), noise
// at -10 dB (-4 dB left)".
void divergence_describe(const Divergence *divergence, Diagnostic *text);

// The same without figures, in less than MODEL_TEXT bytes: "calm to +12 dB; not on louder guitar,
// noise".
void divergence_summarise(const Divergence *divergence, Diagnostic *text);

// Keeps the worse of two equal cases, for each of `worst` and `other`, which have the same ones.
void divergence_merge(Divergence *worst, const Divergence *other);

// What a case is called, "guitar at +12 dB" for instance.
void divergence_name(const DivergenceCase *one, Diagnostic *text);

// What a kind is called in JSON. A constant text.
const char *divergence_kind_name(DivergenceKind kind);

#endif
