// SPDX-License-Identifier: ISC
// The layers of a model with packed weights, each with the memory that it runs in. A recurrent
// layer that is not the first becomes two: a dense one that makes the pre-activations, and the
// recurrence. Part of the engine; nobody else includes this.
#ifndef GRUFF_DSP_NETWORK_LAYER_STACK_H
#define GRUFF_DSP_NETWORK_LAYER_STACK_H

#include "dsp/network/kernels/kernels.h"

enum {
    LAYER_STACK_BLOCK = 64, // frames that a layer runs before the next one does
    LAYER_STACK_MAX_LAYERS = 2 * MODEL_MAX_LAYERS,
    LAYER_STACK_MAX_STATES = 8, // that take turns over one set of weights
};

// The memory of a packed layer in one of the stack's states.
typedef struct LayerState {
    void *
        rows[KERNEL_CHANNELS]; // what it writes: LAYER_STACK_BLOCK rows, or two more when recurrent
    void *cells[KERNEL_CHANNELS]; // recurrent; see CellJob: two rows
    unsigned phase;               // frames run so far, modulo 2: the row where a call finds h
    unsigned held;                // the row where the last call left h
} LayerState;

typedef struct PackedLayer {
    LayerKind kind;
    int inputs; // of a dense layer
    int width;  // numbers of a row that it writes
    Activation activation;
    void *kernel; // dense: packed; recurrent: the rows for the audio input
    void *bias;   // a row for each gate; NULL when the layer before makes it
    void *slope;  // ACTIVATION_PRELU: a row
    // First layer: bias without knobs, and a row for each knob.
    double *base_bias;
    double *knob_rows;
    int bias_count;
    // Recurrent
    CellKernel cell;
    int hidden;
    void *recurrent_kernel;
    void *recurrent_bias;
    void *head;
    double head_bias;
    bool fused_head;
    void *start;                               // the state after a reset: a row
    void *start_cell;                          // the cells after a reset: two rows
    LayerState states[LAYER_STACK_MAX_STATES]; // a dense layer, which remembers nothing, has one
} PackedLayer;

typedef struct LayerStack {
    const Kernels *kernels;
    int channels;
    int states;
    int knobs;
    int count;
    PackedLayer layers[LAYER_STACK_MAX_LAYERS];
    void *first_rows[KERNEL_CHANNELS]; // x as rows, when the first layer is dense
} LayerStack;

// Adds the layers of `model`, which model_check has passed, to an empty stack whose kernels,
// channels, states and knobs are set. The states are not set yet: only `start` is. False when
// memory is short. Not the audio thread.
bool layer_stack_build(LayerStack *stack, const Model *model);

// Frees what the layers hold, also after layer_stack_build failed.
void layer_stack_clear(LayerStack *stack);

// The memory of a layer in state `state` of the stack.
static inline LayerState *layer_state(PackedLayer *packed, int state) REALTIME {
    return &packed->states[packed->kind == LAYER_DENSE ? 0 : state];
}

// Number `index` of an array of the stack's numbers.
static inline void *layer_stack_number(const LayerStack *stack, void *numbers, size_t index)
    REALTIME {
    return (char *)numbers + index * stack->kernels->number;
}

#endif
