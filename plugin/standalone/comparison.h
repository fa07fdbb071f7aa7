// SPDX-License-Identifier: ISC
// A model against a recording: a dry guitar goes round through the chain, and what is heard is the
// chain, the recording of the device, or the difference of the two.
#ifndef GRUFF_PLUGIN_STANDALONE_COMPARISON_H
#define GRUFF_PLUGIN_STANDALONE_COMPARISON_H

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"

typedef enum Listening { LISTEN_MODEL, LISTEN_TARGET, LISTEN_DIFFERENCE, LISTEN_COUNT } Listening;

enum {
    COMPARISON_BLOCK = 256, // frames at a time, at most
    COMPARISON_BANDS = 27,  // third octaves, 40 Hz to 16 kHz
};

typedef struct Comparison Comparison;

// ---- Main's thread ----

// The pair of recordings in these files, WAV or FLAC of one rate; of more channels the first
// counts. The longer one is cut. The caller owns *comparison. The diagnostic names file and cause.
Status comparison_new(Comparison **comparison, const char *input, const char *target,
                      Diagnostic *diagnostic);

// NULL is fine.
void comparison_free(Comparison *comparison);

// Before each start: the session's rate in Hz. The pair is converted to it.
Status comparison_set_rate(Comparison *comparison, double rate, Diagnostic *diagnostic);

// What is heard, changed by a fade of 10 ms.
void comparison_listen(Comparison *comparison, Listening listening);
Listening comparison_listening(const Comparison *comparison);

// By how many samples, at the rate that the model was trained at (Hz), the target lies behind what
// the model gives.
void comparison_set_delay(Comparison *comparison, double samples, double model_rate);

// The ESR (dsp/measures/esr.h) of the last seconds, what was before fading out of both sums; below
// 0 while there is none (silence).
double comparison_esr(const Comparison *comparison);

// Where in the recordings it is, and how long they are, in s.
void comparison_place(const Comparison *comparison, double *place, double *length);

// Levels in dB of the third octave bands of what went by last, of the chain's output and of the
// target.
void comparison_spectra(Comparison *comparison, float model[COMPARISON_BANDS],
                        float target[COMPARISON_BANDS]);

// The middle of a band in Hz.
double comparison_frequency(int band);

// ---- Audio thread ----

// The next `frames` samples of the guitar, at most COMPARISON_BLOCK.
void comparison_feed(Comparison *comparison, float *in, int frames) REALTIME;

// Takes the `frames` samples of the first channel that the chain made of them, `latency` late, and
// puts what is heard there instead into all channels.
void comparison_take(Comparison *comparison, float *const *out, int channels, int frames,
                     int latency) REALTIME;

#endif
