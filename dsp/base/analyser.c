// SPDX-License-Identifier: ISC
#include "dsp/base/analyser.h"

#include <math.h>

#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"

struct Analyser {
    int size;
    Fourier *fourier;
    float *window, *samples; // [size]
    Bin *bins;               // [size / 2 + 1]
    double *power;           // [size / 2 + 1]
};

static void blackman_harris(float *window, int size) {
    for (int i = 0; i < size; i++) {
        double x = 2.0 * M_PI * i / size;
        window[i] = (float)(0.35875 - 0.48829 * cos(x) + 0.14128 * cos(2.0 * x) -
                            0.01168 * cos(3.0 * x));
    }
}

Status analyser_new(Analyser **analyser, int size, WindowShape shape, Diagnostic *diagnostic) {
    *analyser = NULL;
    Analyser *made = memory_new(1, sizeof *made);
    Status status = made ? fourier_new(&made->fourier, size, diagnostic)
                         : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a spectrum");
    if (status == STATUS_OK) {
        size_t bins = (size_t)size / 2 + 1;
        made->size = size;
        made->window = memory_new((size_t)size, sizeof *made->window);
        made->samples = memory_new((size_t)size, sizeof *made->samples);
        made->bins = memory_new(bins, sizeof *made->bins);
        made->power = memory_new(bins, sizeof *made->power);
        if (!made->window || !made->samples || !made->bins || !made->power) {
            status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a spectrum");
        }
    }
    if (status != STATUS_OK) {
        analyser_free(made);
        return status;
    }
    (shape == WINDOW_HANN ? fourier_hann : blackman_harris)(made->window, size);
    *analyser = made;
    return STATUS_OK;
}

void analyser_free(Analyser *analyser) {
    if (analyser) {
        fourier_free(analyser->fourier);
        memory_free(analyser->window);
        memory_free(analyser->samples);
        memory_free(analyser->bins);
        memory_free(analyser->power);
        memory_free(analyser);
    }
}

float *analyser_samples(Analyser *analyser) {
    return analyser->samples;
}

const double *analyser_power(Analyser *analyser) {
    for (int i = 0; i < analyser->size; i++) {
        analyser->samples[i] *= analyser->window[i];
    }
    fourier_forward(analyser->fourier, analyser->samples, analyser->bins);
    for (int k = 0; k <= analyser->size / 2; k++) {
        double re = analyser->bins[k].re, im = analyser->bins[k].im;
        analyser->power[k] = re * re + im * im;
    }
    return analyser->power;
}
