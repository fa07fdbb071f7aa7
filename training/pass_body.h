// SPDX-License-Identifier: ISC
// Body of the training kernels, compiled once per ISA. The including file sets PASS_NAME (the
// table's name), PASS_ISA, LANES, TILE (outputs that a backward tile keeps in registers), GRAD_ROWS
// and GRAD_COLUMNS (the outer-product tile), and perhaps DOUBLE.
//
// Layout: [unit][lane]. A group's sequences run all steps of a segment forward, then the loss, then
// backward, before the next group, so that the history stays in the near caches. Hidden sizes are
// padded to a multiple of four with zero weights: a padded unit stays 0 and its gradient is
// dropped.

#include <string.h>

#include "dsp/memory.h"
#include "training/pass.h"
#include "training/vector.h"

enum {
    UNITS = 4,   // units of a forward tile; with three gates 12 accumulators
    COEFFS = 8,  // per unit: input kernel and bias of z, r, c; recurrent bias of c; head
    STRETCH = 32 // backward steps between two updates of the recurrent kernel's gradient
};

struct PassWeights {
    int hidden, padded;
    Real *forward;  // [padded / UNITS][padded][UNITS][3], scaled for the activations
    Real *coeffs;   // [padded][COEFFS], scaled
    Real *backward; // tiles of TILE or fewer columns: [3 * padded][columns of the tile]
    Real head_bias;
};

struct Pass {
    Vector last_error; // e before the segment
    Vector head_bias_gradient;
    size_t stride;   // vectors between two steps of `states`: one spare against aliasing
    Vector *states;  // [frames + 1][stride]: h before each step
    Vector *gates;   // [frames][4][padded]: 1 - z, r, c, scaled U_c h + d_c
    Vector *carried; // [padded]: h after the last segment
    Vector *inputs, *targets, *outputs; // [frames]; outputs become dL/dy
    Vector *emphasised;                 // [frames]
    Vector *deltas;                     // [STRETCH][4 * padded + 1]: z, r, U_c h, c
    Vector *from_next;                  // [padded]: dL/dh from the step after
    Vector *kept;                       // [padded]: the part of it that z lets through
    Vector *recurrent_gradient; // tiles of GRAD_ROWS x GRAD_COLUMNS over [3 * padded][padded]
    Vector *input_gradient;     // [4 * padded][2]: times x, times 1
    Vector *head_gradient;      // [padded]
    int hidden, padded, frames;
    Real skip;
};

// ---- Weights ----

static int tile_width(int padded, int tile) {
    int quads = padded / 4;
    int tiles = (padded + TILE - 1) / TILE;
    return 4 * (quads / tiles + (tile < quads % tiles));
}

static void weights_free(PassWeights *weights) {
    if (weights) {
        memory_free(weights->forward);
        memory_free(weights->coeffs);
        memory_free(weights->backward);
        memory_free(weights);
    }
}

static PassWeights *weights_new(int hidden) {
    PassWeights *weights = memory_new(1, sizeof *weights);
    if (!weights) {
        return NULL;
    }
    size_t padded = ((size_t)hidden + 3) / 4 * 4;
    weights->hidden = hidden;
    weights->padded = (int)padded;
    weights->forward = memory_new(3 * padded * padded, sizeof(Real));
    weights->coeffs = memory_new(COEFFS * padded, sizeof(Real));
    weights->backward = memory_new(3 * padded * padded, sizeof(Real));
    if (!weights->forward || !weights->coeffs || !weights->backward) {
        weights_free(weights);
        return NULL;
    }
    return weights;
}

// Sign and scale make 1 - z and r of the same 1 / (1 + 2^y): z's rows stand as they are, r's
// negated.
static const double gate_scale[3] = {SCALE_SIGMOID, -SCALE_SIGMOID, SCALE_TANH};

static void weights_pack(PassWeights *weights, const double *network) {
    int hidden = weights->hidden, padded = weights->padded;
    const double *kernel = network, *recurrent = kernel + 3 * hidden;
    const double *bias = recurrent + 3 * hidden * hidden, *recurrent_bias = bias + 3 * hidden;
    const double *head = recurrent_bias + hidden;
    for (int unit = 0; unit < hidden; unit++) {
        Real *coeffs = weights->coeffs + unit * COEFFS;
        Real *tile = weights->forward + unit / UNITS * padded * UNITS * 3 + unit % UNITS * 3;
        for (int gate = 0; gate < 3; gate++) {
            int row = gate * hidden + unit;
            coeffs[2 * gate] = (Real)(kernel[row] * gate_scale[gate]);
            coeffs[2 * gate + 1] = (Real)(bias[row] * gate_scale[gate]);
            for (int k = 0; k < hidden; k++) {
                tile[k * UNITS * 3 + gate] = (Real)(recurrent[row * hidden + k] * gate_scale[gate]);
            }
        }
        coeffs[6] = (Real)(recurrent_bias[unit] * SCALE_TANH);
        coeffs[7] = (Real)head[unit];
    }
    for (int tile = 0, first = 0; first < padded; first += tile_width(padded, tile++)) {
        int width = tile_width(padded, tile);
        Real *to = weights->backward + first * 3 * padded;
        for (int gate = 0; gate < 3; gate++) {
            for (int unit = 0; unit < hidden; unit++) {
                for (int c = 0; c < width && first + c < hidden; c++) {
                    to[(gate * padded + unit) * width + c] =
                        (Real)recurrent[(gate * hidden + unit) * hidden + first + c];
                }
            }
        }
    }
    weights->head_bias = (Real)head[hidden];
}

// ---- A group ----

static void pass_free(Pass *pass) {
    if (pass) {
        Vector *const all[] = {pass->states,
                               pass->gates,
                               pass->carried,
                               pass->inputs,
                               pass->targets,
                               pass->outputs,
                               pass->emphasised,
                               pass->deltas,
                               pass->from_next,
                               pass->kept,
                               pass->recurrent_gradient,
                               pass->input_gradient,
                               pass->head_gradient};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            memory_free(all[i]);
        }
        memory_free(pass);
    }
}

static Pass *pass_new(int hidden, bool skip, int frames) {
    Pass *pass = memory_new(1, sizeof *pass);
    if (!pass) {
        return NULL;
    }
    size_t padded = ((size_t)hidden + 3) / 4 * 4, steps = (size_t)frames;
    pass->hidden = hidden;
    pass->padded = (int)padded;
    pass->frames = frames;
    pass->skip = skip ? 1 : 0;
    pass->stride = padded + 1;
    struct {
        Vector **vectors;
        size_t count;
    } const all[] = {
        {&pass->states, (steps + 1) * pass->stride},
        {&pass->gates, steps * 4 * padded},
        {&pass->carried, padded},
        {&pass->inputs, steps},
        {&pass->targets, steps},
        {&pass->outputs, steps},
        {&pass->emphasised, steps + 1},
        {&pass->deltas, STRETCH * (4 * padded + 1)},
        {&pass->from_next, padded},
        {&pass->kept, padded},
        {&pass->recurrent_gradient, 3 * padded * padded},
        {&pass->input_gradient, 8 * padded},
        {&pass->head_gradient, padded},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        *all[i].vectors = memory_new(all[i].count, sizeof(Vector));
        if (!*all[i].vectors) {
            pass_free(pass);
            return NULL;
        }
    }
    return pass;
}

static void pass_reset(Pass *pass) {
    memset(pass->carried, 0, (size_t)pass->padded * sizeof(Vector));
    pass->last_error = splat(0);
}

static void gather(Vector *to, const float *const *from, int frames) {
    Real *flat = (Real *)to;
    for (int t = 0; t < frames; t++) {
        for (int lane = 0; lane < LANES; lane++) {
            flat[t * LANES + lane] = from[lane][t];
        }
    }
}

// ---- Forward ----

// One tile of UNITS units at one step: the products with h, the gates, the new h.
INLINE Vector forward_tile(const PassWeights *weights, int first, Vector x, const Vector *h,
                           Vector *next, Vector *gates, Vector y) {
    const int padded = weights->padded;
    const Real *coeffs = weights->coeffs + first * COEFFS;
    const Real *w = weights->forward + first * padded * 3;
    Vector sums[UNITS][3];
    UNROLL for (int u = 0; u < UNITS; u++) {
        sums[u][0] = x * coeffs[u * COEFFS] + coeffs[u * COEFFS + 1];
        sums[u][1] = x * coeffs[u * COEFFS + 2] + coeffs[u * COEFFS + 3];
        sums[u][2] = splat(coeffs[u * COEFFS + 6]);
    }
    for (int k = 0; k < padded; k++, w += UNITS * 3) {
        Vector state = h[k];
        UNROLL for (int u = 0; u < UNITS; u++) {
            UNROLL for (int gate = 0; gate < 3; gate++) {
                sums[u][gate] += w[u * 3 + gate] * state;
            }
        }
    }
    UNROLL for (int u = 0; u < UNITS; u++) {
        const Real *c = coeffs + u * COEFFS;
        int unit = first + u;
        Vector keep = decay(sums[u][0]); // 1 - z
        Vector r = decay(sums[u][1]);
        Vector candidate = tangent(x * c[4] + c[5] + r * sums[u][2]);
        Vector state = h[unit] + keep * (candidate - h[unit]);
        next[unit] = state;
        y += state * c[7];
        if (gates) {
            gates[unit] = keep;
            gates[padded + unit] = r;
            gates[2 * padded + unit] = candidate;
            gates[3 * padded + unit] = sums[u][2];
        }
    }
    return y;
}

// Runs `frames` steps from states[0]. With a history every step has its place; without one the
// states alternate between the first two places and the last one ends in the first.
INLINE void forward(Pass *pass, const PassWeights *weights, int frames, bool history) {
    const int padded = pass->padded;
    for (int t = 0; t < frames; t++) {
        const Vector *h = pass->states + pass->stride * (size_t)(history ? t : t & 1);
        Vector *next = pass->states + pass->stride * (size_t)(history ? t + 1 : (t + 1) & 1);
        Vector *gates = history ? pass->gates + (size_t)t * 4 * (size_t)padded : NULL;
        Vector x = pass->inputs[t];
        Vector y = x * pass->skip + weights->head_bias;
        for (int first = 0; first < padded; first += UNITS) {
            y = forward_tile(weights, first, x, h, next, gates, y);
        }
        pass->outputs[t] = y;
    }
    const Vector *last = pass->states + pass->stride * (size_t)(history ? frames : frames & 1);
    memcpy(pass->carried, last, (size_t)padded * sizeof(Vector));
}

static void pass_warm(Pass *pass, const PassWeights *weights, const float *const *input,
                      const float *const *target, int frames) {
    for (int done = 0; done < frames;) {
        int now = frames - done < pass->frames ? frames - done : pass->frames;
        const float *x[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            x[lane] = input[lane] + done;
        }
        gather(pass->inputs, x, now);
        memcpy(pass->states, pass->carried, (size_t)pass->padded * sizeof(Vector));
        forward(pass, weights, now, false);
        done += now;
        if (done == frames) {
            for (int lane = 0; lane < LANES; lane++) {
                pass->last_error[lane] = pass->outputs[now - 1][lane] - target[lane][frames - 1];
            }
        }
    }
}

// ---- Loss ----

// The segment's loss; turns outputs into dL/dy.
static double loss(Pass *pass, const LossScale *scale, int frames) {
    const Real plain = (Real)(2 * scale->plain), strong = (Real)(2 * scale->emphasised);
    const Real coefficient = (Real)PASS_EMPHASIS;
    Vector *errors = pass->outputs, *emphasised = pass->emphasised;
    Vector before = pass->last_error, sum = splat(0), squares = splat(0), strong_squares = splat(0);
    for (int t = 0; t < frames; t++) {
        Vector e = pass->outputs[t] - pass->targets[t];
        Vector p = e - coefficient * before;
        before = e;
        errors[t] = e;
        emphasised[t] = p;
        sum += e;
        squares += e * e;
        strong_squares += p * p;
    }
    pass->last_error = before;
    emphasised[frames] = splat(0); // the error after the segment is not its own
    Vector mean = sum / (Real)frames;
    Vector offset = mean * (Real)(2 * scale->dc);
    for (int t = 0; t < frames; t++) {
        Vector p = emphasised[t] - coefficient * emphasised[t + 1];
        errors[t] = plain * errors[t] + strong * p + offset;
    }
    return scale->plain * lane_sum(squares) + scale->emphasised * lane_sum(strong_squares) +
           scale->dc * frames * lane_sum(mean * mean);
}

// ---- Backward ----

// dL/dh of `width` units at the step before: what z lets through plus U^T times the deltas.
INLINE void backward_tile(Pass *pass, const Real *w, const Vector *deltas, int first,
                          const int width) {
    Vector sums[TILE];
    UNROLL for (int c = 0; c < width; c++) {
        sums[c] = pass->kept[first + c];
    }
    const int rows = 3 * pass->padded;
    for (int row = 0; row < rows; row++, w += width) {
        Vector delta = deltas[row];
        UNROLL for (int c = 0; c < width; c++) {
            sums[c] += w[c] * delta;
        }
    }
    UNROLL for (int c = 0; c < width; c++) {
        pass->from_next[first + c] = sums[c];
    }
}

static void backward_product(Pass *pass, const PassWeights *weights, const Vector *deltas) {
    const int padded = pass->padded;
    for (int tile = 0, first = 0; first < padded; first += tile_width(padded, tile++)) {
        const Real *w = weights->backward + first * 3 * padded;
        switch (tile_width(padded, tile)) {
        case 4:
            backward_tile(pass, w, deltas, first, 4);
            break;
        case 8:
            backward_tile(pass, w, deltas, first, 8);
            break;
#if TILE >= 12
        case 12:
            backward_tile(pass, w, deltas, first, 12);
            break;
#endif
#if TILE >= 24
        case 16:
            backward_tile(pass, w, deltas, first, 16);
            break;
        case 20:
            backward_tile(pass, w, deltas, first, 20);
            break;
        case 24:
            backward_tile(pass, w, deltas, first, 24);
            break;
#endif
        default:
            break;
        }
    }
}

// Through the gates of one step, unit by unit: deltas of the pre-activations, the part of dL/dh
// that the update gate lets through, the head's gradient.
INLINE void backward_gates(Pass *pass, const PassWeights *weights, int t, Vector *deltas) {
    const int padded = pass->padded;
    const Vector *h = pass->states + pass->stride * (size_t)t, *after = h + pass->stride;
    const Vector *gates = pass->gates + (size_t)t * 4 * (size_t)padded;
    const Vector dy = pass->outputs[t];
    const Real unscale = (Real)(1.0 / SCALE_TANH);
    for (int unit = 0; unit < padded; unit++) {
        Vector keep = gates[unit], r = gates[padded + unit];
        Vector candidate = gates[2 * padded + unit], product = gates[3 * padded + unit];
        Vector dh = pass->from_next[unit] + dy * weights->coeffs[unit * COEFFS + 7];
        Vector through = dh * keep;
        Vector kept = dh - through;
        Vector d_candidate = through * ((Real)1 - candidate * candidate);
        Vector d_product = d_candidate * r;
        deltas[unit] = kept * keep * (h[unit] - candidate);
        deltas[padded + unit] = d_product * product * (unscale - unscale * r);
        deltas[2 * padded + unit] = d_product;
        deltas[3 * padded + unit] = d_candidate;
        pass->kept[unit] = kept;
        pass->head_gradient[unit] += dy * after[unit];
    }
    pass->head_bias_gradient += dy;
}

// Adds the outer products of `frames` steps' deltas and states in tiles that stay in registers.
static void recurrent_gradient(Pass *pass, const Vector *states, int frames) {
    const int padded = pass->padded;
    const size_t delta_stride = 4 * (size_t)padded + 1;
    Vector *tile = pass->recurrent_gradient;
    for (int column = 0; column < padded; column += GRAD_COLUMNS) {
        for (int row = 0; row < 3 * padded; row += GRAD_ROWS, tile += GRAD_ROWS * GRAD_COLUMNS) {
            Vector sums[GRAD_ROWS][GRAD_COLUMNS];
            UNROLL for (int i = 0; i < GRAD_ROWS; i++) {
                UNROLL for (int k = 0; k < GRAD_COLUMNS; k++) {
                    sums[i][k] = tile[i * GRAD_COLUMNS + k];
                }
            }
            const Vector *delta = pass->deltas + row, *state = states + column;
            for (int t = 0; t < frames; t++, delta += delta_stride, state += pass->stride) {
                UNROLL for (int k = 0; k < GRAD_COLUMNS; k++) {
                    Vector h = state[k];
                    UNROLL for (int i = 0; i < GRAD_ROWS; i++) {
                        sums[i][k] += delta[i] * h;
                    }
                }
            }
            UNROLL for (int i = 0; i < GRAD_ROWS; i++) {
                UNROLL for (int k = 0; k < GRAD_COLUMNS; k++) {
                    tile[i * GRAD_COLUMNS + k] = sums[i][k];
                }
            }
        }
    }
}

static void input_gradient(Pass *pass, const Vector *inputs, int frames) {
    const int rows = 4 * pass->padded;
    const size_t stride = (size_t)rows + 1;
    for (int row = 0; row < rows; row += 4) {
        Vector *sums = pass->input_gradient + 2 * row;
        Vector by_input[4], by_one[4];
        UNROLL for (int i = 0; i < 4; i++) {
            by_input[i] = sums[2 * i];
            by_one[i] = sums[2 * i + 1];
        }
        const Vector *delta = pass->deltas + row;
        for (int t = 0; t < frames; t++, delta += stride) {
            UNROLL for (int i = 0; i < 4; i++) {
                by_input[i] += delta[i] * inputs[t];
                by_one[i] += delta[i];
            }
        }
        UNROLL for (int i = 0; i < 4; i++) {
            sums[2 * i] = by_input[i];
            sums[2 * i + 1] = by_one[i];
        }
    }
}

static void backward(Pass *pass, const PassWeights *weights, int frames) {
    const size_t delta_stride = 4 * (size_t)pass->padded + 1;
    memset(pass->from_next, 0, (size_t)pass->padded * sizeof(Vector));
    for (int end = frames; end > 0;) {
        int begin = end > STRETCH ? end - STRETCH : 0;
        for (int t = end - 1; t >= begin; t--) {
            Vector *deltas = pass->deltas + delta_stride * (size_t)(t - begin);
            backward_gates(pass, weights, t, deltas);
            backward_product(pass, weights, deltas);
        }
        recurrent_gradient(pass, pass->states + pass->stride * (size_t)begin, end - begin);
        input_gradient(pass, pass->inputs + begin, end - begin);
        end = begin;
    }
}

static double pass_train(Pass *pass, const PassWeights *weights, const LossScale *scale,
                         const float *const *input, const float *const *target, int frames) {
    gather(pass->inputs, input, frames);
    gather(pass->targets, target, frames);
    memcpy(pass->states, pass->carried, (size_t)pass->padded * sizeof(Vector));
    forward(pass, weights, frames, true);
    double result = loss(pass, scale, frames);
    backward(pass, weights, frames);
    return result;
}

// ---- Gradient ----

static void pass_gradient(Pass *pass, double *gradient) {
    const int hidden = pass->hidden, padded = pass->padded;
    double *kernel = gradient, *recurrent = kernel + 3 * hidden;
    double *bias = recurrent + 3 * hidden * hidden, *recurrent_bias = bias + 3 * hidden;
    double *head = recurrent_bias + hidden;
    for (int gate = 0; gate < 3; gate++) {
        for (int unit = 0; unit < hidden; unit++) {
            int row = gate * padded + unit;
            for (int k = 0; k < hidden; k++) {
                int tile = k / GRAD_COLUMNS * (3 * padded / GRAD_ROWS) + row / GRAD_ROWS;
                int place = row % GRAD_ROWS * GRAD_COLUMNS + k % GRAD_COLUMNS;
                recurrent[(gate * hidden + unit) * hidden + k] += lane_sum(
                    pass->recurrent_gradient[tile * GRAD_ROWS * GRAD_COLUMNS + place]);
            }
            // The candidate's input side has its own delta, the fourth.
            const Vector *sums = pass->input_gradient + 2 * (gate == 2 ? row + padded : row);
            kernel[gate * hidden + unit] += lane_sum(sums[0]);
            bias[gate * hidden + unit] += lane_sum(sums[1]);
        }
    }
    for (int unit = 0; unit < hidden; unit++) {
        recurrent_bias[unit] += lane_sum(pass->input_gradient[2 * (2 * padded + unit) + 1]);
        head[unit] += lane_sum(pass->head_gradient[unit]);
    }
    head[hidden] += lane_sum(pass->head_bias_gradient);
    memset(pass->recurrent_gradient, 0, (size_t)(3 * padded * padded) * sizeof(Vector));
    memset(pass->input_gradient, 0, (size_t)(8 * padded) * sizeof(Vector));
    memset(pass->head_gradient, 0, (size_t)padded * sizeof(Vector));
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
    .reset = pass_reset,
    .warm = pass_warm,
    .train = pass_train,
    .gradient = pass_gradient,
};
