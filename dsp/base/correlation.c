// SPDX-License-Identifier: ISC
#include "dsp/base/correlation.h"

#include <math.h>
#include <string.h>

#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"

// Of the input's mean power, added to each bin's before dividing by it: holds the noise down where
// the input has next to nothing.
#define REGULAR 1e-3

// The sums over all blocks.
typedef struct Sums {
    Fourier *fourier;
    int size;            // of a transform
    float *samples;      // [size]
    Bin *input, *target; // [size / 2 + 1]
    double *power;       // [size / 2 + 1] |X|^2
    double *re, *im;     // [size / 2 + 1] conj(X) Y
    double energy[2];    // of input and target
} Sums;

static void sums_clear(Sums *sums) {
    fourier_free(sums->fourier);
    memory_free(sums->samples);
    memory_free(sums->input);
    memory_free(sums->target);
    memory_free(sums->power);
    memory_free(sums->re);
    memory_free(sums->im);
}

static Status sums_init(Sums *sums, int size, Diagnostic *diagnostic) {
    size_t bins = (size_t)size / 2 + 1;
    *sums = (Sums){.size = size};
    Status status = fourier_new(&sums->fourier, size, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    sums->samples = memory_new((size_t)size, sizeof(float));
    sums->input = memory_new(bins, sizeof(Bin));
    sums->target = memory_new(bins, sizeof(Bin));
    sums->power = memory_new(bins, sizeof(double));
    sums->re = memory_new(bins, sizeof(double));
    sums->im = memory_new(bins, sizeof(double));
    if (!sums->samples || !sums->input || !sums->target || !sums->power || !sums->re || !sums->im) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a correlation");
    }
    return STATUS_OK;
}

// Copies samples first .. first + count - 1; what lies outside of the recording is silence.
static void fetch(float *to, const float *from, size_t frames, long long first, int count) {
    for (int i = 0; i < count; i++) {
        long long at = first + i;
        to[i] = at >= 0 && at < (long long)frames ? from[at] : 0.0f;
    }
}

// Adds the input's frames begin .. begin + count - 1 against the target `reach` to either side.
static void add_block(Sums *sums, const SignalPair *pair, size_t begin, int count, int reach) {
    memset(sums->samples, 0, (size_t)sums->size * sizeof(float));
    fetch(sums->samples + reach, pair->input, pair->input_frames, (long long)begin, count);
    for (int i = reach; i < reach + count; i++) {
        sums->energy[0] += (double)sums->samples[i] * (double)sums->samples[i];
    }
    fourier_forward(sums->fourier, sums->samples, sums->input);
    fetch(sums->samples, pair->target, pair->target_frames, (long long)begin - reach,
          count + 2 * reach);
    for (int i = reach; i < reach + count; i++) {
        sums->energy[1] += (double)sums->samples[i] * (double)sums->samples[i];
    }
    fourier_forward(sums->fourier, sums->samples, sums->target);
    for (int k = 0; k <= sums->size / 2; k++) {
        double a = sums->input[k].re, b = sums->input[k].im;
        double c = sums->target[k].re, d = sums->target[k].im;
        sums->power[k] += a * a + b * b;
        sums->re[k] += a * c + b * d;
        sums->im[k] += a * d - b * c;
    }
}

// Lags -reach .. reach of the sums, bin k divided by divisor[k] + add.
static void lags(Sums *sums, float *out, int reach, const double *divisor, double add) {
    for (int k = 0; k <= sums->size / 2; k++) {
        double scale = 1.0 / ((divisor ? divisor[k] : 0.0) + add);
        sums->input[k] = (Bin){(float)(sums->re[k] * scale), (float)(sums->im[k] * scale)};
    }
    fourier_inverse(sums->fourier, sums->input, sums->samples);
    memcpy(out, sums->samples + sums->size - reach, (size_t)reach * sizeof(float));
    memcpy(out + reach, sums->samples, ((size_t)reach + 1) * sizeof(float));
}

// A block is at least as long as the lags on both its sides.
static int transform_size(int reach) {
    int size = 1024;
    while (size < 4 * reach) {
        size *= 2;
    }
    return size;
}

Status correlation_init(Correlation *correlation, const SignalPair *pair, size_t begin, size_t end,
                        int reach, int most, Diagnostic *diagnostic) {
    *correlation = (Correlation){.reach = reach};
    correlation->normalised = memory_new(2 * (size_t)reach + 1, sizeof(float));
    correlation->impulse = memory_new(2 * (size_t)reach + 1, sizeof(float));
    Sums sums = {0};
    Status status = sums_init(&sums, transform_size(reach), diagnostic);
    if (status == STATUS_OK && (!correlation->normalised || !correlation->impulse)) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a correlation");
    }
    if (status != STATUS_OK) {
        sums_clear(&sums);
        correlation_clear(correlation);
        return status;
    }
    size_t length = (size_t)(sums.size - 2 * reach);
    size_t blocks = (end - begin + length - 1) / length;
    size_t used = blocks < (size_t)most ? blocks : (size_t)most;
    for (size_t i = 0; i < used; i++) {
        size_t at = begin + i * blocks / used * length;
        add_block(&sums, pair, at, (int)(end - at < length ? end - at : length), reach);
    }
    double energies = sqrt(sums.energy[0] * sums.energy[1]), mean = 0.0;
    for (int k = 0; k <= sums.size / 2; k++) {
        mean += sums.power[k] / (0.5 * sums.size + 1.0);
    }
    if (energies > 0.0) {
        lags(&sums, correlation->normalised, reach, NULL, energies);
        lags(&sums, correlation->impulse, reach, sums.power, REGULAR * mean);
    }
    sums_clear(&sums);
    return STATUS_OK;
}

void correlation_clear(Correlation *correlation) {
    memory_free(correlation->normalised);
    memory_free(correlation->impulse);
    *correlation = (Correlation){0};
}

double correlation_peak(const float *values, int count) {
    int at = 0;
    for (int i = 1; i < count; i++) {
        if (fabsf(values[i]) > fabsf(values[at])) {
            at = i;
        }
    }
    if (at == 0 || at == count - 1) {
        return at;
    }
    double before = values[at - 1], here = values[at], after = values[at + 1];
    double curve = before - 2.0 * here + after;
    return curve != 0.0 ? at + 0.5 * (before - after) / curve : at;
}
