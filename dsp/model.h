// SPDX-License-Identifier: ISC
// A Model is the shape and the weights of one network and what is known about it: a chain of
// layers from the audio sample (and the knobs) to one output sample. Immutable once loaded, so
// that any number of engines and threads may share it. It knows nothing of files or of SIMD.
//
//   y[t] = output_gain * (layers(input_gain * x[t], knobs) + (skip ? input_gain * x[t] : 0))
#ifndef GRUFF_DSP_MODEL_H
#define GRUFF_DSP_MODEL_H

#include <stdbool.h>

#include "dsp/status.h"

enum {
    MODEL_MAX_LAYERS = 8,
    MODEL_MAX_HIDDEN = 128,
    MODEL_MAX_KNOBS = 8,
    MODEL_TEXT = 128, // bytes of a metadata text, with its final zero
};

typedef enum LayerKind {
    LAYER_DENSE, // y = activation(W x + b)
    LAYER_GRU,   // reset gate after the recurrent product (Keras reset_after, cuDNN, PyTorch)
} LayerKind;

typedef enum Activation {
    ACTIVATION_LINEAR,
    ACTIVATION_TANH,
    ACTIVATION_SIGMOID,
    ACTIVATION_RELU,
} Activation;

// The weights of one layer. Rows are gate-major: row = gate * outputs + unit. A GRU has three
// gates in the order z (update), r (reset), c (candidate):
//   z = sigmoid(W_z x + U_z h + b_z + d_z)      b: bias, d: recurrent_bias
//   r = sigmoid(W_r x + U_r h + b_r + d_r)
//   c = tanh(W_c x + b_c + r * (U_c h + d_c))
//   h' = (1 - z) * c + z * h
// (Cho et al. 2014 as computed by Keras with reset_after=True.)
typedef struct Layer {
    LayerKind kind;
    Activation activation;   // of a dense layer
    int inputs;              // length of x
    int outputs;             // length of y; the hidden size of a GRU
    float *kernel;           // W: [gates * outputs][inputs]
    float *bias;             // b: [gates * outputs]
    float *recurrent_kernel; // U: [gates * outputs][outputs]; NULL for a dense layer
    float *recurrent_bias;   // d: [gates * outputs]; NULL for a dense layer
} Layer;

typedef struct ModelInfo {
    char name[MODEL_TEXT];
    char author[MODEL_TEXT];
    char license[MODEL_TEXT];
    double esr; // validation or test ESR as the file states it; negative when unknown
} ModelInfo;

typedef struct Model {
    double sample_rate; // Hz; 0 when the file does not tell
    bool skip;          // the input is added to the output
    double input_gain;  // dB
    double output_gain; // dB
    int knobs;          // inputs of the first layer beside the audio: 0 to MODEL_MAX_KNOBS
    int layer_count;
    Layer layers[MODEL_MAX_LAYERS];
    ModelInfo info;
} Model;

// Number of gates of a layer of this kind: 1 for dense, 3 for GRU.
int layer_gates(LayerKind kind);

// An empty model: no layers, gains 0 dB, ESR unknown. NULL when memory is short. The caller owns
// it.
Model *model_new(void);

// NULL is fine.
void model_free(Model *model);

// Appends a layer with zero weights; `model` owns them. STATUS_BAD_ARGUMENT for sizes out of range
// or inputs that do not fit the layer before. The model must not be shared yet.
Status model_add_layer(Model *model, LayerKind kind, Activation activation, int inputs, int outputs,
                       Diagnostic *diagnostic);

// Whether the whole can be run: first layer takes 1 + knobs inputs, last gives one output, every
// weight, gain and the sample rate is finite.
Status model_check(const Model *model, Diagnostic *diagnostic);

// Hidden size of the first recurrent layer; 0 when there is none.
int model_hidden(const Model *model);

// Number of weights of all layers, biases included.
long model_weight_count(const Model *model);

#endif
