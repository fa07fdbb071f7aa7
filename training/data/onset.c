// SPDX-License-Identifier: ISC
#include "training/data/onset.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"

enum {
    CHANNELS = 3,           // the input, and through a soft and a hard clipper
    SIGNALS = 1 + CHANNELS, // the target last
    REACH = 64,             // delays -REACH .. REACH about `near` have taps
    SEARCHED = 48,          // of these, delays that the onset may be at
    DELAYS = 2 * REACH + 1,
    TAPS = DELAYS * CHANNELS,
    SIZE = 8192,            // of a transform
    LAGS = 2 * REACH,       // between two taps at most
    BLOCK = SIZE - 2 * LAGS // frames of the input in it
};

#define SECONDS 60.0     // of audio, at most
#define EMPHASIS 0.95    // 1 - 0.95 z^-1: what is high tells delays apart
#define CLIPPER_GAIN 8.0 // gain before the hard clipper
#define RIDGE 1e-6       // of each channel's energy, so that the normal equations can be solved
#define NOTHING 1e-9     // of a tap's energy: no more than rounding
#define KNEE 0.02        // rise of the residual, of all that can be explained, that marks the onset

typedef struct Work {
    Fourier *fourier;
    float *samples;                    // [SIZE]
    Bin *block[CHANNELS];              // [BINS] each; only the block's own frames
    Bin *around[SIGNALS];              // [BINS] each; LAGS more to either side
    double *cross[CHANNELS * SIGNALS]; // [SIZE + 2] each: sums of conj(block) around
    double *matrix;                    // [TAPS][TAPS]
    double *right;                     // [TAPS]
    double energy;                     // of the target
    double level;                      // RMS of the input
} Work;

enum { BINS = SIZE / 2 + 1 };

static void work_free(Work *work) {
    if (!work) {
        return;
    }
    fourier_free(work->fourier);
    memory_free(work->samples);
    for (int i = 0; i < CHANNELS; i++) {
        memory_free(work->block[i]);
    }
    for (int i = 0; i < SIGNALS; i++) {
        memory_free(work->around[i]);
    }
    for (int i = 0; i < CHANNELS * SIGNALS; i++) {
        memory_free(work->cross[i]);
    }
    memory_free(work->matrix);
    memory_free(work->right);
    memory_free(work);
}

static Status work_new(Work **made, Diagnostic *diagnostic) {
    Work *work = *made = memory_new(1, sizeof *work);
    Status status = work ? fourier_new(&work->fourier, SIZE, diagnostic) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        work->samples = memory_new(SIZE, sizeof(float));
        work->matrix = memory_new((size_t)TAPS * TAPS, sizeof(double));
        work->right = memory_new(TAPS, sizeof(double));
        bool good = work->samples && work->matrix && work->right;
        for (int i = 0; i < CHANNELS; i++) {
            good = (work->block[i] = memory_new(BINS, sizeof(Bin))) && good;
        }
        for (int i = 0; i < SIGNALS; i++) {
            good = (work->around[i] = memory_new(BINS, sizeof(Bin))) && good;
        }
        for (int i = 0; i < CHANNELS * SIGNALS; i++) {
            good = (work->cross[i] = memory_new((size_t)2 * BINS, sizeof(double))) && good;
        }
        status = good ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (status != STATUS_OK) {
        work_free(work);
        *made = NULL;
        return diagnose(diagnostic, status, "no memory to find the delay");
    }
    return STATUS_OK;
}

// Sample `at` of signal `which`, before the pre-emphasis.
static double signal_at(const Work *work, const Pair *pair, int which, long long at, int near) {
    if (which == CHANNELS) {
        at += near;
        return at >= 0 && at < (long long)pair->target_frames ? (double)pair->target[at] : 0.0;
    }
    double x = at >= 0 && at < (long long)pair->input_frames ? (double)pair->input[at] : 0.0;
    return which == 0 ? x : tanh(x * (which == 1 ? 1.0 : CLIPPER_GAIN) / work->level);
}

// Adds the block of the input that begins at `at`.
static void add_block(Work *work, const Pair *pair, long long at, int near) {
    for (int i = 0; i < SIGNALS; i++) {
        double before = signal_at(work, pair, i, at - LAGS - 1, near);
        for (int n = 0; n < SIZE; n++) {
            double here = signal_at(work, pair, i, at - LAGS + n, near);
            work->samples[n] = (float)(here - EMPHASIS * before);
            before = here;
        }
        fourier_forward(work->fourier, work->samples, work->around[i]);
        if (i < CHANNELS) {
            memset(work->samples, 0, LAGS * sizeof(float));
            memset(work->samples + LAGS + BLOCK, 0, LAGS * sizeof(float));
            fourier_forward(work->fourier, work->samples, work->block[i]);
        } else {
            for (int n = LAGS; n < LAGS + BLOCK; n++) {
                work->energy += (double)work->samples[n] * (double)work->samples[n];
            }
        }
    }
    for (int i = 0; i < CHANNELS * SIGNALS; i++) {
        const Bin *a = work->block[i / SIGNALS], *b = work->around[i % SIGNALS];
        double *sum = work->cross[i];
        for (int k = 0; k < BINS; k++) {
            sum[2 * k] += (double)(a[k].re * b[k].re + a[k].im * b[k].im);
            sum[2 * k + 1] += (double)(a[k].re * b[k].im - a[k].im * b[k].re);
        }
    }
}

static void add_blocks(Work *work, const Pair *pair, int near) {
    double sum = 0.0;
    for (size_t i = 0; i < pair->input_frames; i++) {
        sum += (double)pair->input[i] * (double)pair->input[i];
    }
    work->level = fmax(sqrt(sum / (double)pair->input_frames), 1e-9);
    size_t blocks = (pair->input_frames + BLOCK - 1) / BLOCK;
    size_t wanted = (size_t)(SECONDS * pair->rate / BLOCK) + 1;
    size_t used = blocks < wanted ? blocks : wanted;
    for (size_t i = 0; i < used; i++) {
        add_block(work, pair, (long long)(i * blocks / used) * BLOCK, near);
    }
}

// Channel and delay of tap `i`: the latest delays come first, so that the Cholesky factor of all
// taps holds those of every later beginning.
static int channel_of(int tap) {
    return tap % CHANNELS;
}

static int delay_of(int tap) {
    return REACH - tap / CHANNELS;
}

// The normal equations, from the correlations.
static void fill(Work *work) {
    for (int i = 0; i < CHANNELS * SIGNALS; i++) {
        Bin *bins = work->around[0];
        for (int k = 0; k < BINS; k++) {
            bins[k] = (Bin){(float)work->cross[i][2 * k], (float)work->cross[i][2 * k + 1]};
        }
        fourier_inverse(work->fourier, bins, work->samples);
        int a = i / SIGNALS, b = i % SIGNALS;
        for (int row = a; row < TAPS; row += CHANNELS) {
            if (b == CHANNELS) {
                work->right[row] = work->samples[(delay_of(row) + SIZE) % SIZE];
            }
            for (int column = b; b < CHANNELS && column <= row; column += CHANNELS) {
                int lag = delay_of(row) - delay_of(column);
                work->matrix[row * TAPS + column] = work->samples[(lag + SIZE) % SIZE];
            }
        }
    }
}

// Solves as far as the residuals need: residual[d] when taps at delays REACH - d .. REACH explain
// the target, as a share of its energy.
static void solve(Work *work, double *residual) {
    double left = work->energy, *l = work->matrix, *z = work->right;
    for (int row = 0; row < TAPS; row++) {
        double *mine = l + (size_t)row * TAPS;
        double own = mine[row] *= 1.0 + RIDGE;
        for (int column = 0; column <= row; column++) {
            const double *other = l + (size_t)column * TAPS;
            double sum = mine[column];
            for (int k = 0; k < column; k++) {
                sum -= mine[k] * other[k];
            }
            if (column < row) {
                mine[column] = sum / other[column];
            } else { // a tap that says nothing new stays out
                mine[column] = sum > NOTHING * own ? sqrt(sum) : HUGE_VAL;
            }
        }
        for (int k = 0; k < row; k++) {
            z[row] -= mine[k] * z[k];
        }
        z[row] /= mine[row];
        left -= z[row] * z[row];
        if (channel_of(row) == CHANNELS - 1) {
            residual[row / CHANNELS] = left / work->energy;
        }
    }
}

Status onset_find(Onset *onset, const Pair *pair, int near, Diagnostic *diagnostic) {
    *onset = (Onset){.delay = near, .residual = 1.0};
    Work *work = NULL;
    Status status = work_new(&work, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    add_blocks(work, pair, near);
    if (work->energy > 0.0) {
        double residual[DELAYS];
        fill(work);
        solve(work, residual);
        double least = residual[REACH + SEARCHED], bound = least + KNEE * (1.0 - least);
        int later = REACH - SEARCHED; // index of the latest delay searched
        while (later < REACH + SEARCHED && residual[later] > bound) {
            later++;
        }
        onset->delay = near + REACH - later;
        onset->residual = least;
    }
    work_free(work);
    return STATUS_OK;
}
