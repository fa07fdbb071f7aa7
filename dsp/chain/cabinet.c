// SPDX-License-Identifier: ISC
#include "dsp/chain/cabinet.h"

#include <math.h>
#include <string.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/chain/convolver.h"
#include "dsp/chain/rate_converter.h"

enum { BLOCK = 256 }; // frames converted at a time

static const double silent_share = 1e-4; // of the other channel's energy
static const float floor_share = 1e-5f;  // of the peak: below it the end is left out

struct Cabinet {
    int channels;
    size_t frames;
    int sounding;                                         // as cabinet_sounding has it
    Convolver *convolvers[IMPULSE_RESPONSE_MAX_CHANNELS]; // NULL: the input passes
};

// ---- Making ----

// One channel of the response at another rate, up to `frames` frames.
static Status convert(float *to, size_t frames, int rate, const float *from,
                      const ImpulseResponse *impulse, Diagnostic *diagnostic) {
    RateConverter *converter = NULL;
    Status status = rate_converter_new(&converter, impulse->rate, rate, 1, BLOCK, 0, diagnostic);
    size_t given = 0;
    for (size_t at = 0; status == STATUS_OK && given < frames; at += BLOCK) {
        float block[BLOCK] = {0.0f};
        size_t left = at < impulse->frames ? impulse->frames - at : 0;
        memcpy(block, from + at, (left < BLOCK ? left : BLOCK) * sizeof(float));
        rate_converter_push(converter, (const float *[]){block}, BLOCK);
        size_t ready = (size_t)rate_converter_ready(converter);
        ready = ready < frames - given ? ready : frames - given;
        rate_converter_pull(converter, (float *[]){to + given}, (int)ready);
        given += ready;
    }
    rate_converter_free(converter);
    return status;
}

// Which of two channels has all the sound: 1 or 2; 0: both have some.
static int find_sounding(const ImpulseResponse *impulse) {
    double energy[IMPULSE_RESPONSE_MAX_CHANNELS] = {0.0};
    for (int c = 0; c < impulse->channels; c++) {
        energy[c] = level_mean_square(impulse->samples[c], impulse->frames);
    }
    return impulse->channels < 2                   ? 0
           : energy[0] <= silent_share * energy[1] ? 2
           : energy[1] <= silent_share * energy[0] ? 1
                                                   : 0;
}

// `channels` of the response from number `first` on, at `rate` Hz: a copy, or converted.
static Status at_rate(ImpulseResponse *to, const ImpulseResponse *whole, int first, int channels,
                      int rate, Diagnostic *diagnostic) {
    ImpulseResponse used = *whole, *from = &used;
    used.samples[0] = whole->samples[first];
    used.channels = channels;
    *to = (ImpulseResponse){.rate = rate, .channels = channels};
    to->frames = (from->frames * (size_t)rate + (size_t)from->rate - 1) / (size_t)from->rate;
    Status status = STATUS_OK;
    for (int c = 0; status == STATUS_OK && c < from->channels; c++) {
        to->samples[c] = memory_new(to->frames, sizeof(float));
        if (!to->samples[c]) {
            status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for an impulse response");
        } else if (rate == from->rate) {
            memcpy(to->samples[c], from->samples[c], to->frames * sizeof(float));
        } else {
            status = convert(to->samples[c], to->frames, rate, from->samples[c], from, diagnostic);
        }
    }
    return status;
}

// Cuts the silent end off, and gives the channels an energy of 1 on average.
static Status trim(ImpulseResponse *impulse, Diagnostic *diagnostic) {
    float peak = 0.0f;
    double energy = 0.0;
    size_t end = 0;
    for (int c = 0; c < impulse->channels; c++) {
        for (size_t i = 0; i < impulse->frames; i++) {
            float x = impulse->samples[c][i];
            peak = fmaxf(peak, fabsf(x));
            energy += (double)x * (double)x / impulse->channels;
        }
    }
    if (!(energy > 0.0) || !isfinite(energy)) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO, "the impulse response is silent");
    }
    float gain = (float)(1.0 / sqrt(energy));
    for (int c = 0; c < impulse->channels; c++) {
        for (size_t i = 0; i < impulse->frames; i++) {
            if (fabsf(impulse->samples[c][i]) > floor_share * peak && i >= end) {
                end = i + 1;
            }
            impulse->samples[c][i] *= gain;
        }
    }
    impulse->frames = end;
    return STATUS_OK;
}

static Status make_convolvers(Cabinet *cabinet, const ImpulseResponse *impulse, double session_rate,
                              Diagnostic *diagnostic) {
    ImpulseResponse here = {0};
    int sounding = cabinet->sounding = find_sounding(impulse);
    int used = sounding || cabinet->channels < impulse->channels ? 1 : impulse->channels;
    Status status = at_rate(&here, impulse, sounding == 2, used, (int)lround(session_rate),
                            diagnostic);
    if (status == STATUS_OK) {
        status = trim(&here, diagnostic);
    }
    for (int c = 0; status == STATUS_OK && c < cabinet->channels; c++) {
        const float *samples = here.samples[c < here.channels ? c : 0];
        status = convolver_new(&cabinet->convolvers[c], samples, here.frames, diagnostic);
    }
    cabinet->frames = here.frames;
    impulse_response_clear(&here);
    return status;
}

Status cabinet_new(Cabinet **cabinet, const ImpulseResponse *impulse, double session_rate,
                   int channels, Diagnostic *diagnostic) {
    *cabinet = NULL;
    Cabinet *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a cabinet");
    }
    made->channels = channels;
    Status status = impulse ? make_convolvers(made, impulse, session_rate, diagnostic) : STATUS_OK;
    if (status != STATUS_OK) {
        cabinet_free(made);
        return status;
    }
    *cabinet = made;
    return STATUS_OK;
}

void cabinet_free(Cabinet *cabinet) {
    if (cabinet) {
        for (int c = 0; c < IMPULSE_RESPONSE_MAX_CHANNELS; c++) {
            convolver_free(cabinet->convolvers[c]);
        }
        memory_free(cabinet);
    }
}

int cabinet_frames(const Cabinet *cabinet) {
    return (int)cabinet->frames;
}

int cabinet_sounding(const Cabinet *cabinet) {
    return cabinet->sounding;
}

// ---- Running ----

void cabinet_reset(Cabinet *cabinet) REALTIME {
    for (int c = 0; c < cabinet->channels; c++) {
        if (cabinet->convolvers[c]) {
            convolver_reset(cabinet->convolvers[c]);
        }
    }
}

void cabinet_run(Cabinet *cabinet, float *const *out, const float *const *in, int frames) REALTIME {
    for (int c = 0; c < cabinet->channels; c++) {
        if (cabinet->convolvers[c]) {
            convolver_run(cabinet->convolvers[c], out[c], in[c], frames);
        } else {
            memmove(out[c], in[c], (size_t)frames * sizeof(float));
        }
    }
}
