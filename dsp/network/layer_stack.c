// SPDX-License-Identifier: ISC
#include "dsp/network/layer_stack.h"

#include <float.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/network/kernels/pack.h"

static void *new_numbers(const LayerStack *stack, size_t count) {
    return memory_new(count, stack->kernels->number);
}

// `factor` times `count` floats as zero-padded numbers; NULL when memory is short.
static void *new_row(const LayerStack *stack, int width, const float *values, int count,
                     double factor) {
    void *row = new_numbers(stack, (size_t)width);
    for (int i = 0; row && values && i < count; i++) {
        pack_put(stack->kernels, row, (size_t)i, factor * (double)values[i]);
    }
    return row;
}

// ---- Dense layers ----

// A row for every input and one more for the bias, as doubles; NULL when memory is short.
static double *dense_columns(const Layer *layer, int width) {
    double *columns = memory_new((size_t)(layer->inputs + 1) * (size_t)width, sizeof *columns);
    if (!columns) {
        return NULL;
    }
    double *bias = columns + layer->inputs * width;
    for (int unit = 0; unit < layer->outputs; unit++) {
        for (int input = 0; input < layer->inputs; input++) {
            columns[input * width + unit] = (double)layer->kernel[unit * layer->inputs + input];
        }
        bias[unit] = (double)layer->bias[unit];
    }
    // Whose exponential vanishes.
    for (int unit = layer->outputs; layer->activation == ACTIVATION_SOFTMAX && unit < width;
         unit++) {
        bias[unit] = -(double)FLT_MAX;
    }
    return columns;
}

static bool put_bias(const LayerStack *stack, PackedLayer *packed, const double *bias, int count) {
    packed->bias = new_numbers(stack, (size_t)count);
    if (packed->bias) {
        pack_put_all(stack->kernels, packed->bias, 0, bias, (size_t)count);
    }
    return packed->bias != NULL;
}

// Keeps what the knobs add to the bias of the first layer.
static bool put_knobs(const LayerStack *stack, PackedLayer *packed, const double *columns,
                      int width) {
    size_t count = (size_t)width;
    size_t knobs = (size_t)stack->knobs;
    packed->base_bias = memory_new(count, sizeof(double));
    packed->knob_rows = memory_new(count * knobs, sizeof(double));
    if (!packed->base_bias || !packed->knob_rows) {
        return false;
    }
    packed->bias_count = width;
    memcpy(packed->knob_rows, columns + count, knobs * count * sizeof(double));
    memcpy(packed->base_bias, columns + (1 + knobs) * count, count * sizeof(double));
    return true;
}

// A dense layer from `columns`. The first layer has the audio as its only input: the knobs' part
// is in the bias.
static bool add_dense(LayerStack *stack, const double *columns, int inputs, int width,
                      Activation activation) {
    const Kernels *kernels = stack->kernels;
    bool first = stack->count == 0;
    PackedLayer *packed = &stack->layers[stack->count++];
    packed->kind = LAYER_DENSE;
    packed->inputs = first ? 1 : inputs;
    packed->width = width;
    packed->activation = activation;
    packed->kernel = new_numbers(stack, (size_t)packed->inputs * (size_t)width);
    if (!packed->kernel || !put_bias(stack, packed, columns + inputs * width, width) ||
        (first && !put_knobs(stack, packed, columns, width))) {
        return false;
    }
    pack_dense(kernels, packed->kernel, columns, packed->inputs, width);
    for (int c = 0; c < stack->channels; c++) {
        void **rows = &packed->states[0].rows[c];
        *rows = new_numbers(stack, (size_t)LAYER_STACK_BLOCK * (size_t)width);
        if (first) {
            stack->first_rows[c] = new_numbers(stack, LAYER_STACK_BLOCK);
        }
        if (!*rows || (first && !stack->first_rows[c])) {
            return false;
        }
    }
    return true;
}

static bool add_dense_layer(LayerStack *stack, const Layer *layer) {
    int width = pack_padded(layer->outputs, stack->kernels->lanes);
    PackedLayer *packed = &stack->layers[stack->count];
    double *columns = dense_columns(layer, width);
    bool ok = columns && add_dense(stack, columns, layer->inputs, width, layer->activation);
    memory_free(columns);
    if (ok && layer->activation == ACTIVATION_PRELU) {
        packed->slope = new_row(stack, width, layer->slope, layer->outputs, 1.0);
        ok = packed->slope != NULL;
    }
    return ok;
}

// ---- Recurrent layers ----

// As dense_columns, `width` numbers for the rows of all gates, which may end before it.
static double *cell_columns(const Layer *layer, const CellLayout *layout, int width) {
    double *columns = memory_new((size_t)(layer->inputs + 1) * (size_t)width, sizeof *columns);
    for (int input = 0; columns && input < layer->inputs; input++) {
        pack_cell_input(columns + input * width, layout, layer, input);
    }
    if (columns) {
        pack_cell_input(columns + layer->inputs * width, layout, layer, -1);
    }
    return columns;
}

static bool put_head(const LayerStack *stack, PackedLayer *packed, const Layer *head) {
    packed->head = new_row(stack, packed->width, head ? head->kernel : NULL,
                           head ? head->inputs : 0, 1.0);
    packed->head_bias = head ? (double)head->bias[0] : 0.0;
    packed->fused_head = head != NULL;
    return packed->head != NULL;
}

// What the state starts from, and the memory for it.
static bool put_state(const LayerStack *stack, PackedLayer *packed, const Layer *layer) {
    packed->start = new_row(stack, packed->width, layer->initial_state, layer->outputs, 1.0);
    packed->start_cell = new_row(stack, 2 * packed->width, layer->initial_cell, layer->outputs,
                                 packed->cell.layout.scales.cell);
    bool ok = packed->start && packed->start_cell;
    for (int i = 0; ok && i < stack->states * stack->channels; i++) {
        LayerState *state = &packed->states[i / stack->channels];
        int c = i % stack->channels;
        state->rows[c] = new_numbers(stack,
                                     (size_t)(LAYER_STACK_BLOCK + 2) * (size_t)packed->width);
        state->cells[c] = new_numbers(stack, 2 * (size_t)packed->width);
        ok = state->rows[c] && state->cells[c];
    }
    return ok;
}

// The recurrence itself. `columns` give the audio input's weights for the first layer; later ones
// find their pre-activations in the rows of the layer before.
static bool add_recurrence(LayerStack *stack, const Layer *layer, const CellKernel *cell,
                           const double *columns, int inputs_width, const Layer *head) {
    const Kernels *kernels = stack->kernels;
    bool first = stack->count == 0;
    PackedLayer *packed = &stack->layers[stack->count++];
    packed->kind = layer->kind;
    packed->cell = *cell;
    packed->hidden = layer->outputs;
    packed->width = cell->layout.lanes * cell->layout.blocks;
    packed->kernel = new_numbers(stack, (size_t)inputs_width);
    packed->recurrent_kernel = new_numbers(stack, pack_recurrent_count(&cell->layout, layer));
    packed->recurrent_bias = new_numbers(stack, (size_t)packed->width);
    if (!packed->kernel || !packed->recurrent_kernel || !packed->recurrent_bias ||
        !put_head(stack, packed, head) || !put_state(stack, packed, layer)) {
        return false;
    }
    pack_recurrent(kernels, packed->recurrent_kernel, &cell->layout, layer);
    if (layer->kind == LAYER_GRU) {
        pack_recurrent_bias(kernels, packed->recurrent_bias, &cell->layout, layer);
    }
    for (int i = 0; first && i < inputs_width; i++) {
        pack_put(kernels, packed->kernel, (size_t)i, columns[i]);
    }
    return !first ||
           (put_bias(stack, packed, columns + layer->inputs * inputs_width, inputs_width) &&
            put_knobs(stack, packed, columns, inputs_width));
}

static bool add_recurrent_layer(LayerStack *stack, const Layer *layer, const Layer *head) {
    CellKernel cell = stack->kernels->cell(layer->kind, layer->outputs, stack->channels);
    int width = pack_padded(layer_gates(layer->kind) * cell.layout.lanes * cell.layout.blocks,
                            stack->kernels->lanes);
    double *columns = cell_columns(layer, &cell.layout, width);
    bool ok = columns != NULL;
    if (ok && stack->count > 0) {
        ok = add_dense(stack, columns, layer->inputs, width, ACTIVATION_LINEAR);
    }
    ok = ok && add_recurrence(stack, layer, &cell, columns, width, head);
    memory_free(columns);
    return ok;
}

// ---- The whole ----

static bool is_head(const Model *model, int index) {
    const Layer *layer = &model->layers[index];
    return index == model->layer_count - 1 && layer->kind == LAYER_DENSE &&
           layer->activation == ACTIVATION_LINEAR;
}

bool layer_stack_build(LayerStack *stack, const Model *model) {
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        if (layer->kind == LAYER_DENSE) {
            if (!add_dense_layer(stack, layer)) {
                return false;
            }
            continue;
        }
        const Layer *head = i + 1 < model->layer_count && is_head(model, i + 1) ? layer + 1 : NULL;
        if (!add_recurrent_layer(stack, layer, head)) {
            return false;
        }
        i += head != NULL;
    }
    return true;
}

static void free_layer(PackedLayer *packed) {
    memory_free(packed->kernel);
    memory_free(packed->bias);
    memory_free(packed->slope);
    memory_free(packed->base_bias);
    memory_free(packed->knob_rows);
    memory_free(packed->recurrent_kernel);
    memory_free(packed->recurrent_bias);
    memory_free(packed->head);
    memory_free(packed->start);
    memory_free(packed->start_cell);
    for (int i = 0; i < LAYER_STACK_MAX_STATES * KERNEL_CHANNELS; i++) {
        LayerState *state = &packed->states[i / KERNEL_CHANNELS];
        memory_free(state->rows[i % KERNEL_CHANNELS]);
        memory_free(state->cells[i % KERNEL_CHANNELS]);
    }
}

void layer_stack_clear(LayerStack *stack) {
    for (int i = 0; i < stack->count; i++) {
        free_layer(&stack->layers[i]);
    }
    for (int c = 0; c < KERNEL_CHANNELS; c++) {
        memory_free(stack->first_rows[c]);
    }
}
