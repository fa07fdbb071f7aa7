// SPDX-License-Identifier: ISC
#include "dsp/base/fourier.h"

#include <kiss_fftr.h>
#include <math.h>
#include <stdbool.h>

#include "dsp/base/memory.h"

_Static_assert(sizeof(Bin) == sizeof(kiss_fft_cpx), "Bin is kissfft's complex number");

struct Fourier {
    int size;
    kiss_fftr_cfg forward, inverse;
};

// kissfft's tables in our memory.
static kiss_fftr_cfg tables(int size, int inverse) {
    size_t length = 0;
    kiss_fftr_alloc(size, inverse, NULL, &length);
    void *memory = memory_new(length, 1);
    return memory ? kiss_fftr_alloc(size, inverse, memory, &length) : NULL;
}

static bool is_possible(int size) {
    if (size < 4 || size > 1 << 24 || size % 2) {
        return false;
    }
    static const int factors[] = {2, 3, 5};
    for (int i = 0; i < 3; i++) {
        while (size % factors[i] == 0) {
            size /= factors[i];
        }
    }
    return size == 1;
}

Status fourier_new(Fourier **fourier, int size, Diagnostic *diagnostic) {
    *fourier = NULL;
    if (!is_possible(size)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "no Fourier transform of size %d", size);
    }
    Fourier *made = memory_new(1, sizeof *made);
    if (made) {
        made->size = size;
        made->forward = tables(size, 0);
        made->inverse = tables(size, 1);
    }
    if (!made || !made->forward || !made->inverse) {
        fourier_free(made);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a Fourier transform of %d",
                        size);
    }
    *fourier = made;
    return STATUS_OK;
}

void fourier_free(Fourier *fourier) {
    if (fourier) {
        memory_free(fourier->forward);
        memory_free(fourier->inverse);
        memory_free(fourier);
    }
}

// kissfft's real transforms run in the memory of their tables.
REALTIME_TRUST_BEGIN
static void forward(kiss_fftr_cfg config, const float *samples, Bin *bins) REALTIME {
    kiss_fftr(config, samples, (kiss_fft_cpx *)bins);
}

static void inverse(kiss_fftr_cfg config, const Bin *bins, float *samples) REALTIME {
    kiss_fftri(config, (const kiss_fft_cpx *)bins, samples);
}
REALTIME_TRUST_END

void fourier_hann(float *window, int size) {
    for (int i = 0; i < size; i++) {
        window[i] = (float)(0.5 - 0.5 * cos(2.0 * M_PI * i / size));
    }
}

void fourier_forward(Fourier *fourier, const float *samples, Bin *bins) REALTIME {
    forward(fourier->forward, samples, bins);
}

void fourier_inverse(Fourier *fourier, const Bin *bins, float *samples) REALTIME {
    inverse(fourier->inverse, bins, samples);
    float scale = 1.0f / (float)fourier->size;
    for (int i = 0; i < fourier->size; i++) {
        samples[i] *= scale;
    }
}
