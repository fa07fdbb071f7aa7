// SPDX-License-Identifier: ISC
#include "dsp/chain/model_path.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/chain/delay_line.h"
#include "dsp/chain/ramp.h"
#include "dsp/chain/rate_converter.h"

static const float output_limit = 1e6f; // an engine beyond this has blown up
static const double muted_seconds = 0.02;

struct ModelPath {
    Engine *engine;
    double stretch; // frames of the engine in one of the session
    int latency;
    RateConverter *to_model, *to_session;                                  // NULL: not resampled
    float *model_in[ENGINE_MAX_CHANNELS], *model_out[ENGINE_MAX_CHANNELS]; // one block, likewise
    int channels;
    int mute_frames;
    int muted; // frames of silence left, after the engine gave something unusable
    int knobs;
    Ramp knob[MODEL_MAX_KNOBS];
    int moving; // frames until every knob has arrived
};

// ---- Making ----

// How often the session's rate is the model's; 0 when it is no integer multiple that can be run.
static int multiple(double session_rate, double model_rate) {
    if (!(model_rate > 0.0)) {
        return 1; // the model does not tell
    }
    double times = round(session_rate / model_rate);
    bool fits = times >= 1.0 && times <= ENGINE_MAX_STATES &&
                fabs(session_rate - times * model_rate) <= 0.5;
    return fits ? (int)times : 0;
}

// One block at the engine's rate, in and out.
static Status make_blocks(ModelPath *path, int block, Diagnostic *diagnostic) {
    for (int c = 0; c < path->channels; c++) {
        path->model_in[c] = memory_new((size_t)block, sizeof(float));
        path->model_out[c] = memory_new((size_t)block, sizeof(float));
        if (!path->model_in[c] || !path->model_out[c]) {
            return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to convert the sample rate");
        }
    }
    return STATUS_OK;
}

// Converters to the model's rate and back. An output frame of the way back needs `back` frames of
// the model behind its time, of which the last needs `there` frames of the session.
static Status make_converters(ModelPath *path, double session_rate, double model_rate,
                              Diagnostic *diagnostic) {
    int session = (int)lround(fmin(session_rate, 1e8)), model = (int)lround(fmin(model_rate, 1e8));
    double ratio = (double)session / model;
    int block = (int)(MODEL_PATH_BLOCK / ratio) + 2, channels = path->channels;
    Status status = rate_converter_new(&path->to_model, session, model, channels, MODEL_PATH_BLOCK,
                                       0, diagnostic);
    if (status == STATUS_OK) {
        status = rate_converter_new(&path->to_session, model, session, channels, block,
                                    DELAY_LINE_MAX, diagnostic);
    }
    if (status == STATUS_OK) {
        status = make_blocks(path, block, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    double there = rate_converter_reach(path->to_model);
    double back = rate_converter_reach(path->to_session);
    path->latency = (int)ceil(there - 1.0 + (back + 1.0) * ratio);
    path->stretch = 1.0 / ratio;
    if (path->latency > DELAY_LINE_MAX) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED, "from %d Hz to %d Hz would take %d samples",
                        session, model, path->latency);
    }
    return STATUS_OK;
}

static Status make_engine(ModelPath *path, const Model *model, Isa isa, double session_rate,
                          Diagnostic *diagnostic) {
    double rate = model->sample_rate;
    int states = multiple(session_rate, rate);
    path->stretch = 1.0;
    Status status = engine_new_delayed(&path->engine, model, isa, path->channels,
                                       states > 1 ? states : 1, diagnostic);
    if (status == STATUS_OK && states == 0) {
        status = make_converters(path, session_rate, rate, diagnostic);
    }
    return status;
}

Status model_path_new(ModelPath **path, const Model *model, Isa isa, double session_rate,
                      int channels, Diagnostic *diagnostic) {
    *path = NULL;
    ModelPath *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a model");
    }
    made->channels = channels;
    Status status = make_engine(made, model, isa, session_rate, diagnostic);
    if (status != STATUS_OK) {
        model_path_free(made);
        return status;
    }
    made->mute_frames = (int)(session_rate * made->stretch * muted_seconds + 0.5);
    made->knobs = model->knobs;
    for (int i = 0; i < model->knobs; i++) {
        ramp_jump(&made->knob[i], model->knob[i].initial);
    }
    model_path_reset(made);
    *path = made;
    return STATUS_OK;
}

void model_path_free(ModelPath *path) {
    if (path) {
        engine_free(path->engine);
        rate_converter_free(path->to_model);
        rate_converter_free(path->to_session);
        for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
            memory_free(path->model_in[c]);
            memory_free(path->model_out[c]);
        }
        memory_free(path);
    }
}

const Engine *model_path_engine(const ModelPath *path) {
    return path->engine;
}

bool model_path_is_resampled(const ModelPath *path) {
    return path->to_model;
}

int model_path_latency(const ModelPath *path) REALTIME {
    return path->latency;
}

// ---- Knobs ----

void model_path_set_knob(ModelPath *path, int knob, float value, int frames) REALTIME {
    Ramp *position = &path->knob[knob];
    frames = frames > 0 ? (int)ceil(frames * path->stretch) : 0;
    if (frames <= 0) {
        ramp_jump(position, value);
        engine_set_knob(path->engine, knob, value);
    } else if (ramp_aim(position, value, frames)) {
        path->moving = frames > path->moving ? frames : path->moving;
    }
}

// Turns moving knobs. Answers for how many frames they then stay, `frames` at most. Every frame has
// its own position: steps of 16 frames were heard as a buzz when a knob went all the way at once.
static int move_knobs(ModelPath *path, int frames) REALTIME {
    for (int i = 0; i < path->knobs; i++) {
        float position;
        ramp_fill(&path->knob[i], &position, 1);
        engine_set_knob(path->engine, i, position);
    }
    if (path->moving == 0) {
        return frames;
    }
    path->moving--;
    return 1;
}

// ---- Running ----

// The engine from its start, with every knob where it was going.
static void restart(ModelPath *path) REALTIME {
    engine_reset(path->engine);
    path->moving = 0;
    for (int i = 0; i < path->knobs; i++) {
        ramp_end(&path->knob[i]);
        engine_set_knob(path->engine, i, ramp_target(&path->knob[i]));
    }
}

void model_path_reset(ModelPath *path) REALTIME {
    path->muted = 0;
    restart(path);
    if (path->to_model) {
        rate_converter_reset(path->to_model, 0);
        rate_converter_reset(path->to_session, path->latency);
    }
}

// The first of `frames` frames that holds something unusable; `frames` when none does.
static int first_unusable(const ModelPath *path, float *const *out, int frames) REALTIME {
    for (int i = 0; i < frames; i++) {
        for (int c = 0; c < path->channels; c++) {
            if (!(fabsf(out[c][i]) <= output_limit)) {
                return i;
            }
        }
    }
    return frames;
}

// Runs silence instead of the engine for what is left of it; answers for how many frames.
static int mute(ModelPath *path, float *const *out, int frames) REALTIME {
    int count = path->muted < frames ? path->muted : frames;
    for (int c = 0; c < ENGINE_MAX_CHANNELS && c < path->channels; c++) {
        memset(out[c], 0, (size_t)count * sizeof(float));
    }
    path->muted -= count;
    return count;
}

// Runs the engine until something changes: a knob, or that it gives something unusable. Answers
// how many frames are good. Counted from the sample that failed, so that it does not matter where
// blocks end.
static int sound(ModelPath *path, float *const *out, const float *const *in, int frames) REALTIME {
    int count = move_knobs(path, frames);
    engine_run(path->engine, out, in, count);
    int good = first_unusable(path, out, count);
    if (good < count) {
        restart(path);
        path->muted = path->mute_frames;
    }
    return good;
}

// The engine alone.
static void model_run(ModelPath *path, float *const *out, const float *const *in, int frames)
    REALTIME {
    for (int begin = 0; begin < frames;) {
        float *to[ENGINE_MAX_CHANNELS] = {NULL};
        const float *from[ENGINE_MAX_CHANNELS] = {NULL};
        for (int c = 0; c < ENGINE_MAX_CHANNELS && c < path->channels; c++) {
            to[c] = out[c] + begin;
            from[c] = in[c] + begin;
        }
        begin += path->muted > 0 ? mute(path, to, frames - begin)
                                 : sound(path, to, from, frames - begin);
    }
}

// The engine at its own rate.
static void resampled_run(ModelPath *path, float *const *out, const float *const *in, int frames)
    REALTIME {
    const float *from[ENGINE_MAX_CHANNELS] = {path->model_in[0], path->model_in[1]};
    const float *back[ENGINE_MAX_CHANNELS] = {path->model_out[0], path->model_out[1]};
    rate_converter_push(path->to_model, in, frames);
    int count = rate_converter_ready(path->to_model);
    rate_converter_pull(path->to_model, path->model_in, count);
    model_run(path, path->model_out, from, count);
    rate_converter_push(path->to_session, back, count);
    rate_converter_pull(path->to_session, out, frames);
}

void model_path_run(ModelPath *path, float *const *out, const float *const *in, int frames)
    REALTIME {
    if (path->to_model) {
        resampled_run(path, out, in, frames);
    } else {
        model_run(path, out, in, frames);
    }
}
