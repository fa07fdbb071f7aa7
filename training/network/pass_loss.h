// SPDX-License-Identifier: ISC
// The loss of a group's segment and its gradient by the outputs.
#ifndef GRUFF_TRAINING_NETWORK_PASS_LOSS_H
#define GRUFF_TRAINING_NETWORK_PASS_LOSS_H

#include "training/network/loss.h"
#include "training/network/spectral.h"
#include "training/network/vector.h"

// Input and output of each section at the last step, for every filter and lane.
typedef struct FilterMemory {
    Vector before[LOSS_FILTERS][LOSS_SECTIONS][2];
} FilterMemory;

static void filter_forward(const LossFilter *filter, Vector (*before)[2], const Vector *from,
                           Vector *to, int frames) {
    for (int i = 0; i < filter->sections; i++) {
        const Real b0 = (Real)filter->section[i].b0, b1 = (Real)filter->section[i].b1;
        const Real a = (Real)filter->section[i].a;
        Vector x = before[i][0], y = before[i][1];
        for (int t = 0; t < frames; t++) {
            Vector now = i ? to[t] : from[t];
            y = b0 * now + b1 * x + a * y;
            x = now;
            to[t] = y;
        }
        before[i][0] = x;
        before[i][1] = y;
    }
}

// The adjoint: the same filter backwards in time, from rest at the segment's end.
static void filter_backward(const LossFilter *filter, Vector *signal, int frames) {
    for (int i = 0; i < filter->sections; i++) {
        const Real b0 = (Real)filter->section[i].b0, b1 = (Real)filter->section[i].b1;
        const Real a = (Real)filter->section[i].a;
        Vector x = splat(0), y = splat(0);
        for (int t = frames - 1; t >= 0; t--) {
            Vector now = signal[t];
            y = b0 * now + b1 * x + a * y;
            x = now;
            signal[t] = y;
        }
    }
}

// The filters' memory goes on as if `errors` had been trained on.
static void loss_follow(const LossScale *scale, FilterMemory *memory, const Vector *errors,
                        Vector *scratch, int frames) {
    for (int i = 0; i < scale->filters; i++) {
        filter_forward(&scale->filter[i], memory->before[i], errors, scratch, frames);
    }
}

// The segment's loss from its errors e = y - target, which become dL/dy. `scratch` and `sum` hold
// `frames` vectors each.
static double loss_segment(const LossScale *scale, FilterMemory *memory, Vector *errors,
                           Vector *scratch, Vector *sum, int frames) {
    Vector total = splat(0), squares = splat(0);
    for (int t = 0; t < frames; t++) {
        total += errors[t];
        squares += errors[t] * errors[t];
    }
    Vector mean = total / (Real)frames;
    Vector offset = mean * (Real)(2 * scale->dc);
    double result = scale->plain * lane_sum(squares) + scale->dc * frames * lane_sum(mean * mean);
    for (int t = 0; t < frames; t++) {
        sum[t] = (Real)(2 * scale->plain) * errors[t] + offset;
    }
    for (int i = 0; i < scale->filters; i++) {
        filter_forward(&scale->filter[i], memory->before[i], errors, scratch, frames);
        squares = splat(0);
        for (int t = 0; t < frames; t++) {
            squares += scratch[t] * scratch[t];
        }
        result += scale->factor[i] * lane_sum(squares);
        filter_backward(&scale->filter[i], scratch, frames);
        for (int t = 0; t < frames; t++) {
            sum[t] += (Real)(2 * scale->factor[i]) * scratch[t];
        }
    }
    for (int t = 0; t < frames; t++) {
        errors[t] = sum[t];
    }
    return result;
}

// The spectral term of outputs against targets, lane by lane; its gradient goes to `slopes`.
// `buffers` hold 3 * frames floats.
static double loss_spectral(const LossScale *scale, const Vector *outputs, const Vector *targets,
                            Vector *slopes, float *buffers, int frames) {
    float *output = buffers, *target = buffers + frames, *slope = buffers + 2 * frames;
    double sum = 0.0;
    for (int lane = 0; lane < LANES; lane++) {
        for (int t = 0; t < frames; t++) {
            output[t] = (float)outputs[t][lane];
            target[t] = (float)targets[t][lane];
            slope[t] = 0.0f;
        }
        sum += spectral_loss(scale->spectral, output, target, frames, scale->spectral_factor,
                             slope);
        for (int t = 0; t < frames; t++) {
            slopes[t][lane] = (Real)slope[t];
        }
    }
    return scale->spectral_factor * sum;
}

#endif
