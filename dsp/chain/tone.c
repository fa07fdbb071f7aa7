// SPDX-License-Identifier: ISC
#include "dsp/chain/tone.h"

#include <math.h>
#include <string.h>

typedef enum Shape { SHAPE_LOW, SHAPE_BELL, SHAPE_HIGH } Shape;

static const struct {
    Shape shape;
    double frequency, quality; // Hz; the quality of bells
} bands[TONE_BANDS] = {
    [TONE_DEPTH] = {SHAPE_BELL, 80.0, 1.0},      [TONE_BASS] = {SHAPE_LOW, 150.0, 0.0},
    [TONE_MIDDLE] = {SHAPE_BELL, 650.0, 0.6},    [TONE_TREBLE] = {SHAPE_HIGH, 2200.0, 0.0},
    [TONE_PRESENCE] = {SHAPE_BELL, 4500.0, 0.7},
};

// Bells: band-pass of gain 1 in its middle, a state-variable filter. Shelves: low-pass or high-pass
// of one pole, in the same arithmetic with its second state idle.
void tone_init(Tone *tone, double sample_rate) {
    *tone = (Tone){.idle = true};
    for (int b = 0; b < TONE_BANDS; b++) {
        double corner = fmin(bands[b].frequency, 0.45 * sample_rate);
        double g = tan(2.0 * asin(1.0) * corner / sample_rate);
        if (bands[b].shape == SHAPE_BELL) {
            double k = 1.0 / bands[b].quality;
            tone->filter[b].a1 = 1.0 / (1.0 + g * (g + k));
            tone->filter[b].a2 = g * tone->filter[b].a1;
            tone->filter[b].a3 = g * tone->filter[b].a2;
            tone->filter[b].m = k;
        } else {
            tone->filter[b].a1 = g / (1.0 + g);
        }
        ramp_jump(&tone->gain[b], 1.0f);
    }
}

static bool is_flat(const Tone *tone) REALTIME {
    for (int b = 0; b < TONE_BANDS; b++) {
        if (!ramp_is_at(&tone->gain[b], 1.0f)) {
            return false;
        }
    }
    return true;
}

void tone_reset(Tone *tone) REALTIME {
    memset(tone->state, 0, sizeof tone->state);
    for (int b = 0; b < TONE_BANDS; b++) {
        ramp_end(&tone->gain[b]);
    }
    tone->idle = is_flat(tone);
}

void tone_set(Tone *tone, ToneBand band, float gain, int frames) REALTIME {
    if (ramp_aim(&tone->gain[band], gain, frames)) {
        tone->idle = false;
    }
}

static void bell_run(const Tone *tone, int band, double *state, float *signal, const float *gains,
                     int frames) REALTIME {
    double a1 = tone->filter[band].a1, a2 = tone->filter[band].a2, a3 = tone->filter[band].a3;
    double m = tone->filter[band].m;
    for (int i = 0; i < frames; i++) {
        double x = (double)signal[i];
        double v3 = x - state[1];
        double v1 = a1 * state[0] + a2 * v3;
        double v2 = state[1] + a2 * state[0] + a3 * v3;
        state[0] = 2.0 * v1 - state[0];
        state[1] = 2.0 * v2 - state[1];
        signal[i] = (float)(x + ((double)gains[i] - 1.0) * m * v1);
    }
}

static void shelf_run(const Tone *tone, int band, double *state, float *signal, const float *gains,
                      int frames) REALTIME {
    bool high = bands[band].shape == SHAPE_HIGH;
    for (int i = 0; i < frames; i++) {
        double x = (double)signal[i];
        double v = (x - state[0]) * tone->filter[band].a1;
        double low = state[0] + v;
        state[0] = low + v;
        signal[i] = (float)(x + ((double)gains[i] - 1.0) * (high ? x - low : low));
    }
}

// Until the last moving gain has arrived, if all go to 0 dB; `frames` otherwise.
static int frames_until_flat(const Tone *tone, int frames) REALTIME {
    int left = 0;
    for (int b = 0; b < TONE_BANDS; b++) {
        if (ramp_target(&tone->gain[b]) != 1.0f) {
            return frames;
        }
        int moving = ramp_left(&tone->gain[b]);
        left = moving > left ? moving : left;
    }
    return left < frames ? left : frames;
}

void tone_run(Tone *tone, float *const *signal, int channels, int frames) REALTIME {
    if (tone->idle) {
        return;
    }
    int count = frames_until_flat(tone, frames);
    float gains[TONE_BLOCK];
    for (int b = 0; b < TONE_BANDS; b++) {
        ramp_fill(&tone->gain[b], gains, count);
        for (int c = 0; c < channels; c++) {
            double *state = tone->state[c][b];
            if (bands[b].shape == SHAPE_BELL) {
                bell_run(tone, b, state, signal[c], gains, count);
            } else {
                shelf_run(tone, b, state, signal[c], gains, count);
            }
        }
    }
    if (is_flat(tone)) {
        tone_reset(tone);
    }
}
