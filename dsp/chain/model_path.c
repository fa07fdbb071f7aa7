// SPDX-License-Identifier: ISC
#include "dsp/chain/model_path.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/chain/delay_line.h"
#include "dsp/chain/oversampler.h"
#include "dsp/chain/ramp.h"
#include "dsp/chain/rate_converter.h"

static const float output_limit = 1e6f; // an engine beyond this has blown up
static const double muted_seconds = 0.02;

struct ModelPath {
    Engine *engine;
    double stretch; // frames of the engine in one of the session
    int latency, lag;
    RateConverter *to_model, *to_session; // of other rates than integer multiples, or NULL
    Oversampler *oversampler;             // of those, where it takes one, or NULL
    int oversampling;                     // its factor; 1: there is none
    float *model_in[ENGINE_MAX_CHANNELS], *model_out[ENGINE_MAX_CHANNELS]; // one block for either
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

// What half-band filters have to multiply a session's rate by that is `times` the model's.
static int missing(int times, int factor) {
    int oversampling = 1;
    while (times * oversampling < factor) {
        oversampling *= 2;
    }
    return oversampling;
}

double model_path_engine_rate(double session_rate, double model_rate, int factor) {
    int times = multiple(session_rate, model_rate);
    return times > 0 ? session_rate * missing(times, factor) : model_rate * factor;
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

// Converters to the engine's rate and back. An output frame of the way back needs `back` frames of
// the engine behind its time, of which the last needs `there` frames of the session.
static Status make_converters(ModelPath *path, double session_rate, double engine_rate, int factor,
                              Diagnostic *diagnostic) {
    int session = (int)lround(fmin(session_rate, 1e8));
    int engine = (int)lround(fmin(engine_rate, 1e8));
    double ratio = (double)session / engine;
    int block = (int)(MODEL_PATH_BLOCK / ratio) + 2, channels = path->channels;
    Status (*make)(RateConverter **, int, int, int, int, int,
                   Diagnostic *) = factor > 1 ? rate_converter_new_short : rate_converter_new;
    Status status = make(&path->to_model, session, engine, channels, MODEL_PATH_BLOCK, 0,
                         diagnostic);
    if (status == STATUS_OK) {
        status = make(&path->to_session, engine, session, channels, block, DELAY_LINE_MAX,
                      diagnostic);
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
                        session, engine, path->latency);
    }
    return STATUS_OK;
}

static Status make_oversampler(ModelPath *path, Diagnostic *diagnostic) {
    Status status = oversampler_new(&path->oversampler, path->oversampling, path->channels,
                                    MODEL_PATH_BLOCK, diagnostic);
    if (status == STATUS_OK) {
        status = make_blocks(path, path->oversampling * MODEL_PATH_BLOCK, diagnostic);
        path->lag = (int)lround(oversampler_lag(path->oversampler));
        path->stretch = path->oversampling;
    }
    return status;
}

static Status make_engine(ModelPath *path, const Model *model, Isa isa, double session_rate,
                          int factor, Diagnostic *diagnostic) {
    int times = multiple(session_rate, model->sample_rate);
    path->oversampling = times > 0 ? missing(times, factor) : 1;
    path->stretch = 1.0;
    Status status = engine_new_delayed(&path->engine, model, isa, path->channels,
                                       times > 0 ? times * path->oversampling : factor, diagnostic);
    if (status == STATUS_OK && times == 0) {
        status = make_converters(path, session_rate, model->sample_rate * factor, factor,
                                 diagnostic);
    } else if (status == STATUS_OK && path->oversampling > 1) {
        status = make_oversampler(path, diagnostic);
    }
    return status;
}

Status model_path_new(ModelPath **path, const Model *model, Isa isa, double session_rate,
                      int factor, int channels, Diagnostic *diagnostic) {
    *path = NULL;
    ModelPath *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a model");
    }
    made->channels = channels;
    Status status = make_engine(made, model, isa, session_rate, factor, diagnostic);
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
        oversampler_free(path->oversampler);
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

int model_path_lag(const ModelPath *path) REALTIME {
    return path->lag;
}

int model_path_filling(const ModelPath *path) REALTIME {
    return path->oversampler ? OVERSAMPLER_FILLING : 2 * path->latency;
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

static void clear_filters(ModelPath *path) REALTIME {
    if (path->to_model) {
        rate_converter_reset(path->to_model, 0);
        rate_converter_reset(path->to_session, path->latency);
    } else if (path->oversampler) {
        oversampler_reset(path->oversampler);
    }
}

void model_path_reset(ModelPath *path) REALTIME {
    path->muted = 0;
    restart(path);
    clear_filters(path);
}

void model_path_continue(ModelPath *path, const ModelPath *from) REALTIME {
    path->muted = 0;
    for (int i = 0; i < path->knobs; i++) {
        path->knob[i].target = ramp_target(&from->knob[i]);
    }
    restart(path);
    engine_continue(path->engine, from->engine);
    clear_filters(path);
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

// The engine between converters.
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

// The engine between half-band filters.
static void oversampled_run(ModelPath *path, float *const *out, const float *const *in, int frames)
    REALTIME {
    const float *from[ENGINE_MAX_CHANNELS] = {path->model_in[0], path->model_in[1]};
    const float *back[ENGINE_MAX_CHANNELS] = {path->model_out[0], path->model_out[1]};
    oversampler_up(path->oversampler, path->model_in, in, frames);
    model_run(path, path->model_out, from, path->oversampling * frames);
    oversampler_down(path->oversampler, out, back, frames);
}

void model_path_run(ModelPath *path, float *const *out, const float *const *in, int frames)
    REALTIME {
    if (path->to_model) {
        resampled_run(path, out, in, frames);
    } else if (path->oversampler) {
        oversampled_run(path, out, in, frames);
    } else {
        model_run(path, out, in, frames);
    }
}
