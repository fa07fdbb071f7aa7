// SPDX-License-Identifier: ISC
#include "plugin/standalone/comparison.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "dsp/base/analyser.h"
#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "dsp/chain/ramp.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/audio/resample.h"

enum { SPECTRUM = 8192 }; // samples that a spectrum is taken of

#define MEMORY 3.0   // s that the ESR remembers
#define FADE 0.01    // s
#define SILENCE 1e-9 // mean square that counts as none
#define SPECTRUM_FLOOR (-120.0f)

struct Comparison {
    Audio input, target;           // as the files have them
    float *input_now, *target_now; // at the session's rate
    size_t frames;                 // of these
    double rate;                   // Hz
    _Atomic double delay;          // s that the target lies behind
    _Atomic int listening;
    _Atomic double esr;
    _Atomic size_t place;
    _Atomic float recent[2][SPECTRUM]; // rings of the chain's output and of the target
    _Atomic unsigned written;
    // Main's, for spectra.
    Analyser *analyser;
    // Audio thread's.
    size_t next;  // of the guitar
    size_t heard; // first frame of the block that is under way
    Ramp shares[LISTEN_COUNT];
    double error, signal; // mean squares with a memory
};

double comparison_frequency(int band) {
    return 1000.0 * pow(2.0, (band - 14) / 3.0);
}

// ---- Making ----

static Status read_pair(Comparison *comparison, const char *input, const char *target,
                        Diagnostic *diagnostic) {
    Status status = audio_file_read_channel(&comparison->input, input, AUDIO_SOUNDING, diagnostic);
    if (status == STATUS_OK) {
        status = audio_file_read_channel(&comparison->target, target, AUDIO_SOUNDING, diagnostic);
    }
    if (status == STATUS_OK && comparison->input.rate != comparison->target.rate) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%.400s is at %d Hz, but %.400s at %d: a pair has one rate", input,
                        comparison->input.rate, target, comparison->target.rate);
    }
    return status;
}

Status comparison_new(Comparison **comparison, const char *input, const char *target,
                      Diagnostic *diagnostic) {
    *comparison = NULL;
    Comparison *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the recordings");
    }
    Status status = read_pair(made, input, target, diagnostic);
    if (status == STATUS_OK) {
        status = analyser_new(&made->analyser, SPECTRUM, WINDOW_HANN, diagnostic);
    }
    if (status != STATUS_OK) {
        comparison_free(made);
        return status;
    }
    for (int i = 0; i < LISTEN_COUNT; i++) {
        ramp_jump(&made->shares[i], i == LISTEN_MODEL ? 1.0f : 0.0f);
    }
    atomic_store(&made->esr, -1.0);
    *comparison = made;
    return STATUS_OK;
}

static void forget_converted(Comparison *comparison) {
    memory_free(comparison->input_now);
    memory_free(comparison->target_now);
    comparison->input_now = comparison->target_now = NULL;
}

void comparison_free(Comparison *comparison) {
    if (comparison) {
        forget_converted(comparison);
        audio_clear(&comparison->input);
        audio_clear(&comparison->target);
        analyser_free(comparison->analyser);
        memory_free(comparison);
    }
}

// A recording as a source of a resampler.
typedef struct AudioSource {
    const Audio *audio;
    size_t next;
} AudioSource;

static Status source_read(void *context, float *samples, size_t frames, Diagnostic *diagnostic) {
    (void)diagnostic;
    AudioSource *source = context;
    size_t left = source->audio->frames - source->next, count = frames < left ? frames : left;
    memcpy(samples, source->audio->samples + source->next, count * sizeof *samples);
    memset(samples + count, 0, (frames - count) * sizeof *samples);
    source->next += count;
    return STATUS_OK;
}

static Status convert(float **converted, const Audio *audio, double rate, size_t frames,
                      Diagnostic *diagnostic) {
    AudioSource source = {audio, 0};
    Resampler *resampler = NULL;
    *converted = memory_new(frames, sizeof **converted);
    if (!*converted) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the recordings");
    }
    if (rate == audio->rate) {
        return source_read(&source, *converted, frames, diagnostic);
    }
    Status status = resampler_new(&resampler, rate / audio->rate, 1, source_read, &source,
                                  diagnostic);
    if (status == STATUS_OK) {
        status = resampler_read(resampler, *converted, frames, diagnostic);
    }
    resampler_free(resampler);
    return status;
}

Status comparison_set_rate(Comparison *comparison, double rate, Diagnostic *diagnostic) {
    size_t shorter = comparison->input.frames < comparison->target.frames
                         ? comparison->input.frames
                         : comparison->target.frames;
    size_t frames = (size_t)floor((double)shorter * rate / comparison->input.rate);
    if (comparison->input_now && rate == comparison->rate) {
        return STATUS_OK;
    }
    forget_converted(comparison);
    comparison->frames = frames > 0 ? frames : 1;
    comparison->rate = rate;
    comparison->next = comparison->heard = 0;
    Status status = convert(&comparison->input_now, &comparison->input, rate, comparison->frames,
                            diagnostic);
    if (status == STATUS_OK) {
        status = convert(&comparison->target_now, &comparison->target, rate, comparison->frames,
                         diagnostic);
    }
    return status;
}

// ---- Looking ----

void comparison_listen(Comparison *comparison, Listening listening) {
    atomic_store(&comparison->listening, (int)listening);
}

Listening comparison_listening(const Comparison *comparison) {
    return (Listening)atomic_load(&comparison->listening);
}

void comparison_set_delay(Comparison *comparison, double samples, double model_rate) {
    atomic_store(&comparison->delay, model_rate > 0.0 ? samples / model_rate : 0.0);
}

double comparison_esr(const Comparison *comparison) {
    return atomic_load(&comparison->esr);
}

void comparison_place(const Comparison *comparison, double *place, double *length) {
    *place = comparison->rate > 0.0 ? (double)atomic_load(&comparison->place) / comparison->rate
                                    : 0.0;
    *length = comparison->rate > 0.0 ? (double)comparison->frames / comparison->rate : 0.0;
}

static void spectrum(Comparison *comparison, int which, unsigned end,
                     float bands[COMPARISON_BANDS]) {
    float *samples = analyser_samples(comparison->analyser);
    for (unsigned i = 0; i < SPECTRUM; i++) {
        samples[i] = atomic_load_explicit(&comparison->recent[which][(end + i) % SPECTRUM],
                                          memory_order_relaxed);
    }
    const double *squares = analyser_power(comparison->analyser);
    for (int b = 0; b < COMPARISON_BANDS; b++) {
        double middle = comparison_frequency(b), width = comparison->rate / SPECTRUM, power = 0.0;
        int first = (int)ceil(middle * pow(2.0, -1.0 / 6.0) / width);
        int last = (int)ceil(middle * pow(2.0, 1.0 / 6.0) / width);
        for (int k = first; k < last && k <= SPECTRUM / 2; k++) {
            power += squares[k];
        }
        // A sine of full scale, windowed, has this power in its bins.
        power /= 0.375 * 0.25 * SPECTRUM * (double)SPECTRUM;
        bands[b] = fmaxf((float)decibels_of_power(power), SPECTRUM_FLOOR);
    }
}

void comparison_spectra(Comparison *comparison, float model[COMPARISON_BANDS],
                        float target[COMPARISON_BANDS]) {
    unsigned end = atomic_load(&comparison->written);
    spectrum(comparison, 0, end, model);
    spectrum(comparison, 1, end, target);
}

// ---- Audio thread ----

void comparison_feed(Comparison *comparison, float *in, int frames) REALTIME {
    comparison->heard = comparison->next;
    for (int i = 0; i < frames; i++) {
        in[i] = comparison->input_now[comparison->next];
        comparison->next = comparison->next + 1 < comparison->frames ? comparison->next + 1 : 0;
    }
    atomic_store(&comparison->place, comparison->next);
}

// The frame of the target that belongs to the first frame of this block of the output.
static size_t target_place(const Comparison *comparison, int latency) REALTIME {
    double behind = atomic_load(&comparison->delay) * comparison->rate - latency;
    double frames = (double)comparison->frames;
    double place = fmod((double)comparison->heard + rint(behind), frames);
    return (size_t)(place < 0.0 ? place + frames : place);
}

static void measure(Comparison *comparison, const float *model, const float *target, int frames)
    REALTIME {
    double keep = exp(-1.0 / (MEMORY * comparison->rate));
    unsigned at = atomic_load(&comparison->written);
    for (int i = 0; i < frames; i++) {
        double error = (double)target[i] - model[i], signal = target[i];
        comparison->error = keep * comparison->error + (1.0 - keep) * error * error;
        comparison->signal = keep * comparison->signal + (1.0 - keep) * signal * signal;
        atomic_store_explicit(&comparison->recent[0][(at + (unsigned)i) % SPECTRUM], model[i],
                              memory_order_relaxed);
        atomic_store_explicit(&comparison->recent[1][(at + (unsigned)i) % SPECTRUM], target[i],
                              memory_order_relaxed);
    }
    atomic_store(&comparison->written, at + (unsigned)frames);
    bool sounds = comparison->signal > SILENCE;
    atomic_store(&comparison->esr, sounds ? comparison->error / comparison->signal : -1.0);
}

void comparison_take(Comparison *comparison, float *const *out, int channels, int frames,
                     int latency) REALTIME {
    float target[COMPARISON_BLOCK], shares[LISTEN_COUNT][COMPARISON_BLOCK];
    int listening = atomic_load(&comparison->listening);
    size_t place = target_place(comparison, latency);
    for (int i = 0; i < frames; i++) {
        target[i] = comparison->target_now[place];
        place = place + 1 < comparison->frames ? place + 1 : 0;
    }
    measure(comparison, out[0], target, frames);
    for (int k = 0; k < LISTEN_COUNT; k++) {
        float share = k == listening ? 1.0f : 0.0f;
        ramp_aim(&comparison->shares[k], share, (int)(FADE * comparison->rate));
        ramp_fill(&comparison->shares[k], shares[k], frames);
    }
    for (int i = 0; i < frames; i++) {
        float model = out[0][i];
        float heard = shares[LISTEN_MODEL][i] * model + shares[LISTEN_TARGET][i] * target[i] +
                      shares[LISTEN_DIFFERENCE][i] * (target[i] - model);
        for (int c = 0; c < channels; c++) {
            out[c][i] = heard;
        }
    }
}
