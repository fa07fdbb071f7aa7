// SPDX-License-Identifier: ISC
// The public functions of libgruff: what the rooms below do, in types that may not change.
#include "dsp/library/gruff.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/base/utf8.h"
#include "dsp/files/models/model_file.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

enum { BLOCK = 64 }; // frames looked at at a time

_Static_assert((int)GRUFF_MAX_CHANNELS == (int)ENGINE_MAX_CHANNELS, "as many as the engine runs");

struct GruffModel {
    Model *model;
};

struct GruffEngine {
    Engine *engine;
    int channels;
    int knobs;
    float minimum[MODEL_MAX_KNOBS], maximum[MODEL_MAX_KNOBS];
};

const char *gruff_version(void) {
    return GRUFF_VERSION;
}

// Puts the text of a failure where the caller wants it; NULL for him to return.
static void *fail(const Diagnostic *diagnostic, char *message, size_t size) {
    if (message && size > 0) {
        utf8_copy(message, size, diagnostic->text);
    }
    return NULL;
}

// ---- Models ----

static GruffModel *wrap(Model *model, const Diagnostic *diagnostic, char *message, size_t size) {
    if (!model) {
        return fail(diagnostic, message, size);
    }
    GruffModel *made = memory_new(1, sizeof *made);
    if (!made) {
        model_free(model);
        return fail(&(Diagnostic){"no memory for the model"}, message, size);
    }
    made->model = model;
    return made;
}

GruffModel *gruff_model_read(const char *path, char *message, size_t size) {
    Diagnostic diagnostic = {""};
    Model *model = NULL;
    model_file_read(&model, path, &diagnostic);
    return wrap(model, &diagnostic, message, size);
}

GruffModel *gruff_model_parse(const void *data, size_t length, const char *name, char *message,
                              size_t size) {
    Diagnostic diagnostic = {""};
    Model *model = NULL;
    model_file_parse(&model, data, length, name, &diagnostic);
    return wrap(model, &diagnostic, message, size);
}

void gruff_model_free(GruffModel *model) {
    if (model) {
        model_free(model->model);
        memory_free(model);
    }
}

double gruff_model_rate(const GruffModel *model) {
    return model->model->sample_rate;
}

int gruff_model_knobs(const GruffModel *model) {
    return model->model->knobs;
}

int gruff_model_knob(const GruffModel *model, int index, GruffKnob *knob) {
    if (index < 0 || index >= model->model->knobs) {
        return -1;
    }
    const Knob *from = &model->model->knob[index];
    *knob = (GruffKnob){from->name, from->minimum, from->maximum, from->initial};
    return 0;
}

double gruff_model_latency(const GruffModel *model) {
    return model->model->info.latency;
}

long gruff_model_receptive_length(const GruffModel *model) {
    for (int i = 0; i < model->model->layer_count; i++) {
        if (model->model->layers[i].kind != LAYER_DENSE) {
            return 0;
        }
    }
    return 1;
}

// ---- Engines ----

// How many times the model's rate `rate` is; 0 when that is no whole number.
static int multiple_of(double rate, double model_rate) {
    if (rate == 0.0 || model_rate == 0.0) {
        return 1;
    }
    double times = rate / model_rate;
    return times >= 1.0 && times <= ENGINE_MAX_STATES && times == floor(times) ? (int)times : 0;
}

GruffEngine *gruff_engine_new(const GruffModel *model, int channels, double rate, char *message,
                              size_t size) {
    const Model *from = model->model;
    Diagnostic diagnostic = {""};
    int states = multiple_of(rate, from->sample_rate);
    if (states == 0) {
        diagnose(&diagnostic, STATUS_UNSUPPORTED,
                 "the model runs at %g Hz and 2 to %d times that, not at %g Hz: resample",
                 from->sample_rate, ENGINE_MAX_STATES, rate);
        return fail(&diagnostic, message, size);
    }
    GruffEngine *made = memory_new(1, sizeof *made);
    if (!made) {
        return fail(&(Diagnostic){"no memory for an engine"}, message, size);
    }
    made->channels = channels;
    made->knobs = from->knobs;
    for (int k = 0; k < from->knobs; k++) {
        made->minimum[k] = from->knob[k].minimum;
        made->maximum[k] = from->knob[k].maximum;
    }
    if (engine_new_delayed(&made->engine, from, isa_best(), channels, states, &diagnostic) !=
        STATUS_OK) {
        memory_free(made);
        return fail(&diagnostic, message, size);
    }
    return made;
}

void gruff_engine_set_knob(GruffEngine *engine, int index, float value) GRUFF_REALTIME {
    if (index >= 0 && index < engine->knobs && isfinite(value)) {
        value = value < engine->minimum[index] ? engine->minimum[index] : value;
        value = value > engine->maximum[index] ? engine->maximum[index] : value;
        engine_set_knob(engine->engine, index, value);
    }
}

static void copy_finite(float *to, const float *from, int frames) REALTIME {
    for (int i = 0; i < frames; i++) {
        to[i] = isfinite(from[i]) ? from[i] : 0.0f;
    }
}

static bool all_finite(const float *samples, int frames) REALTIME {
    for (int i = 0; i < frames; i++) {
        if (!isfinite(samples[i])) {
            return false;
        }
    }
    return true;
}

// At most BLOCK frames from `start` on.
static void run_block(GruffEngine *engine, float *const *out, const float *const *in, int start,
                      int frames) REALTIME {
    float x[ENGINE_MAX_CHANNELS][BLOCK];
    const float *from[ENGINE_MAX_CHANNELS];
    float *to[ENGINE_MAX_CHANNELS];
    for (int c = 0; c < engine->channels; c++) {
        copy_finite(x[c], in[c] + start, frames);
        from[c] = x[c];
        to[c] = out[c] + start;
    }
    engine_run(engine->engine, to, from, frames);
    bool usable = true;
    for (int c = 0; c < engine->channels; c++) {
        usable = usable && all_finite(to[c], frames);
    }
    if (!usable) {
        engine_reset(engine->engine);
        for (int c = 0; c < engine->channels; c++) {
            memset(to[c], 0, (size_t)frames * sizeof(float));
        }
    }
}

void gruff_engine_run(GruffEngine *engine, float *const *out, const float *const *in,
                      int frames) GRUFF_REALTIME {
    DenormalState before = denormals_off();
    for (int start = 0; start < frames; start += BLOCK) {
        run_block(engine, out, in, start, frames - start < BLOCK ? frames - start : BLOCK);
    }
    denormals_restore(before);
}

void gruff_engine_reset(GruffEngine *engine) GRUFF_REALTIME {
    engine_reset(engine->engine);
}

void gruff_engine_free(GruffEngine *engine) {
    if (engine) {
        engine_free(engine->engine);
        memory_free(engine);
    }
}
