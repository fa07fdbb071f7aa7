// SPDX-License-Identifier: ISC
// The reference: the equations of dsp/model.h, in double precision and with libm.
#include <math.h>

#include "dsp/kernels/tables.h"

static double sigmoid(double x) {
    return 1.0 / (1.0 + exp(-x));
}

static double dot(const double *a, const double *b, int count) {
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

// One frame of one channel; bias and kernel are GRU_GATES rows.
static double step(const GruJob *job, const double *bias, const double *h, double *next, double x) {
    const double *kernel = job->kernel;
    const double *recurrent = job->recurrent;
    const double *recurrent_bias = job->recurrent_bias;
    const double *head = job->head;
    int n = job->hidden;
    double out = job->head_bias;
    for (int unit = 0; unit < n; unit++) {
        double product[GRU_GATES];
        double input[GRU_GATES];
        for (int gate = 0; gate < GRU_GATES; gate++) {
            int row = gate * n + unit;
            product[gate] = dot(recurrent + (size_t)row * (size_t)n, h, n);
            input[gate] = kernel[row] * x + bias[row];
        }
        double reset = sigmoid(input[GATE_R] + product[GATE_R]);
        double fresh = sigmoid(-(input[GATE_Z] + product[GATE_Z])); // 1 - z
        double candidate = tanh(input[GATE_C] + reset * (product[GATE_C] + recurrent_bias[unit]));
        next[unit] = h[unit] + fresh * (candidate - h[unit]);
        out += head[unit] * next[unit];
    }
    return out;
}

static void run_channel(const GruJob *job, int channel) {
    double *rows = job->rows[channel];
    const double *bias = job->bias[channel];
    size_t width = (size_t)job->hidden;
    for (int t = 0; t < job->frames; t++) {
        const double *h = rows + ((job->first + (unsigned)t) & job->row_mask) * width;
        double *next = rows + ((job->first + (unsigned)t + 1u) & job->row_mask) * width;
        job->out[channel][t] = (float)step(job, bias, h, next, job->in[channel][t]);
        bias += job->bias_stride;
    }
}

static void run_mono(const GruJob *job) REALTIME {
    run_channel(job, 0);
}

static void run_stereo(const GruJob *job) REALTIME {
    run_channel(job, 0);
    run_channel(job, 1);
}

static GruKernel gru(int hidden, int channels) {
    return (GruKernel){
        .layout = {.lanes = 1,
                   .blocks = hidden,
                   .columns = hidden,
                   .order = ORDER_GATES,
                   .set = 1,
                   .scale = {1.0, 1.0, 1.0},
                   .candidate_product = 1.0},
        .run = channels == 2 ? run_stereo : run_mono,
    };
}

static double activate(Activation activation, double x) {
    switch (activation) {
    case ACTIVATION_TANH:
        return tanh(x);
    case ACTIVATION_SIGMOID:
        return sigmoid(x);
    case ACTIVATION_RELU:
        return x > 0.0 ? x : 0.0;
    default:
        return x;
    }
}

static void dense(const DenseJob *job) REALTIME {
    const double *kernel = job->kernel;
    const double *bias = job->bias;
    for (int t = 0; t < job->frames; t++) {
        const double *in = (const double *)job->in + (size_t)t * job->in_stride;
        double *out = (double *)job->out + (size_t)t * job->out_stride;
        for (int i = 0; i < job->outputs; i++) {
            double sum = bias[i] + dot(kernel + (size_t)i * (size_t)job->inputs, in, job->inputs);
            out[i] = activate(job->activation, sum);
        }
    }
}

const Kernels kernels_scalar = {
    .isa = ISA_SCALAR,
    .number = sizeof(double),
    .lanes = 1,
    .gru = gru,
    .dense = dense,
};
