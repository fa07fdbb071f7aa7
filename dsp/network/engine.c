// SPDX-License-Identifier: ISC
// Runs the layers of a stack in turn over short blocks. The knobs are constant over a call, so that
// their part of the first layer goes into its bias.
#include "dsp/network/engine.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/network/engine_check.h"
#include "dsp/network/isa_choice.h"
#include "dsp/network/kernels/find.h"
#include "dsp/network/kernels/pack.h"
#include "dsp/network/layer_stack.h"

struct Engine {
    double sample_rate;
    float input_gain, output_gain; // factors
    float skip;                    // 0 or 1
    float knob[MODEL_MAX_KNOBS];
    bool knobs_changed;
    int turn; // the state that the next frame belongs to
    LayerStack stack;
    float x[ENGINE_MAX_CHANNELS][LAYER_STACK_BLOCK];
    float y[ENGINE_MAX_CHANNELS][LAYER_STACK_BLOCK];
};

// ---- Making ----

static Status check(Isa isa, bool fast, int channels, int states, Diagnostic *diagnostic) {
    if (!isa_available(isa)) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "instruction set '%s' is not available on this machine", isa_name(isa));
    }
    if (!kernels_find(isa, fast)) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "'%s' has no fast activations: it is the exact reference", isa_name(isa));
    }
    if (channels < 1 || channels > ENGINE_MAX_CHANNELS) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%d channels; 1 or 2 can be run",
                        channels);
    }
    if (states < 1 || states > ENGINE_MAX_STATES) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%d states; 1 to %d can take turns",
                        states, ENGINE_MAX_STATES);
    }
    return STATUS_OK;
}

// Takes the present state of the first channel as the one that a reset goes back to; whether it
// is another than before.
static bool remember(Engine *engine) {
    LayerStack *stack = &engine->stack;
    bool changed = false;
    for (int i = 0; i < stack->count; i++) {
        PackedLayer *layer = &stack->layers[i];
        size_t size = (size_t)layer->width * stack->kernels->number;
        if (layer->kind == LAYER_DENSE) {
            continue;
        }
        const LayerState *state = layer_state(layer, 0);
        const void *h = layer_stack_number(stack, state->rows[0],
                                           state->held * (size_t)layer->width);
        changed = changed || memcmp(layer->start, h, size) != 0;
        memcpy(layer->start, h, size);
        changed = changed || memcmp(layer->start_cell, state->cells[0], 2 * size) != 0;
        memcpy(layer->start_cell, state->cells[0], 2 * size);
    }
    return changed;
}

// Runs silence, in one state for all. A state that comes back after a block comes back after every
// other one.
static void settle(Engine *engine, int frames) {
    static const float silence[LAYER_STACK_BLOCK];
    float ignored[ENGINE_MAX_CHANNELS][LAYER_STACK_BLOCK];
    const float *in[ENGINE_MAX_CHANNELS];
    float *out[ENGINE_MAX_CHANNELS];
    for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
        in[c] = silence;
        out[c] = ignored[c];
    }
    int states = engine->stack.states;
    engine->stack.states = 1;
    DenormalState before = denormals_off();
    bool changed = true;
    for (; changed && frames >= LAYER_STACK_BLOCK; frames -= LAYER_STACK_BLOCK) {
        engine_run(engine, out, in, LAYER_STACK_BLOCK);
        changed = remember(engine);
    }
    engine_run(engine, out, in, frames % LAYER_STACK_BLOCK);
    remember(engine);
    denormals_restore(before);
    engine->stack.states = states;
    engine_reset(engine);
}

static Status make(Engine **engine, const Model *model, Isa isa, bool fast, int channels,
                   int states, Diagnostic *diagnostic) {
    *engine = NULL;
    Status status = check(isa, fast, channels, states, diagnostic);
    if (status == STATUS_OK) {
        status = engine_check_model(model, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    Engine *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for an engine");
    }
    made->stack.kernels = kernels_find(isa, fast);
    made->stack.channels = channels;
    made->stack.states = states;
    made->stack.knobs = model->knobs;
    made->sample_rate = model->sample_rate;
    made->input_gain = (float)decibels_to_amplitude(model->input_gain);
    made->output_gain = (float)decibels_to_amplitude(model->output_gain);
    made->skip = model->skip ? 1.0f : 0.0f;
    if (!layer_stack_build(&made->stack, model)) {
        engine_free(made);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the weights of an engine");
    }
    for (int k = 0; k < model->knobs; k++) {
        engine_set_knob(made, k, model->knob[k].initial);
    }
    engine_reset(made);
    if (model->settling > 0) {
        settle(made, model->settling);
    }
    *engine = made;
    return STATUS_OK;
}

Status engine_new(Engine **engine, const Model *model, Isa isa, int channels,
                  Diagnostic *diagnostic) {
    return make(engine, model, isa, false, channels, 1, diagnostic);
}

Status engine_new_delayed(Engine **engine, const Model *model, Isa isa, int channels, int states,
                          Diagnostic *diagnostic) {
    return make(engine, model, isa, false, channels, states, diagnostic);
}

Status engine_new_fast(Engine **engine, const Model *model, Isa isa, int channels,
                       Diagnostic *diagnostic) {
    return make(engine, model, isa, true, channels, 1, diagnostic);
}

void engine_free(Engine *engine) {
    if (engine) {
        layer_stack_clear(&engine->stack);
        memory_free(engine);
    }
}

double engine_sample_rate(const Engine *engine) {
    return engine->sample_rate;
}

int engine_states(const Engine *engine) {
    return engine->stack.states;
}

Isa engine_isa(const Engine *engine) {
    return engine->stack.kernels->isa;
}

bool engine_is_fast(const Engine *engine) {
    return engine->stack.kernels->fast;
}

// ---- Running ----

// Every state of a layer in all channels: `rows` and `cells` are those of a channel.
static void put_states(LayerStack *stack, PackedLayer *layer, void *const *rows, void *const *cells)
    REALTIME {
    size_t size = (size_t)layer->width * stack->kernels->number;
    for (int k = 0; k < stack->states * stack->channels; k++) {
        LayerState *state = &layer->states[k / stack->channels];
        int c = k % stack->channels;
        state->phase = 0;
        state->held = 0;
        memcpy(state->rows[c], rows[c], size);
        memcpy(state->cells[c], cells[c], 2 * size);
    }
}

void engine_reset(Engine *engine) REALTIME {
    LayerStack *stack = &engine->stack;
    for (int i = 0; i < stack->count; i++) {
        PackedLayer *layer = &stack->layers[i];
        if (layer->kind != LAYER_DENSE) {
            put_states(stack, layer, (void *[]){layer->start, layer->start},
                       (void *[]){layer->start_cell, layer->start_cell});
        }
    }
    engine->turn = 0;
}

void engine_continue(Engine *engine, const Engine *from) REALTIME {
    LayerStack *stack = &engine->stack;
    int latest = (from->turn + from->stack.states - 1) % from->stack.states;
    for (int i = 0; i < stack->count; i++) {
        PackedLayer *layer = &stack->layers[i];
        const LayerState *state = &from->stack.layers[i].states[latest];
        if (layer->kind == LAYER_DENSE) {
            continue;
        }
        void *rows[ENGINE_MAX_CHANNELS], *cells[ENGINE_MAX_CHANNELS];
        for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
            int own = c < stack->channels ? c : 0;
            size_t held = state->held * (size_t)layer->width;
            rows[c] = layer_stack_number(stack, state->rows[own], held);
            cells[c] = state->cells[own];
        }
        put_states(stack, layer, rows, cells);
    }
    engine->turn = 0;
}

void engine_set_knob(Engine *engine, int knob, float value) REALTIME {
    if (knob < 0 || knob >= engine->stack.knobs || !isfinite(value)) {
        return;
    }
    value = value > ENGINE_MAX_INPUT ? ENGINE_MAX_INPUT : value;
    value = value < -ENGINE_MAX_INPUT ? -ENGINE_MAX_INPUT : value;
    if (engine->knob[knob] != value) {
        engine->knob[knob] = value;
        engine->knobs_changed = true;
    }
}

// A moving knob asks for this at every frame, so it goes by short rows.
static void apply_knobs(Engine *engine) REALTIME {
    enum { ROW = 64 };
    const PackedLayer *layer = &engine->stack.layers[0];
    size_t count = (size_t)layer->bias_count;
    for (size_t first = 0; first < count; first += ROW) {
        double bias[ROW];
        size_t row = count - first < ROW ? count - first : ROW;
        memcpy(bias, layer->base_bias + first, row * sizeof *bias);
        for (int k = 0; k < engine->stack.knobs; k++) {
            const double *change = layer->knob_rows + (size_t)k * count + first;
            double knob = (double)engine->knob[k];
            for (size_t i = 0; i < row; i++) {
                bias[i] += change[i] * knob;
            }
        }
        pack_put_all(engine->stack.kernels, layer->bias, first, bias, row);
    }
    engine->knobs_changed = false;
}

static void run_recurrence(Engine *engine, PackedLayer *layer, PackedLayer *before, int turn,
                           int frames) REALTIME {
    const LayerStack *stack = &engine->stack;
    LayerState *state = layer_state(layer, turn);
    size_t width = (size_t)layer->width;
    CellJob job = {
        .recurrent_weights = layer->recurrent_kernel,
        .input_weights = layer->kernel,
        .bias_stride = before ? (size_t)before->width : 0,
        .recurrent_bias = layer->recurrent_bias,
        .head = layer->head,
        .head_bias = layer->head_bias,
        .row_mask = layer->fused_head ? 1u : ~0u,
        .first = state->phase,
        .frames = frames,
        .hidden = layer->hidden,
    };
    for (int c = 0; c < stack->channels; c++) {
        job.bias[c] = before ? layer_state(before, turn)->rows[c] : layer->bias;
        job.rows[c] = state->rows[c];
        job.cells[c] = state->cells[c];
        job.in[c] = engine->x[c];
        job.out[c] = engine->y[c];
        if (state->held != state->phase) {
            memmove(layer_stack_number(stack, state->rows[c], state->phase * width),
                    layer_stack_number(stack, state->rows[c], state->held * width),
                    width * stack->kernels->number);
        }
    }
    layer->cell.run(&job);
    unsigned end = state->phase + (unsigned)frames;
    state->held = end & job.row_mask;
    state->phase = end & 1u;
}

// The first of the last `frames` rows that a layer wrote.
static const void *row_at(const LayerStack *stack, PackedLayer *layer, int turn, int channel,
                          int frames) REALTIME {
    const LayerState *state = layer_state(layer, turn);
    size_t row = layer->kind != LAYER_DENSE ? state->held + 1u - (unsigned)frames : 0;
    return layer_stack_number(stack, state->rows[channel], row * (size_t)layer->width);
}

static void run_dense(Engine *engine, PackedLayer *layer, PackedLayer *before, int turn, int frames)
    REALTIME {
    const LayerStack *stack = &engine->stack;
    DenseJob job = {
        .weights = layer->kernel,
        .bias = layer->bias,
        .inputs = layer->inputs,
        .outputs = layer->width,
        .activation = layer->activation,
        .slope = layer->slope,
        .in_stride = before ? (size_t)before->width : 1,
        .out_stride = (size_t)layer->width,
        .frames = frames,
    };
    for (int c = 0; c < stack->channels; c++) {
        job.in = before ? row_at(stack, before, turn, c, frames) : stack->first_rows[c];
        job.out = layer_state(layer, turn)->rows[c];
        stack->kernels->dense(&job);
    }
}

// Which frames of a call belong to one state: `frames` of them, `stride` apart.
typedef struct Share {
    int turn; // the state
    int start, stride, frames;
} Share;

// x = input gain * in, held to ENGINE_MAX_INPUT, also as rows when the first layer is dense.
static void read_block(Engine *engine, const float *const *in, const Share *share) REALTIME {
    const LayerStack *stack = &engine->stack;
    for (int c = 0; c < stack->channels; c++) {
        float *x = engine->x[c];
        for (int i = 0; i < share->frames; i++) {
            float value = in[c][share->start + i * share->stride] * engine->input_gain;
            value = value > ENGINE_MAX_INPUT ? ENGINE_MAX_INPUT : value;
            x[i] = value < -ENGINE_MAX_INPUT ? -ENGINE_MAX_INPUT : value;
        }
        for (int i = 0; stack->first_rows[c] && i < share->frames; i++) {
            pack_put(stack->kernels, stack->first_rows[c], (size_t)i, (double)x[i]);
        }
    }
}

static void write_block(Engine *engine, float *const *out, const Share *share) REALTIME {
    LayerStack *stack = &engine->stack;
    PackedLayer *last = &stack->layers[stack->count - 1];
    for (int c = 0; c < stack->channels; c++) {
        const float *x = engine->x[c];
        float *y = engine->y[c];
        for (int i = 0; !last->fused_head && i < share->frames; i++) {
            const char *row = row_at(stack, last, share->turn, c, share->frames);
            row += (size_t)i * (size_t)last->width * stack->kernels->number;
            y[i] = stack->kernels->number == sizeof(double)
                       ? (float)*(const double *)(const void *)row
                       : *(const float *)(const void *)row;
        }
        for (int i = 0; i < share->frames; i++) {
            out[c][share->start + i * share->stride] = (y[i] + engine->skip * x[i]) *
                                                       engine->output_gain;
        }
    }
}

static void run_share(Engine *engine, float *const *out, const float *const *in, const Share *share)
    REALTIME {
    read_block(engine, in, share);
    PackedLayer *before = NULL;
    for (int i = 0; i < engine->stack.count; i++) {
        PackedLayer *layer = &engine->stack.layers[i];
        if (layer->kind == LAYER_DENSE) {
            run_dense(engine, layer, before, share->turn, share->frames);
        } else {
            run_recurrence(engine, layer, before, share->turn, share->frames);
        }
        before = layer;
    }
    write_block(engine, out, share);
}

// The frames of a call from `start` to before `end` that belong to its state `i`.
static Share share_of(const Engine *engine, int start, int end, int i) REALTIME {
    int states = engine->stack.states;
    if (states == 1) { // divisions cost a block of one frame a tenth of its time
        return (Share){.start = start, .stride = 1, .frames = end - start};
    }
    return (Share){
        .turn = (engine->turn + i) % states,
        .start = start + i,
        .stride = states,
        .frames = (end - start - i + states - 1) / states,
    };
}

void engine_run(Engine *engine, float *const *out, const float *const *in, int frames) REALTIME {
    if (engine->knobs_changed) {
        apply_knobs(engine);
    }
    int states = engine->stack.states;
    for (int start = 0; start < frames; start += LAYER_STACK_BLOCK * states) {
        int end = frames - start < LAYER_STACK_BLOCK * states ? frames
                                                              : start + LAYER_STACK_BLOCK * states;
        for (int i = 0; i < states && start + i < end; i++) {
            Share share = share_of(engine, start, end, i);
            run_share(engine, out, in, &share);
        }
    }
    engine->turn = frames > 0 && states > 1 ? (engine->turn + frames) % states : engine->turn;
}
