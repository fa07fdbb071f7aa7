// SPDX-License-Identifier: ISC
#include "plugin/capture/latency.h"

#include <math.h>
#include <string.h>

#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"

enum {
    LARGEST = 1 << 20, // samples of a transform: what comes later in a long take adds nothing
};

static const double floor_share = 1e-3; // of the mean power, under which no frequency counts
static const float clear = 6.0f; // times the RMS of all values, that a found place stands out

typedef struct Work {
    Fourier *fourier;
    int size;
    float *samples;
    Bin *sent, *received;
} Work;

static void work_clear(Work *work) {
    fourier_free(work->fourier);
    memory_free(work->samples);
    memory_free(work->sent);
    memory_free(work->received);
}

static Status work_init(Work *work, size_t frames, Diagnostic *diagnostic) {
    *work = (Work){.size = 1024};
    while ((size_t)work->size < frames && work->size < LARGEST) {
        work->size *= 2;
    }
    size_t bins = (size_t)work->size / 2 + 1;
    work->samples = memory_new((size_t)work->size, sizeof *work->samples);
    work->sent = memory_new(bins, sizeof *work->sent);
    work->received = memory_new(bins, sizeof *work->received);
    if (!work->samples || !work->sent || !work->received) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to find the latency");
    }
    return fourier_new(&work->fourier, work->size, diagnostic);
}

static void transform(Work *work, Bin *bins, const float *samples, size_t frames) {
    memset(work->samples, 0, (size_t)work->size * sizeof *work->samples);
    memcpy(work->samples, samples, frames * sizeof *samples);
    fourier_forward(work->fourier, work->samples, bins);
}

// The impulse response of the system between the two, into work->samples.
static void deconvolve(Work *work) {
    int bins = work->size / 2 + 1;
    double mean = 0.0;
    for (int k = 0; k < bins; k++) {
        Bin x = work->sent[k];
        mean += ((double)x.re * x.re + (double)x.im * x.im) / bins;
    }
    for (int k = 0; k < bins; k++) {
        Bin x = work->sent[k], y = work->received[k];
        double power = (double)x.re * x.re + (double)x.im * x.im + floor_share * mean + 1e-30;
        work->received[k] = (Bin){
            (float)(((double)y.re * x.re + (double)y.im * x.im) / power),
            (float)(((double)y.im * x.re - (double)y.re * x.im) / power),
        };
    }
    fourier_inverse(work->fourier, work->received, work->samples);
}

static Status find_peak(size_t *latency, const Work *work, size_t longest, Diagnostic *diagnostic) {
    double squares = 0.0;
    float largest = 0.0f;
    for (size_t i = 0; i <= longest; i++) {
        float size = fabsf(work->samples[i]);
        squares += (double)size * (double)size;
        if (size > largest) {
            largest = size;
            *latency = i;
        }
    }
    float rms = (float)sqrt(squares / (double)(longest + 1));
    if (!(largest > clear * rms)) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "what came back is not what was played; is the device between these two "
                        "channels?");
    }
    return STATUS_OK;
}

Status latency_find(size_t *latency, const float *sent, const float *received, size_t frames,
                    size_t longest, Diagnostic *diagnostic) {
    Work work;
    Status status = work_init(&work, frames + longest, diagnostic);
    if (status == STATUS_OK && longest >= (size_t)work.size / 2) {
        status = diagnose(diagnostic, STATUS_BAD_ARGUMENT, "too short to find the latency");
    }
    if (status == STATUS_OK) {
        size_t used = (size_t)work.size - longest; // so that nothing wraps round
        used = used < frames ? used : frames;
        transform(&work, work.sent, sent, used);
        transform(&work, work.received, received, used + longest);
        deconvolve(&work);
        status = find_peak(latency, &work, longest, diagnostic);
    }
    work_clear(&work);
    return status;
}
