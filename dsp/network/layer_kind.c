// SPDX-License-Identifier: ISC
#include "dsp/network/layer_kind.h"

static const struct {
    const char *name, *title;
    int gates;
} kinds[LAYER_KINDS] = {
    [LAYER_DENSE] = {"dense", "dense", 1},
    [LAYER_GRU] = {"gru", "GRU", 3},
    [LAYER_GRU_RESET_BEFORE] = {"gru-before", "GRU (reset before)", 3},
    [LAYER_LSTM] = {"lstm", "LSTM", 4},
};

int layer_gates(LayerKind kind) {
    return kinds[kind].gates;
}

const char *layer_kind_name(LayerKind kind) {
    return kinds[kind].name;
}

const char *layer_kind_title(LayerKind kind) {
    return kinds[kind].title;
}

const char *activation_name(Activation activation) {
    static const char *const names[] = {
        [ACTIVATION_LINEAR] = "",     [ACTIVATION_TANH] = "tanh", [ACTIVATION_SIGMOID] = "sigmoid",
        [ACTIVATION_RELU] = "relu",   [ACTIVATION_ELU] = "elu",   [ACTIVATION_SOFTMAX] = "softmax",
        [ACTIVATION_PRELU] = "prelu",
    };
    return names[activation];
}
