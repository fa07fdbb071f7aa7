// SPDX-License-Identifier: ISC
#include "training/network/spectral.h"

#include <math.h>

#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"

enum { RESOLUTIONS = 3, LONGEST_BINS = SPECTRAL_LONGEST / 2 + 1 };

static const int sizes[RESOLUTIONS] = {256, 512, SPECTRAL_LONGEST};

#define FLOOR 1e-3 // of a magnitude beside the target's level, -60 dB: what is softer counts less

typedef struct Resolution {
    Fourier *fourier;
    int size;
    float window[SPECTRAL_LONGEST]; // Hann
    double level;                   // RMS magnitude of a bin for a signal of the target's energy
} Resolution;

struct Spectral {
    Resolution resolutions[RESOLUTIONS];
    float samples[SPECTRAL_LONGEST];
    Bin output[LONGEST_BINS], target[LONGEST_BINS], gradient[LONGEST_BINS];
};

void spectral_free(Spectral *spectral) {
    if (spectral) {
        for (int i = 0; i < RESOLUTIONS; i++) {
            fourier_free(spectral->resolutions[i].fourier);
        }
        memory_free(spectral);
    }
}

Status spectral_new(Spectral **spectral, double energy, Diagnostic *diagnostic) {
    *spectral = NULL;
    Spectral *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the spectral loss");
    }
    for (int i = 0; i < RESOLUTIONS; i++) {
        Resolution *r = &made->resolutions[i];
        double squares = 0.0;
        r->size = sizes[i];
        fourier_hann(r->window, r->size);
        for (int n = 0; n < r->size; n++) {
            squares += (double)r->window[n] * (double)r->window[n];
        }
        r->level = sqrt(fmax(energy, 1e-12) * squares);
        Status status = fourier_new(&r->fourier, r->size, diagnostic);
        if (status != STATUS_OK) {
            spectral_free(made);
            return status;
        }
    }
    *spectral = made;
    return STATUS_OK;
}

static void transform(Spectral *spectral, const Resolution *r, const float *signal, Bin *bins) {
    for (int n = 0; n < r->size; n++) {
        spectral->samples[n] = signal[n] * r->window[n];
    }
    fourier_forward(r->fourier, spectral->samples, bins);
}

static double magnitude(Bin bin) {
    return sqrt((double)bin.re * (double)bin.re + (double)bin.im * (double)bin.im);
}

// One bin's loss, and its derivative by the output's magnitude.
static double bin_loss(const Resolution *r, double output, double target, double *slope) {
    double floor = FLOOR * r->level;
    double linear = (output - target) / r->level;
    double logarithm = log((output + floor) / (target + floor));
    *slope = 2.0 * linear / r->level + copysign(1.0, logarithm) / (output + floor);
    return linear * linear + fabs(logarithm);
}

// Loss of one window; its gradient times `factor` is added.
static double window_loss(Spectral *spectral, const Resolution *r, const float *output,
                          const float *target, double factor, float *gradient) {
    const int half = r->size / 2;
    double sum = 0.0;
    transform(spectral, r, output, spectral->output);
    transform(spectral, r, target, spectral->target);
    for (int k = 0; k <= half; k++) {
        Bin bin = spectral->output[k];
        double size = magnitude(bin), slope;
        sum += bin_loss(r, size, magnitude(spectral->target[k]), &slope);
        // The inverse transform counts the bins between the ends twice, and divides by the size.
        double scale = factor * slope * r->size * (k == 0 || k == half ? 1.0 : 0.5);
        double by = size > 0.0 ? scale / size : 0.0;
        spectral->gradient[k] = (Bin){(float)(by * (double)bin.re), (float)(by * (double)bin.im)};
    }
    fourier_inverse(r->fourier, spectral->gradient, spectral->samples);
    for (int n = 0; n < r->size; n++) {
        gradient[n] += spectral->samples[n] * r->window[n];
    }
    return sum;
}

double spectral_loss(Spectral *spectral, const float *output, const float *target, int frames,
                     double factor, float *gradient) {
    double total = 0.0;
    for (int i = 0; i < RESOLUTIONS; i++) {
        const Resolution *r = &spectral->resolutions[i];
        const int hop = r->size / 4, windows = frames < r->size ? 0 : (frames - r->size) / hop + 1;
        if (windows == 0) {
            continue;
        }
        double share = 1.0 / ((double)windows * (r->size / 2 + 1) * RESOLUTIONS), sum = 0.0;
        for (int w = 0; w < windows; w++) {
            sum += window_loss(spectral, r, output + w * hop, target + w * hop, factor * share,
                               gradient + w * hop);
        }
        total += sum * share;
    }
    return total;
}
