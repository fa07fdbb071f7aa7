// SPDX-License-Identifier: ISC
// Uniformly partitioned overlap-save, at two block lengths. All work is done at fixed samples, each
// SHORT frames after the start, so that the caller's blocks do not matter.
#include "dsp/chain/convolver.h"

#include <stdbool.h>
#include <string.h>

#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"

enum {
    SHORT = 64,
    LONG = 1024,
    TURNS = LONG / SHORT, // steps in which the work of a long block is done
    LONG_FROM = 2 * LONG, // first tap of the long blocks: what is spread comes a block later
    LANES = 8,            // spectra are padded to a multiple of this
};

// Blocks of one length against a part of the response.
typedef struct Section {
    int block;      // frames; transforms are twice as long
    int partitions; // of the response
    int bins;       // of a spectrum, padded
    Fourier *fourier;
    float *response; // [partitions][2][bins]: real parts, then imaginary ones
    float *past;     // [partitions][2][bins]: spectra of the signal, the newest at `newest`
    int newest;
    int known;   // how many of them there are
    float *sum;  // [2][bins]
    Bin *work;   // [block + 1]
    float *time; // [2 * block]
} Section;

struct Convolver {
    int taps; // done directly
    float direct[SHORT];
    Section near, far;
    int at;                     // frames of the current short block so far
    int turn;                   // short blocks of the current long block so far
    float window[2 * SHORT];    // the short block before, and the current one
    float near_tail[SHORT];     // what `near` adds to the current one
    float *far_window;          // [2 * LONG]: the long block before, and the current one
    float *far_tail, *far_next; // [LONG] each: what `far` adds to the current one, and to the next
};

// ---- Making ----

static void spectrum_put(const Section *section, float *spectrum) {
    for (int i = 0; i <= section->block; i++) {
        spectrum[i] = section->work[i].re;
        spectrum[section->bins + i] = section->work[i].im;
    }
}

// For `taps` taps of `response`; without any it stays empty.
static Status section_make(Section *section, int block, const float *response, size_t taps,
                           Diagnostic *diagnostic) {
    if (taps == 0) {
        return STATUS_OK;
    }
    section->block = block;
    section->partitions = (int)((taps + (size_t)block - 1) / (size_t)block);
    section->bins = (block + LANES) / LANES * LANES;
    Status status = fourier_new(&section->fourier, 2 * block, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    size_t spectrum = 2 * (size_t)section->bins;
    section->response = memory_new((size_t)section->partitions * spectrum, sizeof(float));
    section->past = memory_new((size_t)section->partitions * spectrum, sizeof(float));
    section->sum = memory_new(spectrum, sizeof(float));
    section->work = memory_new((size_t)block + 1, sizeof(Bin));
    section->time = memory_new(2 * (size_t)block, sizeof(float));
    if (!section->response || !section->past || !section->sum || !section->work || !section->time) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for an impulse response");
    }
    for (size_t p = 0; p < (size_t)section->partitions; p++) {
        size_t left = taps - p * (size_t)block;
        size_t count = left < (size_t)block ? left : (size_t)block;
        memset(section->time, 0, 2 * (size_t)block * sizeof(float));
        memcpy(section->time, response + p * (size_t)block, count * sizeof(float));
        fourier_forward(section->fourier, section->time, section->work);
        spectrum_put(section, section->response + p * spectrum);
    }
    return STATUS_OK;
}

static void section_free(Section *section) {
    fourier_free(section->fourier);
    memory_free(section->response);
    memory_free(section->past);
    memory_free(section->sum);
    memory_free(section->work);
    memory_free(section->time);
}

static size_t part(size_t taps, size_t from, size_t to) {
    size_t end = taps < to ? taps : to;
    return end > from ? end - from : 0;
}

Status convolver_new(Convolver **convolver, const float *response, size_t taps,
                     Diagnostic *diagnostic) {
    *convolver = NULL;
    Convolver *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for an impulse response");
    }
    made->taps = (int)part(taps, 0, SHORT);
    memcpy(made->direct, response, (size_t)made->taps * sizeof(float));
    Status status = section_make(&made->near, SHORT, response + (taps > SHORT ? SHORT : 0),
                                 part(taps, SHORT, LONG_FROM), diagnostic);
    if (status == STATUS_OK) {
        status = section_make(&made->far, LONG, response + (taps > LONG_FROM ? LONG_FROM : 0),
                              part(taps, LONG_FROM, taps), diagnostic);
    }
    made->far_window = memory_new(4 * (size_t)LONG, sizeof(float));
    if (status == STATUS_OK && !made->far_window) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for an impulse response");
    }
    if (status != STATUS_OK) {
        convolver_free(made);
        return status;
    }
    made->far_tail = made->far_window + 2 * LONG;
    made->far_next = made->far_tail + LONG;
    *convolver = made;
    return STATUS_OK;
}

void convolver_free(Convolver *convolver) {
    if (convolver) {
        section_free(&convolver->near);
        section_free(&convolver->far);
        memory_free(convolver->far_window);
        memory_free(convolver);
    }
}

// ---- Running ----

// Spectra that are not known count as silence: nothing long is cleared.
void convolver_reset(Convolver *convolver) REALTIME {
    convolver->near.known = convolver->far.known = 0;
    if (convolver->far.sum) {
        memset(convolver->far.sum, 0, 2 * (size_t)convolver->far.bins * sizeof(float));
    }
    convolver->at = convolver->turn = 0;
    memset(convolver->window, 0, sizeof convolver->window);
    memset(convolver->near_tail, 0, sizeof convolver->near_tail);
    memset(convolver->far_window, 0, 4 * (size_t)LONG * sizeof(float));
}

// The spectrum of the last two blocks becomes the newest.
static void section_push(Section *section, const float *window) REALTIME {
    section->newest = (section->newest > 0 ? section->newest : section->partitions) - 1;
    section->known += section->known < section->partitions;
    fourier_forward(section->fourier, window, section->work);
    float *spectrum = section->past + (size_t)section->newest * 2 * (size_t)section->bins;
    for (int i = 0; i <= section->block; i++) {
        spectrum[i] = section->work[i].re;
        spectrum[section->bins + i] = section->work[i].im;
    }
    memset(section->sum, 0, 2 * (size_t)section->bins * sizeof(float));
}

static void multiply(float *restrict sum, const float *restrict a, const float *restrict b,
                     int bins) REALTIME {
    float *restrict sum_im = sum + bins;
    const float *restrict a_im = a + bins;
    const float *restrict b_im = b + bins;
    for (int i = 0; i < bins; i++) {
        sum[i] += a[i] * b[i] - a_im[i] * b_im[i];
        sum_im[i] += a[i] * b_im[i] + a_im[i] * b[i];
    }
}

// Adds partitions begin .. end - 1 of the response.
static void section_add(const Section *section, int begin, int end) REALTIME {
    size_t spectrum = 2 * (size_t)section->bins;
    end = end < section->known ? end : section->known;
    for (int p = begin; p < end; p++) {
        int age = section->newest + p;
        age = age < section->partitions ? age : age - section->partitions;
        multiply(section->sum, section->past + (size_t)age * spectrum,
                 section->response + (size_t)p * spectrum, section->bins);
    }
}

// The result of a block, from the sum.
static void section_finish(const Section *section, float *tail) REALTIME {
    for (int i = 0; i <= section->block; i++) {
        section->work[i] = (Bin){section->sum[i], section->sum[section->bins + i]};
    }
    fourier_inverse(section->fourier, section->work, section->time);
    memcpy(tail, section->time + section->block, (size_t)section->block * sizeof(float));
}

// A short block is full.
static void near_step(Convolver *convolver) REALTIME {
    Section *near = &convolver->near;
    if (near->partitions > 0) {
        section_push(near, convolver->window);
        section_add(near, 0, near->partitions);
        section_finish(near, convolver->near_tail);
    }
    memcpy(convolver->window, convolver->window + SHORT, SHORT * sizeof(float));
}

// The share of a long block's work that is done after each short block: a transform, products, and
// the transform back.
static void far_step(Convolver *convolver) REALTIME {
    Section *far = &convolver->far;
    if (far->partitions == 0) {
        return;
    }
    memcpy(convolver->far_window + LONG + convolver->turn * SHORT, convolver->window + SHORT,
           SHORT * sizeof(float));
    convolver->turn++;
    if (convolver->turn == TURNS) {
        convolver->turn = 0;
        memcpy(convolver->far_tail, convolver->far_next, LONG * sizeof(float));
        section_push(far, convolver->far_window);
        memcpy(convolver->far_window, convolver->far_window + LONG, LONG * sizeof(float));
    } else if (convolver->turn < TURNS - 1) {
        int steps = TURNS - 2, step = convolver->turn - 1;
        section_add(far, far->partitions * step / steps, far->partitions * (step + 1) / steps);
    } else {
        section_finish(far, convolver->far_next);
    }
}

// Up to the end of the short block.
static void run_part(Convolver *convolver, float *out, const float *in, int frames) REALTIME {
    const float *near_tail = convolver->near_tail + convolver->at;
    const float *far_tail = convolver->far_tail + convolver->turn * SHORT + convolver->at;
    float *window = convolver->window + SHORT + convolver->at;
    float sums[SHORT];
    memcpy(window, in, (size_t)frames * sizeof(float));
    for (int i = 0; i < frames; i++) {
        sums[i] = near_tail[i] + far_tail[i];
    }
    for (int k = 0; k < convolver->taps; k++) {
        for (int i = 0; i < frames; i++) {
            sums[i] += convolver->direct[k] * window[i - k];
        }
    }
    memcpy(out, sums, (size_t)frames * sizeof(float));
    convolver->at += frames;
}

void convolver_run(Convolver *convolver, float *out, const float *in, int frames) REALTIME {
    while (frames > 0) {
        int room = SHORT - convolver->at, count = frames < room ? frames : room;
        run_part(convolver, out, in, count);
        if (convolver->at == SHORT) {
            convolver->at = 0;
            far_step(convolver);
            near_step(convolver);
        }
        out += count;
        in += count;
        frames -= count;
    }
}
