// SPDX-License-Identifier: ISC
// A Model is the shape and the weights of one network and what is known about it: a stack of
// layers from the audio sample (and the knobs) to one output sample. Immutable once loaded, so
// that any number of engines and threads may share it. It knows nothing of files or of SIMD.
//
//   y[t] = output_gain * (layers(input_gain * x[t], knobs) + (skip ? input_gain * x[t] : 0))
#ifndef GRUFF_DSP_NETWORK_MODEL_H
#define GRUFF_DSP_NETWORK_MODEL_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/network/layer_kind.h"

enum {
    MODEL_MAX_LAYERS = 8,
    MODEL_MAX_HIDDEN = 128,
    MODEL_MAX_KNOBS = 8,
    MODEL_TEXT = 128, // bytes of a metadata text, with its final zero
};

// The weights of one layer. Rows are gate-major: row = gate * outputs + unit.
//
// A GRU has three gates in the order z (update), r (reset), c (candidate), with b the bias and d
// the recurrent bias:
//   z = sigmoid(W_z x + U_z h + b_z + d_z)
//   r = sigmoid(W_r x + U_r h + b_r + d_r)
//   c = tanh(W_c x + b_c + r * (U_c h + d_c))      reset gate after the recurrent product
//   c = tanh(W_c x + b_c + d_c + U_c (r * h))      reset gate before it
//   h' = (1 - z) * c + z * h
// An LSTM has four in the order i (input), f (forget), c (candidate), o (output), and a cell s:
//   i, f, o = sigmoid(W x + U h + b + d)   c = tanh(W_c x + U_c h + b_c + d_c)
//   s' = f * s + i * c                     h' = o * tanh(s')
typedef struct Layer {
    LayerKind kind;
    Activation activation;   // of a dense layer
    int inputs;              // length of x
    int outputs;             // length of y; the hidden size of a recurrent layer
    float *kernel;           // W: [gates * outputs][inputs]
    float *bias;             // b: [gates * outputs]
    float *slope;            // [outputs] of ACTIVATION_PRELU, else NULL
    float *recurrent_kernel; // U: [gates * outputs][outputs]; NULL for a dense layer
    float *recurrent_bias;   // d: [gates * outputs]; NULL for a dense layer
    float *initial_state;    // h before the first sample: [outputs]; NULL for a dense layer
    float *initial_cell;     // s before the first sample: [outputs]; NULL but for an LSTM
} Layer;

// An input of the first layer beside the audio, that the player turns.
typedef struct Knob {
    char name[MODEL_TEXT];
    float minimum, maximum, initial;
} Knob;

enum { MODEL_GUITARS = 5, MODEL_NOISES = 2 }; // levels that ModelBehaviour tells of

// How the model behaves away from its recording, as it was measured once
// (dsp/measures/behaviour.h). dB; NaN: unknown.
typedef struct ModelBehaviour {
    bool known;                   // else the rest says nothing
    bool calm;                    // it forgets a click, and another past, in all that was tried
    double calm_to;               // guitar up to which it does; NaN: not even at 0 dB
    double guitar[MODEL_GUITARS]; // what a click leaves at 0, 6, 12, 18, 24 dB
    double noise[MODEL_NOISES];   // and in noise of -20 and -10 dB
    double aliasing_loud, aliasing_soft; // mean inharmonic power for sines of 0 and -20 dB
    bool steady;                         // no hole, jump or limit cycle from -60 to 24 dB
    double gain;                         // for guitar at 0 dB
    char calm_verdict[MODEL_TEXT];       // in words
    char aliasing_verdict[MODEL_TEXT];
    char levels_verdict[MODEL_TEXT];
} ModelBehaviour;

typedef struct ModelInfo {
    char name[MODEL_TEXT];
    char author[MODEL_TEXT];
    char license[MODEL_TEXT];
    char gear[MODEL_TEXT];   // the device that was modelled
    double esr;              // validation or test ESR as the file states it; negative: unknown
    double esr_seconds;      // of audio that it is of; 0: unknown
    int esr_stretches;       // that this audio is in
    double loudness;         // dB, RMS of the output for a standard input; NaN: unknown
    double input_level_dbu;  // of a 1 kHz sine whose peak is 0 dBFS at the input; NaN: unknown
    double output_level_dbu; // the same at the output; NaN: unknown
    double latency;          // samples that were taken out of the recording before training
    double trained_epochs;   // 0: unknown
    double trained_seconds;  // 0: unknown
    unsigned long trained_seed;
    ModelBehaviour behaviour;
} ModelInfo;

// What a file says that the layers alone give: zero initial state, knobs 0, gains 1, no skip
// (doc/formats.md: input_batch, output_batch).
typedef struct ModelTest {
    int frames;    // 0: the file has none
    float *input;  // [frames][1 + knobs], owned
    float *output; // [frames], owned
} ModelTest;

typedef struct Model {
    double sample_rate; // Hz; 0 when the file does not tell
    bool skip;          // the input is added to the output
    double input_gain;  // dB
    double output_gain; // dB
    int settling;       // samples of silence to run before the first one (.nam); mostly 0
    int knobs;          // inputs of the first layer beside the audio: 0 to MODEL_MAX_KNOBS
    Knob knob[MODEL_MAX_KNOBS];
    int layer_count;
    Layer layers[MODEL_MAX_LAYERS];
    ModelTest test;
    ModelInfo info;
} Model;

// An empty model: no layers, gains 0 dB, ESR and levels unknown, knobs from 0 to 1. NULL when
// memory is short. The caller owns it.
Model *model_new(void);

// NULL is fine.
void model_free(Model *model);

// A model of its own with the same shape, weights, test and information; NULL when memory is short.
Model *model_copy(const Model *model);

// Makes room for a self-test of `frames` frames; `model->knobs` must be set already.
Status model_add_test(Model *model, int frames, Diagnostic *diagnostic);

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
