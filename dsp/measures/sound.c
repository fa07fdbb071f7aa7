// SPDX-License-Identifier: ISC
#include "dsp/measures/sound.h"

#include <math.h>

#include "dsp/base/decibels.h"
#include "dsp/signals/guitar.h"

static const double lowest_rate = 8e3, highest_rate = 192e3; // Hz
enum { BARS = 1 };                                           // of each manner of playing: all soon

double sound_rate(double rate) {
    return fmin(fmax(rate, lowest_rate), highest_rate);
}

Status sound_guitar(float *out, size_t frames, double rate, Diagnostic *diagnostic) {
    Score score = {0};
    Status status = score_compose(&score, (double)frames / rate, BARS, 1, diagnostic);
    if (status == STATUS_OK) {
        status = guitar_play(out, frames, rate, &score, 1.0, 1, diagnostic);
        score_clear(&score);
    }
    return status;
}

void sound_turn_up(float *out, const float *in, size_t frames, double level) {
    float gain = (float)decibels_to_amplitude(level);
    for (size_t i = 0; i < frames; i++) {
        out[i] = gain * in[i];
    }
}
