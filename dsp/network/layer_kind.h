// SPDX-License-Identifier: ISC
// The kinds of layers that a model is made of, and what they are called. Any thread.
#ifndef GRUFF_DSP_NETWORK_LAYER_KIND_H
#define GRUFF_DSP_NETWORK_LAYER_KIND_H

typedef enum LayerKind {
    LAYER_DENSE,            // y = activation(W x + b)
    LAYER_GRU,              // reset gate after the recurrent product (Keras, cuDNN, PyTorch)
    LAYER_GRU_RESET_BEFORE, // reset gate before the recurrent product (Cho et al. 2014)
    LAYER_LSTM,             // Hochreiter & Schmidhuber 1997, with forget gate (Gers et al. 2000)
} LayerKind;

enum { LAYER_KINDS = LAYER_LSTM + 1 };

typedef enum Activation {
    ACTIVATION_LINEAR,
    ACTIVATION_TANH,
    ACTIVATION_SIGMOID,
    ACTIVATION_RELU,
    ACTIVATION_ELU,     // x for x > 0, else exp(x) - 1
    ACTIVATION_SOFTMAX, // exp(x_i) / sum_k exp(x_k)
    ACTIVATION_PRELU,   // x for x > 0, else slope * x
} Activation;

// Number of gates of a layer of this kind: 1 for dense, 3 for GRU, 4 for LSTM.
int layer_gates(LayerKind kind);

// What a kind is called in options and JSON, "gru-before" for instance, and to people, "GRU (reset
// before)". Constant texts.
const char *layer_kind_name(LayerKind kind);
const char *layer_kind_title(LayerKind kind);

// What an activation is called in JSON, "tanh" for instance; "" for ACTIVATION_LINEAR.
const char *activation_name(Activation activation);

#endif
