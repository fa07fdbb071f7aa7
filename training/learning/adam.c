// SPDX-License-Identifier: ISC
#include "training/learning/adam.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"

#define DECAY_FIRST 0.9
// As short a memory as the covariances' (training/learning/soap.c), since with each change of
// coordinates older squares lose their meaning. It also bounds a step after a sudden large gradient
// to half the rate; with 0.999 it was three times it, and a run with a small error was thrown out
// of it by one such step.
#define DECAY_SECOND 0.95
#define EPSILON 1e-8
#define LARGEST_NORM 1.0
#define AVERAGE 0.99

Status adam_init(Adam *adam, const double *weights, size_t count, Diagnostic *diagnostic) {
    *adam = (Adam){.count = count};
    adam->first = memory_new(count, sizeof(double));
    adam->second = memory_new(count, sizeof(double));
    adam->average = memory_new(count, sizeof(double));
    adam->step = memory_new(count, sizeof(double));
    if (!adam->first || !adam->second || !adam->average || !adam->step) {
        adam_clear(adam);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the optimiser");
    }
    memcpy(adam->average, weights, count * sizeof(double));
    return STATUS_OK;
}

void adam_clear(Adam *adam) {
    memory_free(adam->first);
    memory_free(adam->second);
    memory_free(adam->average);
    memory_free(adam->step);
    *adam = (Adam){0};
}

void adam_restart(Adam *adam, const double *weights) {
    memset(adam->first, 0, adam->count * sizeof(double));
    memset(adam->second, 0, adam->count * sizeof(double));
    memcpy(adam->average, weights, adam->count * sizeof(double));
    adam->updates = 0;
}

bool adam_accumulate(Adam *adam, const double *gradient) {
    double squares = 0.0;
    for (size_t i = 0; i < adam->count; i++) {
        squares += gradient[i] * gradient[i];
    }
    if (!isfinite(squares)) {
        return false;
    }
    double norm = sqrt(squares);
    double scale = norm > LARGEST_NORM ? LARGEST_NORM / norm : 1.0;
    double n = (double)++adam->updates;
    double correct_first = 1.0 / (1.0 - pow(DECAY_FIRST, n));
    double correct_second = 1.0 / (1.0 - pow(DECAY_SECOND, n));
    for (size_t i = 0; i < adam->count; i++) {
        double g = gradient[i] * scale;
        adam->first[i] += (1.0 - DECAY_FIRST) * (g - adam->first[i]);
        adam->second[i] += (1.0 - DECAY_SECOND) * (g * g - adam->second[i]);
        double covariance = sqrt(adam->second[i] * correct_second) + EPSILON;
        adam->step[i] = adam->first[i] * correct_first / covariance;
    }
    return true;
}

void adam_apply(Adam *adam, double *weights, double rate, double decay) {
    double n = (double)adam->updates;
    // A young average follows closely, so that it does not drag the start along.
    double keep = fmin(AVERAGE, (1.0 + n) / (10.0 + n));
    for (size_t i = 0; i < adam->count; i++) {
        weights[i] -= rate * (adam->step[i] + decay * weights[i]);
        adam->average[i] = keep * adam->average[i] + (1.0 - keep) * weights[i];
    }
}

bool adam_update(Adam *adam, double *weights, const double *gradient, double rate, double decay) {
    if (!adam_accumulate(adam, gradient)) {
        return false;
    }
    adam_apply(adam, weights, rate, decay);
    return true;
}
