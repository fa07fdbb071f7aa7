// SPDX-License-Identifier: ISC
// A group of sequences, one in each lane: what a pass over them keeps, and how it starts. Part of
// the training kernels, as training/network/pass_body.h.
#ifndef GRUFF_TRAINING_NETWORK_PASS_GROUP_H
#define GRUFF_TRAINING_NETWORK_PASS_GROUP_H

#include "dsp/base/random.h"
#include "training/network/pass_loss.h"
#include "training/network/pass_weights.h"

struct Pass {
    FilterMemory memory; // of the loss's filters
    Vector head_bias_gradient;
    Vector knobs[MODEL_MAX_KNOBS];
    NetworkShape shape;
    int padded, frames;
    LayerPass layer[NETWORK_MAX_LAYERS];
    Vector *inputs, *targets; // [frames]
    Vector *outputs;          // [frames]: y, then e = y - target, then dL/dy
    Vector *scratch[2];       // [frames]
    Vector *slopes;           // [frames]: of the spectral loss
    float *lane_buffers;      // [3][frames]
    Vector *head;             // [padded]: its weights times the mask of its dropout
    Vector *head_mask;        // [padded]
    Vector *head_gradient;    // [padded], before the mask
};

static void pass_free(Pass *pass) {
    if (!pass) {
        return;
    }
    for (int i = 0; i < pass->shape.layers; i++) {
        LayerPass *layer = &pass->layer[i];
        Vector *const all[] = {layer->states,
                               layer->cells,
                               layer->masked,
                               layer->mask,
                               layer->saved,
                               layer->carried,
                               layer->constant,
                               layer->deltas,
                               layer->from_next,
                               layer->scratch,
                               layer->below_gradient,
                               layer->recurrent_gradient,
                               layer->inputs_gradient,
                               layer->row_gradient,
                               layer->after};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
            memory_free(all[k]);
        }
    }
    memory_free(pass->inputs);
    memory_free(pass->targets);
    memory_free(pass->outputs);
    memory_free(pass->scratch[0]);
    memory_free(pass->slopes);
    memory_free(pass->lane_buffers);
    memory_free(pass->scratch[1]);
    memory_free(pass->head);
    memory_free(pass->head_mask);
    memory_free(pass->head_gradient);
    memory_free(pass);
}

static bool layer_new(LayerPass *layer, const NetworkShape *shape, int index, size_t steps,
                      bool dropout) {
    const Cell cell = cell_of(shape->cell);
    size_t padded = (size_t)padded_size(shape->hidden), rows = (size_t)cell.gates * padded;
    size_t deltas = (size_t)cell.deltas * padded;
    layer->stride = padded + 1;
    layer->step = deltas + 1;
    const Want wants[] = {
        {&layer->states, (steps + 1) * layer->stride},
        {&layer->masked, dropout ? (steps + 1) * layer->stride : 0},
        {&layer->mask, dropout ? padded : 0},
        {&layer->cells, shape->cell == LAYER_LSTM ? (steps + 1) * padded : 0},
        {&layer->saved, steps * (size_t)cell.saved * padded},
        {&layer->carried, 2 * padded},
        {&layer->constant, rows + padded},
        {&layer->deltas, STRETCH * layer->step},
        {&layer->from_next, 2 * padded},
        {&layer->after, 2 * padded},
        {&layer->scratch, 2 * padded},
        {&layer->below_gradient, index ? steps * padded : 0},
        {&layer->recurrent_gradient, rows * padded},
        {&layer->inputs_gradient, index ? rows * padded : 0},
        {&layer->row_gradient, 2 * deltas},
    };
    return allocate(wants, sizeof wants / sizeof *wants, sizeof(Vector));
}

static Pass *pass_new(const NetworkShape *shape, int frames, bool dropout) {
    Pass *pass = memory_new(1, sizeof *pass);
    if (!pass) {
        return NULL;
    }
    size_t steps = (size_t)frames;
    pass->shape = *shape;
    pass->padded = padded_size(shape->hidden);
    pass->frames = frames;
    const Want wants[] = {
        {&pass->inputs, steps},
        {&pass->targets, steps},
        {&pass->outputs, steps},
        {&pass->scratch[0], steps},
        {&pass->scratch[1], steps},
        {&pass->slopes, steps},
        {&pass->head, (size_t)pass->padded},
        {&pass->head_mask, (size_t)pass->padded},
        {&pass->head_gradient, (size_t)pass->padded},
    };
    bool good = allocate(wants, sizeof wants / sizeof *wants, sizeof(Vector));
    good = allocate(&(Want){&pass->lane_buffers, 3 * steps}, 1, sizeof(float)) && good;
    for (int i = 0; i < shape->layers; i++) {
        good = layer_new(&pass->layer[i], shape, i, steps, dropout) && good;
    }
    if (!good) {
        pass_free(pass);
        return NULL;
    }
    return pass;
}

// Drops a unit of a lane with probability `share` and makes up for it in the others (Srivastava
// et al. 2014).
static void draw_mask(Vector *mask, int padded, double share, Random *random) {
    for (int i = 0; i < padded * LANES; i++) {
        bool drop = share > 0.0 && random_uniform(random) < share;
        mask[i / LANES][i % LANES] = drop ? 0 : (Real)(1.0 / (1.0 - share));
    }
}

static void pass_start(Pass *pass, const float *const *knobs, const PassDropout *dropout) {
    Random random = {dropout ? dropout->seed : 0};
    for (int i = 0; i < pass->shape.layers; i++) {
        LayerPass *layer = &pass->layer[i];
        memset(layer->carried, 0, 2 * (size_t)pass->padded * sizeof(Vector));
        if (layer->mask) {
            draw_mask(layer->mask, pass->padded, dropout ? dropout->recurrent : 0.0, &random);
        }
    }
    draw_mask(pass->head_mask, pass->padded, dropout ? dropout->head : 0.0, &random);
    pass->memory = (FilterMemory){0};
    for (int k = 0; k < pass->shape.knobs; k++) {
        for (int lane = 0; lane < LANES; lane++) {
            pass->knobs[k][lane] = (Real)knobs[lane][k];
        }
    }
}

#endif
