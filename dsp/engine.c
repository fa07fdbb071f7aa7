// SPDX-License-Identifier: ISC
// The layers of a model as a chain of stages, run in turn over short blocks. The knobs are constant
// over a call, so that their part of the first layer goes into its bias.
#include "dsp/engine.h"

#include <math.h>
#include <string.h>

#include "dsp/kernels/kernels.h"
#include "dsp/kernels/pack.h"
#include "dsp/memory.h"

enum {
    BLOCK = 64, // frames that a stage runs before the next one does
    MAX_STAGES = 2 * MODEL_MAX_LAYERS,
    MAX_GAIN = 120, // dB, either way
};

// Held to this, finite input cannot overflow inside; audio is a million times smaller.
static const float max_input = 1e6f;

typedef struct Stage {
    bool recurrent;
    int inputs; // of a dense stage
    int width;  // numbers of a row that it writes
    Activation activation;
    void *kernel;                    // dense: packed; GRU: the rows for the audio input
    void *bias;                      // one row; NULL for a GRU that takes it from the stage before
    void *rows[ENGINE_MAX_CHANNELS]; // what it writes: BLOCK rows, or two more for a GRU
    // First stage: bias without knobs, and a row for each knob.
    double *base_bias;
    double *knob_rows;
    int bias_count;
    // GRU
    GruKernel gru;
    int hidden;
    void *recurrent_kernel;
    void *recurrent_bias;
    void *head;
    double head_bias;
    bool fused_head;
    unsigned phase; // frames run so far, modulo 2: the row where a call finds the state
    unsigned held;  // the row where the last call left the state
} Stage;

struct Engine {
    const Kernels *kernels;
    double sample_rate;
    float input_gain, output_gain; // factors
    float skip;                    // 0 or 1
    int channels;
    int knobs;
    float knob[MODEL_MAX_KNOBS];
    bool knobs_changed;
    int stage_count;
    Stage stages[MAX_STAGES];
    void *first_rows[ENGINE_MAX_CHANNELS]; // x as rows, when the first stage is dense
    float x[ENGINE_MAX_CHANNELS][BLOCK];
    float y[ENGINE_MAX_CHANNELS][BLOCK];
};

static void *new_numbers(const Engine *engine, size_t count) {
    return memory_new(count, engine->kernels->number);
}

static void *number_at(const Engine *engine, void *numbers, size_t index) REALTIME {
    return (char *)numbers + index * engine->kernels->number;
}

// ---- Making ----

// A row for every input and one more for the bias, as doubles; NULL when memory is short.
static double *dense_columns(const Layer *layer, int width) {
    double *columns = memory_new((size_t)(layer->inputs + 1) * (size_t)width, sizeof *columns);
    for (int unit = 0; columns && unit < layer->outputs; unit++) {
        for (int input = 0; input < layer->inputs; input++) {
            columns[input * width + unit] = (double)layer->kernel[unit * layer->inputs + input];
        }
        columns[layer->inputs * width + unit] = (double)layer->bias[unit];
    }
    return columns;
}

// `width` numbers for a GRU's rows: they may end before it.
static double *gru_columns(const Layer *layer, const GruLayout *layout, int width) {
    double *columns = memory_new((size_t)(layer->inputs + 1) * (size_t)width, sizeof *columns);
    for (int input = 0; columns && input < layer->inputs; input++) {
        pack_gru_input(columns + input * width, layout, layer, input);
    }
    if (columns) {
        pack_gru_input(columns + layer->inputs * width, layout, layer, -1);
    }
    return columns;
}

static bool put_bias(const Engine *engine, Stage *stage, const double *bias, int count) {
    stage->bias = new_numbers(engine, (size_t)count);
    for (int i = 0; stage->bias && i < count; i++) {
        pack_put(engine->kernels, stage->bias, (size_t)i, bias[i]);
    }
    return stage->bias != NULL;
}

// Keeps what the knobs add to the bias of the first stage.
static bool put_knobs(const Engine *engine, Stage *stage, const double *columns, int width) {
    size_t count = (size_t)width;
    size_t knobs = (size_t)engine->knobs;
    stage->base_bias = memory_new(count, sizeof(double));
    stage->knob_rows = memory_new(count * knobs, sizeof(double));
    if (!stage->base_bias || !stage->knob_rows) {
        return false;
    }
    stage->bias_count = width;
    memcpy(stage->knob_rows, columns + count, knobs * count * sizeof(double));
    memcpy(stage->base_bias, columns + (1 + knobs) * count, count * sizeof(double));
    return true;
}

// A dense stage from `columns`. The first stage has the audio as its only input: the knobs' part
// is in the bias.
static bool add_dense(Engine *engine, const double *columns, int inputs, int width,
                      Activation activation) {
    const Kernels *kernels = engine->kernels;
    bool first = engine->stage_count == 0;
    Stage *stage = &engine->stages[engine->stage_count++];
    stage->inputs = first ? 1 : inputs;
    stage->width = width;
    stage->activation = activation;
    stage->kernel = new_numbers(engine, (size_t)stage->inputs * (size_t)width);
    if (!stage->kernel || !put_bias(engine, stage, columns + inputs * width, width) ||
        (first && !put_knobs(engine, stage, columns, width))) {
        return false;
    }
    pack_dense(kernels, stage->kernel, columns, stage->inputs, width);
    for (int c = 0; c < engine->channels; c++) {
        stage->rows[c] = new_numbers(engine, (size_t)BLOCK * (size_t)width);
        if (first) {
            engine->first_rows[c] = new_numbers(engine, BLOCK);
        }
        if (!stage->rows[c] || (first && !engine->first_rows[c])) {
            return false;
        }
    }
    return true;
}

static bool add_dense_layer(Engine *engine, const Layer *layer) {
    int width = pack_padded(layer->outputs, engine->kernels->lanes);
    double *columns = dense_columns(layer, width);
    bool ok = columns && add_dense(engine, columns, layer->inputs, width, layer->activation);
    memory_free(columns);
    return ok;
}

static bool put_head(const Engine *engine, Stage *stage, const Layer *head) {
    stage->head = new_numbers(engine, (size_t)stage->width);
    if (stage->head && head) {
        for (int i = 0; i < head->inputs; i++) {
            pack_put(engine->kernels, stage->head, (size_t)i, (double)head->kernel[i]);
        }
        stage->head_bias = (double)head->bias[0];
        stage->fused_head = true;
    }
    return stage->head != NULL;
}

// The recurrent part of a GRU. `columns` give the audio input's weights for the first stage; later
// ones find their pre-activations in the rows of the stage before.
static bool add_gru(Engine *engine, const Layer *layer, const GruKernel *gru, const double *columns,
                    int inputs_width, const Layer *head) {
    const Kernels *kernels = engine->kernels;
    bool first = engine->stage_count == 0;
    Stage *stage = &engine->stages[engine->stage_count++];
    int width = gru->layout.lanes * gru->layout.blocks;
    stage->recurrent = true;
    stage->gru = *gru;
    stage->hidden = layer->outputs;
    stage->width = width;
    stage->kernel = new_numbers(engine, (size_t)inputs_width);
    stage->recurrent_kernel = new_numbers(engine, pack_recurrent_count(&gru->layout));
    stage->recurrent_bias = new_numbers(engine, (size_t)width);
    if (!stage->kernel || !stage->recurrent_kernel || !stage->recurrent_bias ||
        !put_head(engine, stage, head)) {
        return false;
    }
    pack_recurrent(kernels, stage->recurrent_kernel, &gru->layout, layer);
    pack_recurrent_bias(kernels, stage->recurrent_bias, &gru->layout, layer);
    if (first) {
        for (int i = 0; i < inputs_width; i++) {
            pack_put(kernels, stage->kernel, (size_t)i, columns[i]);
        }
        if (!put_bias(engine, stage, columns + layer->inputs * inputs_width, inputs_width) ||
            !put_knobs(engine, stage, columns, inputs_width)) {
            return false;
        }
    }
    for (int c = 0; c < engine->channels; c++) {
        stage->rows[c] = new_numbers(engine, (size_t)(BLOCK + 2) * (size_t)width);
        if (!stage->rows[c]) {
            return false;
        }
    }
    return true;
}

static bool add_gru_layer(Engine *engine, const Layer *layer, const Layer *head) {
    GruKernel gru = engine->kernels->gru(layer->outputs, engine->channels);
    int width = pack_padded(GRU_GATES * gru.layout.lanes * gru.layout.blocks,
                            engine->kernels->lanes);
    double *columns = gru_columns(layer, &gru.layout, width);
    bool ok = columns != NULL;
    if (ok && engine->stage_count > 0) {
        ok = add_dense(engine, columns, layer->inputs, width, ACTIVATION_LINEAR);
    }
    ok = ok && add_gru(engine, layer, &gru, columns, width, head);
    memory_free(columns);
    return ok;
}

static bool is_head(const Model *model, int index) {
    const Layer *layer = &model->layers[index];
    return index == model->layer_count - 1 && layer->kind == LAYER_DENSE &&
           layer->activation == ACTIVATION_LINEAR;
}

static bool add_layers(Engine *engine, const Model *model) {
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        if (layer->kind == LAYER_DENSE) {
            if (!add_dense_layer(engine, layer)) {
                return false;
            }
            continue;
        }
        const Layer *head = i + 1 < model->layer_count && is_head(model, i + 1) ? layer + 1 : NULL;
        if (!add_gru_layer(engine, layer, head)) {
            return false;
        }
        i += head != NULL;
    }
    return true;
}

static Status check(const Model *model, Isa isa, int channels, Diagnostic *diagnostic) {
    if (!isa_available(isa)) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "instruction set '%s' is not available on this machine", isa_name(isa));
    }
    if (channels < 1 || channels > ENGINE_MAX_CHANNELS) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%d channels; 1 or 2 can be run",
                        channels);
    }
    if (fabs(model->input_gain) > MAX_GAIN || fabs(model->output_gain) > MAX_GAIN) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "the model's gains, %g and %g dB, are beyond %d dB", model->input_gain,
                        model->output_gain, MAX_GAIN);
    }
    for (int i = 0; i < model->layer_count; i++) {
        if (model->layers[i].kind != LAYER_DENSE && model->layers[i].kind != LAYER_GRU) {
            return diagnose(diagnostic, STATUS_UNSUPPORTED,
                            "layer %d is of a kind that cannot be run", i + 1);
        }
    }
    return model_check(model, diagnostic);
}

Status engine_new(Engine **engine, const Model *model, Isa isa, int channels,
                  Diagnostic *diagnostic) {
    *engine = NULL;
    Status status = check(model, isa, channels, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Engine *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for an engine");
    }
    made->kernels = kernels_find(isa);
    made->sample_rate = model->sample_rate;
    made->input_gain = (float)pow(10.0, model->input_gain / 20.0);
    made->output_gain = (float)pow(10.0, model->output_gain / 20.0);
    made->skip = model->skip ? 1.0f : 0.0f;
    made->channels = channels;
    made->knobs = model->knobs;
    if (!add_layers(made, model)) {
        engine_free(made);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the weights of an engine");
    }
    *engine = made;
    return STATUS_OK;
}

static void free_stage(Stage *stage) {
    memory_free(stage->kernel);
    memory_free(stage->bias);
    memory_free(stage->base_bias);
    memory_free(stage->knob_rows);
    memory_free(stage->recurrent_kernel);
    memory_free(stage->recurrent_bias);
    memory_free(stage->head);
    for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
        memory_free(stage->rows[c]);
    }
}

void engine_free(Engine *engine) {
    if (!engine) {
        return;
    }
    for (int i = 0; i < engine->stage_count; i++) {
        free_stage(&engine->stages[i]);
    }
    for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
        memory_free(engine->first_rows[c]);
    }
    memory_free(engine);
}

double engine_sample_rate(const Engine *engine) {
    return engine->sample_rate;
}

Isa engine_isa(const Engine *engine) {
    return engine->kernels->isa;
}

// ---- Running ----

void engine_reset(Engine *engine) REALTIME {
    for (int i = 0; i < engine->stage_count; i++) {
        Stage *stage = &engine->stages[i];
        stage->phase = 0;
        stage->held = 0;
        for (int c = 0; stage->recurrent && c < engine->channels; c++) {
            memset(stage->rows[c], 0, (size_t)stage->width * engine->kernels->number);
        }
    }
}

void engine_set_knob(Engine *engine, int knob, float value) REALTIME {
    if (knob < 0 || knob >= engine->knobs || !isfinite(value)) {
        return;
    }
    value = value > max_input ? max_input : value;
    value = value < -max_input ? -max_input : value;
    if (engine->knob[knob] != value) {
        engine->knob[knob] = value;
        engine->knobs_changed = true;
    }
}

static void apply_knobs(Engine *engine) REALTIME {
    Stage *stage = &engine->stages[0];
    size_t count = (size_t)stage->bias_count;
    for (size_t i = 0; i < count; i++) {
        double bias = stage->base_bias[i];
        for (int k = 0; k < engine->knobs; k++) {
            bias += stage->knob_rows[(size_t)k * count + i] * (double)engine->knob[k];
        }
        pack_put(engine->kernels, stage->bias, i, bias);
    }
    engine->knobs_changed = false;
}

static void run_gru(Engine *engine, Stage *stage, const Stage *before, int frames) REALTIME {
    size_t width = (size_t)stage->width;
    GruJob job = {
        .recurrent = stage->recurrent_kernel,
        .kernel = stage->kernel,
        .bias_stride = before ? (size_t)before->width : 0,
        .recurrent_bias = stage->recurrent_bias,
        .head = stage->head,
        .head_bias = stage->head_bias,
        .row_mask = stage->fused_head ? 1u : ~0u,
        .first = stage->phase,
        .frames = frames,
        .hidden = stage->hidden,
    };
    for (int c = 0; c < engine->channels; c++) {
        job.bias[c] = before ? before->rows[c] : stage->bias;
        job.rows[c] = stage->rows[c];
        job.in[c] = engine->x[c];
        job.out[c] = engine->y[c];
        if (stage->held != stage->phase) {
            memmove(number_at(engine, stage->rows[c], stage->phase * width),
                    number_at(engine, stage->rows[c], stage->held * width),
                    width * engine->kernels->number);
        }
    }
    stage->gru.run(&job);
    unsigned end = stage->phase + (unsigned)frames;
    stage->held = end & job.row_mask;
    stage->phase = end & 1u;
}

static const void *row_at(const Engine *engine, const Stage *stage, int channel, int frames)
    REALTIME {
    size_t row = stage->recurrent ? stage->held + 1u - (unsigned)frames : 0;
    return number_at(engine, stage->rows[channel], row * (size_t)stage->width);
}

static void run_dense(Engine *engine, Stage *stage, const Stage *before, int frames) REALTIME {
    DenseJob job = {
        .kernel = stage->kernel,
        .bias = stage->bias,
        .inputs = stage->inputs,
        .outputs = stage->width,
        .activation = stage->activation,
        .in_stride = before ? (size_t)before->width : 1,
        .out_stride = (size_t)stage->width,
        .frames = frames,
    };
    for (int c = 0; c < engine->channels; c++) {
        job.in = before ? row_at(engine, before, c, frames) : engine->first_rows[c];
        job.out = stage->rows[c];
        engine->kernels->dense(&job);
    }
}

// x = input gain * in, held to max_input, also as rows when the first stage is dense.
static void read_block(Engine *engine, const float *const *in, int start, int frames) REALTIME {
    for (int c = 0; c < engine->channels; c++) {
        float *x = engine->x[c];
        for (int i = 0; i < frames; i++) {
            float value = in[c][start + i] * engine->input_gain;
            value = value > max_input ? max_input : value;
            x[i] = value < -max_input ? -max_input : value;
        }
        for (int i = 0; engine->first_rows[c] && i < frames; i++) {
            pack_put(engine->kernels, engine->first_rows[c], (size_t)i, (double)x[i]);
        }
    }
}

static void write_block(Engine *engine, float *const *out, int start, int frames) REALTIME {
    const Stage *last = &engine->stages[engine->stage_count - 1];
    for (int c = 0; c < engine->channels; c++) {
        const float *x = engine->x[c];
        float *y = engine->y[c];
        for (int i = 0; !last->fused_head && i < frames; i++) {
            const char *row = row_at(engine, last, c, frames);
            row += (size_t)i * (size_t)last->width * engine->kernels->number;
            y[i] = engine->kernels->number == sizeof(double)
                       ? (float)*(const double *)(const void *)row
                       : *(const float *)(const void *)row;
        }
        for (int i = 0; i < frames; i++) {
            out[c][start + i] = (y[i] + engine->skip * x[i]) * engine->output_gain;
        }
    }
}

void engine_run(Engine *engine, float *const *out, const float *const *in, int frames) REALTIME {
    if (engine->knobs_changed) {
        apply_knobs(engine);
    }
    for (int start = 0; start < frames; start += BLOCK) {
        int count = frames - start < BLOCK ? frames - start : BLOCK;
        read_block(engine, in, start, count);
        const Stage *before = NULL;
        for (int i = 0; i < engine->stage_count; i++) {
            Stage *stage = &engine->stages[i];
            if (stage->recurrent) {
                run_gru(engine, stage, before, count);
            } else {
                run_dense(engine, stage, before, count);
            }
            before = stage;
        }
        write_block(engine, out, start, count);
    }
}
