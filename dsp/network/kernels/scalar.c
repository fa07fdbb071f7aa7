// SPDX-License-Identifier: ISC
// The reference: the equations of dsp/network/model.h, in double precision and with libm.
#include <math.h>

#include "dsp/network/kernels/tables.h"

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

// One frame of one channel. `bias` is a row for each gate, h the row before, `next` the row after,
// s the cell of an LSTM.
typedef struct Frame {
    const double *bias;
    const double *h;
    double *next;
    double *s;
    double x;
} Frame;

static double input(const CellJob *job, const Frame *frame, int gate, int unit) {
    const double *weights = job->input_weights;
    int row = gate * job->hidden + unit;
    return weights[row] * frame->x + frame->bias[row];
}

static double product(const CellJob *job, const double *h, int gate, int unit) {
    const double *weights = job->recurrent_weights;
    size_t row = (size_t)(gate * job->hidden + unit);
    return dot(weights + row * (size_t)job->hidden, h, job->hidden);
}

static void step_gru(const CellJob *job, const Frame *frame) REALTIME {
    const double *recurrent_bias = job->recurrent_bias;
    const double *h = frame->h;
    for (int unit = 0; unit < job->hidden; unit++) {
        double reset = sigmoid(input(job, frame, GATE_R, unit) + product(job, h, GATE_R, unit));
        double one_minus_z = sigmoid(
            -(input(job, frame, GATE_Z, unit) + product(job, h, GATE_Z, unit)));
        double candidate = tanh(input(job, frame, GATE_C, unit) +
                                reset * (product(job, h, GATE_C, unit) + recurrent_bias[unit]));
        frame->next[unit] = h[unit] + one_minus_z * (candidate - h[unit]);
    }
}

static void step_reset_before(const CellJob *job, const Frame *frame) REALTIME {
    const double *h = frame->h;
    double gated[MODEL_MAX_HIDDEN];
    for (int unit = 0; unit < job->hidden; unit++) {
        gated[unit] = h[unit] *
                      sigmoid(input(job, frame, GATE_R, unit) + product(job, h, GATE_R, unit));
    }
    for (int unit = 0; unit < job->hidden; unit++) {
        double one_minus_z = sigmoid(
            -(input(job, frame, GATE_Z, unit) + product(job, h, GATE_Z, unit)));
        double candidate = tanh(input(job, frame, GATE_C, unit) +
                                product(job, gated, GATE_C, unit));
        frame->next[unit] = h[unit] + one_minus_z * (candidate - h[unit]);
    }
}

static void step_lstm(const CellJob *job, const Frame *frame) REALTIME {
    for (int unit = 0; unit < job->hidden; unit++) {
        double sum[LSTM_GATES];
        for (int gate = 0; gate < LSTM_GATES; gate++) {
            sum[gate] = input(job, frame, gate, unit) + product(job, frame->h, gate, unit);
        }
        double forgotten = sigmoid(-sum[GATE_F]); // 1 - f
        double s = frame->s[unit];
        s += sigmoid(sum[GATE_I]) * tanh(sum[GATE_C]) - forgotten * s;
        frame->s[unit] = s;
        frame->next[unit] = sigmoid(sum[GATE_O]) * tanh(s);
    }
}

typedef void (*Step)(const CellJob *job, const Frame *frame) REALTIME;

static void run_channel(const CellJob *job, int channel, Step step) REALTIME {
    double *rows = job->rows[channel];
    size_t width = (size_t)job->hidden;
    Frame frame = {.bias = job->bias[channel], .s = job->cells[channel]};
    for (int t = 0; t < job->frames; t++) {
        frame.h = rows + ((job->first + (unsigned)t) & job->row_mask) * width;
        frame.next = rows + ((job->first + (unsigned)t + 1u) & job->row_mask) * width;
        frame.x = (double)job->in[channel][t];
        step(job, &frame);
        job->out[channel][t] = (float)(job->head_bias + dot(job->head, frame.next, job->hidden));
        frame.bias += job->bias_stride;
    }
}

static void run_channels(const CellJob *job, Step step) REALTIME {
    for (int channel = 0; channel < KERNEL_CHANNELS && job->rows[channel]; channel++) {
        run_channel(job, channel, step);
    }
}

static void run_gru(const CellJob *job) REALTIME {
    run_channels(job, step_gru);
}

static void run_reset_before(const CellJob *job) REALTIME {
    run_channels(job, step_reset_before);
}

static void run_lstm(const CellJob *job) REALTIME {
    run_channels(job, step_lstm);
}

static CellKernel cell(LayerKind kind, int hidden, int channels) {
    static const CellScales unscaled = {
        .gate = {1.0, 1.0, 1.0, 1.0},
        .candidate_product = 1.0,
        .cell = 1.0,
    };
    (void)channels;
    return (CellKernel){
        .layout = {.lanes = 1,
                   .blocks = hidden,
                   .columns = hidden,
                   .order = ORDER_GATES,
                   .set = 1,
                   .scales = unscaled},
        .run = kind == LAYER_LSTM               ? run_lstm
               : kind == LAYER_GRU_RESET_BEFORE ? run_reset_before
                                                : run_gru,
    };
}

// ACTIVATION_SOFTMAX is a matter of the whole row: see softmax.
static double activate(const DenseJob *job, int unit, double x) {
    switch (job->activation) {
    case ACTIVATION_TANH:
        return tanh(x);
    case ACTIVATION_SIGMOID:
        return sigmoid(x);
    case ACTIVATION_RELU:
        return x > 0.0 ? x : 0.0;
    case ACTIVATION_ELU:
        return x > 0.0 ? x : expm1(x);
    case ACTIVATION_PRELU:
        return x > 0.0 ? x : ((const double *)job->slope)[unit] * x;
    default:
        return x;
    }
}

static void softmax(double *row, int count) {
    double largest = row[0];
    for (int i = 1; i < count; i++) {
        largest = fmax(largest, row[i]);
    }
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        row[i] = exp(row[i] - largest);
        sum += row[i];
    }
    for (int i = 0; i < count; i++) {
        row[i] /= sum;
    }
}

static void dense(const DenseJob *job) REALTIME {
    const double *weights = job->weights;
    const double *bias = job->bias;
    for (int t = 0; t < job->frames; t++) {
        const double *in = (const double *)job->in + (size_t)t * job->in_stride;
        double *out = (double *)job->out + (size_t)t * job->out_stride;
        for (int i = 0; i < job->outputs; i++) {
            double sum = bias[i] + dot(weights + (size_t)i * (size_t)job->inputs, in, job->inputs);
            out[i] = activate(job, i, sum);
        }
        if (job->activation == ACTIVATION_SOFTMAX) {
            softmax(out, job->outputs);
        }
    }
}

const Kernels kernels_scalar = {
    .isa = ISA_SCALAR,
    .number = sizeof(double),
    .lanes = 1,
    .cell = cell,
    .dense = dense,
};
