// SPDX-License-Identifier: ISC
// Body of the training kernels, compiled once per ISA. The including file sets PASS_NAME (the
// table's name), PASS_ISA, LANES, the tile sizes of pass_tiles.h, and perhaps DOUBLE.
//
// A group's sequences run all steps of a segment forward, layer by layer, then the loss, then
// backward, before the next group, so that the history stays in the near caches.

#include "training/network/pass_contraction.h"
#include "training/network/pass_group.h"
#include "training/network/pass_loss.h"
#include "training/network/pass_weights.h"

static void gather(Vector *to, const float *const *from, int frames) {
    Real *flat = (Real *)to;
    for (int t = 0; t < frames; t++) {
        for (int lane = 0; lane < LANES; lane++) {
            flat[t * LANES + lane] = (Real)from[lane][t];
        }
    }
}

// ---- Forward ----

static Segment segment_of(Pass *pass, const PassWeights *weights, int index, int frames) {
    Segment segment = {
        .weights = &weights->layer[index], .pass = &pass->layer[index], .frames = frames};
    if (index == 0) {
        segment.audio = pass->inputs;
    } else {
        segment.below = pass->layer[index - 1].states + pass->layer[index - 1].stride;
        segment.below_stride = pass->layer[index - 1].stride;
    }
    return segment;
}

// Biases, and what the knobs add to them in the first layer.
static void set_constants(Pass *pass, const LayerWeights *weights, LayerPass *layer) {
    const int padded = weights->padded, rows = weights->gates * padded;
    for (int row = 0; row < rows + padded; row++) {
        Vector sum = splat(weights->bias[row]);
        for (int k = 0; !weights->below && row < rows && k < pass->shape.knobs; k++) {
            sum += pass->knobs[k] * weights->knobs[k * rows + row];
        }
        layer->constant[row] = sum;
    }
}

static void head_forward(Pass *pass, const PassWeights *weights, int frames) {
    const LayerPass *last = &pass->layer[pass->shape.layers - 1];
    const Real skip = pass->shape.skip ? 1 : 0;
    for (int unit = 0; unit < pass->padded; unit++) {
        pass->head[unit] = pass->head_mask[unit] * weights->head[unit];
    }
    for (int t = 0; t < frames; t++) {
        const Vector *h = last->states + last->stride * (size_t)(t + 1);
        Vector sums[4] = {pass->inputs[t] * skip + weights->head_bias, splat(0), splat(0),
                          splat(0)};
        for (int unit = 0; unit < pass->padded; unit += 4) {
            UNROLL for (int i = 0; i < 4; i++) {
                sums[i] += h[unit + i] * pass->head[unit + i];
            }
        }
        pass->outputs[t] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
}

static void forward(Pass *pass, const PassWeights *weights, int frames, bool save) {
    const Cell cell = cell_of(pass->shape.cell);
    const size_t bytes = (size_t)pass->padded * sizeof(Vector);
    for (int i = 0; i < pass->shape.layers; i++) {
        LayerPass *layer = &pass->layer[i];
        Segment segment = segment_of(pass, weights, i, frames);
        segment.save = save;
        set_constants(pass, segment.weights, layer);
        memcpy(layer->states, layer->carried, bytes);
        for (int unit = 0; layer->mask && unit < pass->padded; unit++) {
            layer->masked[unit] = layer->carried[unit] * layer->mask[unit];
        }
        if (layer->cells) {
            memcpy(layer->cells, layer->carried + pass->padded, bytes);
        }
        cell.forward(&segment);
        memcpy(layer->carried, layer->states + layer->stride * (size_t)frames, bytes);
        if (layer->cells) {
            memcpy(layer->carried + pass->padded,
                   layer->cells + (size_t)pass->padded * (size_t)frames, bytes);
        }
    }
    head_forward(pass, weights, frames);
}

// y becomes e = y - target.
static void subtract_targets(Pass *pass, int frames) {
    for (int t = 0; t < frames; t++) {
        pass->outputs[t] -= pass->targets[t];
    }
}

static void pass_warm(Pass *pass, const PassWeights *weights, const LossScale *scale,
                      const float *const *input, const float *const *target, int frames) {
    for (int done = 0; done < frames;) {
        int now = frames - done < pass->frames ? frames - done : pass->frames;
        const float *x[LANES], *wanted[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            x[lane] = input[lane] + done;
            wanted[lane] = target[lane] + done;
        }
        gather(pass->inputs, x, now);
        forward(pass, weights, now, false);
        gather(pass->targets, wanted, now);
        subtract_targets(pass, now);
        loss_follow(scale, &pass->memory, pass->outputs, pass->scratch[0], now);
        done += now;
    }
}

// ---- Backward ----

static void head_backward(Pass *pass, int frames) {
    const LayerPass *last = &pass->layer[pass->shape.layers - 1];
    for (int unit = 0; unit < pass->padded; unit += 4) {
        Vector sums[4];
        UNROLL for (int i = 0; i < 4; i++) {
            sums[i] = pass->head_gradient[unit + i];
        }
        for (int t = 0; t < frames; t++) {
            const Vector *h = last->states + last->stride * (size_t)(t + 1) + unit;
            UNROLL for (int i = 0; i < 4; i++) {
                sums[i] += pass->outputs[t] * h[i];
            }
        }
        UNROLL for (int i = 0; i < 4; i++) {
            pass->head_gradient[unit + i] = sums[i];
        }
    }
    for (int t = 0; t < frames; t++) {
        pass->head_bias_gradient += pass->outputs[t];
    }
}

// Steps end - 1 down to begin: their deltas, and dL/dx for the layer below.
INLINE void backward_steps(const Segment *s, int begin, int end,
                           void (*step)(const Segment *s, int t, Vector *deltas),
                           int first_input_delta) {
    const int padded = s->weights->padded, rows = s->weights->gates * padded;
    for (int t = end - 1; t >= begin; t--) {
        Vector *deltas = s->pass->deltas + s->pass->step * (size_t)(t - begin);
        step(s, t, deltas);
        if (s->below) {
            transposed_product(s->weights->inputs_back, deltas + first_input_delta * padded, rows,
                               NULL, NULL, s->pass->below_gradient + (size_t)t * (size_t)padded,
                               padded);
        }
    }
}

static void backward_layer(const Segment *s, LayerKind kind) {
    const Cell cell = cell_of(kind);
    const int padded = s->weights->padded;
    const size_t bytes = 2 * (size_t)padded * sizeof(Vector);
    if (s->after) {
        memcpy(s->pass->from_next, s->after, bytes);
    } else {
        memset(s->pass->from_next, 0, bytes);
    }
    for (int end = s->frames; end > 0;) {
        int begin = end > STRETCH ? end - STRETCH : 0;
        if (kind == LAYER_LSTM) {
            backward_steps(s, begin, end, lstm_backward_step, cell.first_input_delta);
        } else if (kind == LAYER_GRU_RESET_BEFORE) {
            backward_steps(s, begin, end, before_backward_step, cell.first_input_delta);
        } else {
            backward_steps(s, begin, end, gru_backward_step, cell.first_input_delta);
        }
        cell.gradients(s, begin, end - begin);
        // Audio and bias: any x will do above the first layer, where only the bias counts.
        const Vector *x = s->audio ? s->audio + begin : s->pass->saved;
        row_sums(s->pass->row_gradient, s->pass->deltas, s->pass->step, cell.deltas * padded, x,
                 end - begin);
        end = begin;
    }
}

// All layers, from the outputs' gradient and, for pairs, that of the last states.
static void backward(Pass *pass, const PassWeights *weights, int frames, bool pairs) {
    for (int i = pass->shape.layers - 1; i >= 0; i--) {
        Segment segment = segment_of(pass, weights, i, frames);
        segment.dy = pass->outputs;
        segment.head = pass->head;
        segment.above = i + 1 < pass->shape.layers ? pass->layer[i + 1].below_gradient : NULL;
        segment.after = pairs ? pass->layer[i].after : NULL;
        backward_layer(&segment, pass->shape.cell);
    }
}

static double pass_train(Pass *pass, const PassWeights *weights, const LossScale *scale,
                         const float *const *input, const float *const *target, int frames) {
    gather(pass->inputs, input, frames);
    forward(pass, weights, frames, true);
    gather(pass->targets, target, frames);
    double result = 0.0;
    if (scale->spectral) {
        result = loss_spectral(scale, pass->outputs, pass->targets, pass->slopes,
                               pass->lane_buffers, frames);
    }
    subtract_targets(pass, frames);
    result += loss_segment(scale, &pass->memory, pass->outputs, pass->scratch[0], pass->scratch[1],
                           frames);
    for (int t = 0; scale->spectral && t < frames; t++) {
        pass->outputs[t] += pass->slopes[t];
    }
    head_backward(pass, frames);
    backward(pass, weights, frames, false);
    return result;
}

static void pass_grow(Pass *pass, const PassWeights *weights, const ContractionScale *scale,
                      const float *const *input, int frames, PairGrowth *growth, Random *random) {
    set_apart(pass, scale->distance, random);
    gather(pass->inputs, input, frames);
    forward(pass, weights, frames, false);
    contraction_loss(pass, scale, frames, growth);
}

static double pass_contract(Pass *pass, const PassWeights *weights, const ContractionScale *scale,
                            const float *const *input, int frames, PairGrowth *growth,
                            Random *random) {
    set_apart(pass, scale->distance, random);
    gather(pass->inputs, input, frames);
    forward(pass, weights, frames, true);
    double result = contraction_loss(pass, scale, frames, growth);
    memset(pass->outputs, 0, (size_t)frames * sizeof(Vector));
    backward(pass, weights, frames, true);
    return result;
}

static double pass_purify(Pass *pass, const PassWeights *weights, const Tone *tones, double factor,
                          const float *const *input, int frames) {
    float *output = pass->lane_buffers, *slope = output + frames;
    double result = 0.0;
    gather(pass->inputs, input, frames);
    forward(pass, weights, frames, true);
    for (int lane = 0; lane < LANES; lane++) {
        for (int t = 0; t < frames; t++) {
            output[t] = (float)pass->outputs[t][lane];
        }
        result += factor * tone_loss(&tones[lane], output, frames, slope);
        for (int t = 0; t < frames; t++) {
            pass->outputs[t][lane] = (Real)(factor * (double)slope[t]);
        }
    }
    head_backward(pass, frames);
    backward(pass, weights, frames, false);
    return result;
}

// ---- Gradient ----

static void recurrent_gradient(const LayerPass *layer, const NetworkShape *shape, double *to) {
    const Cell cell = cell_of(shape->cell);
    const int hidden = shape->hidden, padded = padded_size(hidden);
    for (int g = 0; g < cell.gates; g++) {
        int gate = cell.recurrent_gates[g], rows = cell.gates * padded, row = g * padded;
        const Vector *tiles = layer->recurrent_gradient;
        if (shape->cell == LAYER_GRU_RESET_BEFORE) { // two matrices: z and r, then c
            tiles += g == 2 ? 2 * padded * padded : 0;
            rows = g == 2 ? padded : 2 * padded;
            row = g == 2 ? 0 : row;
        }
        for (int unit = 0; unit < hidden; unit++) {
            for (int k = 0; k < hidden; k++) {
                to[(gate * hidden + unit) * hidden + k] += outer_sum(tiles, rows, row + unit, k);
            }
        }
    }
}

static void layer_gradient(const Pass *pass, int index, NetworkLayer *to) {
    const LayerPass *layer = &pass->layer[index];
    const Cell cell = cell_of(pass->shape.cell);
    const int hidden = pass->shape.hidden, padded = pass->padded;
    recurrent_gradient(layer, &pass->shape, to->recurrent_kernel);
    for (int gate = 0; gate < cell.gates; gate++) {
        for (int unit = 0; unit < hidden; unit++) {
            int row = (cell.first_input_delta + gate) * padded + unit;
            const Vector *sums = layer->row_gradient + 2 * row;
            double *kernel = to->kernel + (gate * hidden + unit) * to->inputs;
            to->bias[gate * hidden + unit] += lane_sum(sums[1]);
            if (index == 0) {
                kernel[0] += lane_sum(sums[0]);
                for (int k = 0; k < pass->shape.knobs; k++) { // constant over a segment
                    kernel[1 + k] += lane_sum(sums[1] * pass->knobs[k]);
                }
            }
            for (int k = 0; index > 0 && k < hidden; k++) {
                kernel[k] += outer_sum(layer->inputs_gradient, cell.gates * padded,
                                       gate * padded + unit, k);
            }
        }
    }
    for (int unit = 0; to->recurrent_bias && unit < hidden; unit++) {
        to->recurrent_bias[unit] += lane_sum(
            layer->row_gradient[2 * (GRU_DELTA_PRODUCT * padded + unit) + 1]);
    }
}

static void clear_layer_gradient(LayerPass *layer, const Cell *cell, int padded) {
    size_t matrix = (size_t)(cell->gates * padded) * (size_t)padded * sizeof(Vector);
    memset(layer->recurrent_gradient, 0, matrix);
    if (layer->inputs_gradient) {
        memset(layer->inputs_gradient, 0, matrix);
    }
    memset(layer->row_gradient, 0, 2 * (size_t)(cell->deltas * padded) * sizeof(Vector));
}

static void pass_gradient(Pass *pass, Network *gradient) {
    const Cell cell = cell_of(pass->shape.cell);
    for (int i = 0; i < pass->shape.layers; i++) {
        layer_gradient(pass, i, &gradient->layer[i]);
        clear_layer_gradient(&pass->layer[i], &cell, pass->padded);
    }
    for (int unit = 0; unit < pass->shape.hidden; unit++) {
        gradient->head[unit] += lane_sum(pass->head_gradient[unit] * pass->head_mask[unit]);
    }
    gradient->head_bias[0] += lane_sum(pass->head_bias_gradient);
    memset(pass->head_gradient, 0, (size_t)pass->padded * sizeof(Vector));
    pass->head_bias_gradient = splat(0);
}

const PassKernels PASS_NAME = {
    .isa = PASS_ISA,
    .lanes = LANES,
    .weights_new = weights_new,
    .weights_free = weights_free,
    .weights_pack = weights_pack,
    .pass_new = pass_new,
    .pass_free = pass_free,
    .start = pass_start,
    .warm = pass_warm,
    .train = pass_train,
    .contract = pass_contract,
    .grow = pass_grow,
    .purify = pass_purify,
    .gradient = pass_gradient,
};
