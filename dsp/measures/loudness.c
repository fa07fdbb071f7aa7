// SPDX-License-Identifier: ISC
#include "dsp/measures/loudness.h"

#include <math.h>

#include "dsp/base/decibels.h"
#include "dsp/base/denormals.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

#define LENGTH 3.0   // s
#define SETTLING 0.5 // s at its beginning that do not count

// How much of its state a first-order filter keeps from one sample to the next.
static double pole(double hertz, double rate) {
    return exp(-2.0 * M_PI * hertz / rate);
}

void loudness_input(float *samples, size_t frames, double rate) {
    const double poles[3] = {pole(100.0, rate), pole(400.0, rate), pole(2500.0, rate)};
    double states[3] = {0.0}, energy = 0.0;
    Random random = {1};
    for (size_t i = 0; i < frames; i++) {
        double sample = random_normal(&random);
        for (int k = 1; k < 3; k++) {
            states[k] = sample + poles[k] * (states[k] - sample);
            sample = states[k];
        }
        states[0] = sample + poles[0] * (states[0] - sample);
        sample -= states[0];
        samples[i] = (float)sample;
        energy += sample * sample;
    }
    double gain = decibels_to_amplitude(LOUDNESS_INPUT) / sqrt(energy / (double)frames);
    for (size_t i = 0; i < frames; i++) {
        samples[i] = (float)(gain * (double)samples[i]);
    }
}

// RMS about the mean, in dB; NaN for silence.
static double level(const float *samples, size_t frames) {
    double power = level_variance(samples, frames);
    return power > 0.0 ? decibels_of_power(power) : (double)NAN;
}

Status loudness_measure(double *loudness, const Model *model, Diagnostic *diagnostic) {
    *loudness = NAN;
    double rate = model->sample_rate > 0.0 ? model->sample_rate : 48000.0;
    size_t frames = (size_t)(LENGTH * rate), settling = (size_t)(SETTLING * rate);
    Engine *engine = NULL;
    Status status = engine_new(&engine, model, isa_best(), 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    float *samples = memory_new(frames, sizeof *samples);
    if (samples) {
        loudness_input(samples, frames, rate);
        DenormalState mode = denormals_off();
        engine_run(engine, &samples, &(const float *){samples}, (int)frames);
        denormals_restore(mode);
        *loudness = level(samples + settling, frames - settling);
    } else {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to measure the loudness");
    }
    memory_free(samples);
    engine_free(engine);
    return status;
}
