// SPDX-License-Identifier: ISC
#include "dsp/chain/model_stage.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "dsp/chain/dc_blocker.h"
#include "dsp/chain/delay_line.h"
#include "dsp/chain/ramp.h"
#include "dsp/chain/rate_converter.h"

enum {
    MAX_NORMALISATION = 40 // dB, either way
};

static const float output_limit = 1e6f; // an engine beyond this has blown up
static const double muted_seconds = 0.02;

struct ModelStage {
    Engine *engine;
    RateMode mode;
    double stretch; // frames of the engine in one of the session
    int latency;
    RateConverter *to_model, *to_session;                                  // of RATE_RESAMPLED
    float *model_in[ENGINE_MAX_CHANNELS], *model_out[ENGINE_MAX_CHANNELS]; // one block, likewise
    int channels;
    int mute_frames;
    int muted;           // frames of silence left, after the engine gave something unusable
    float input_factor;  // for the level of its recording, when 0 dBFS is 0 dBu; 0: unknown
    float output_factor; // for model_stage_loudness
    DcBlocker dc_blocker[ENGINE_MAX_CHANNELS];
    int knobs;
    struct {
        float minimum, maximum, initial;
        Ramp position;
    } knob[MODEL_MAX_KNOBS];
    int moving; // frames until every knob has arrived
};

// ---- Making ----

static void take_levels(ModelStage *stage, const ModelInfo *info) {
    bool calibrated = isfinite(info->input_level_dbu) && fabs(info->input_level_dbu) < 100.0;
    stage->input_factor = calibrated ? (float)decibels_to_amplitude(-info->input_level_dbu) : 0.0f;
    double gain = model_stage_loudness - info->loudness;
    gain = isfinite(gain) ? fmin(fmax(gain, -MAX_NORMALISATION), MAX_NORMALISATION) : 0.0;
    stage->output_factor = (float)decibels_to_amplitude(gain);
}

static void take_knobs(ModelStage *stage, const Model *model) {
    stage->knobs = model->knobs;
    for (int i = 0; i < model->knobs; i++) {
        stage->knob[i].minimum = model->knob[i].minimum;
        stage->knob[i].maximum = model->knob[i].maximum;
        stage->knob[i].initial = model->knob[i].initial;
        ramp_jump(&stage->knob[i].position, model->knob[i].initial);
    }
}

// How often the session's rate is the model's; 0 when it is no integer multiple that can be run.
static int multiple(double session_rate, double model_rate) {
    double times = round(session_rate / model_rate);
    bool fits = times >= 1.0 && times <= ENGINE_MAX_STATES &&
                fabs(session_rate - times * model_rate) <= 0.5;
    return fits ? (int)times : 0;
}

// Converters to the model's rate and back. An output frame of the way back needs `back` frames of
// the model behind its time, of which the last needs `there` frames of the session.
static Status make_converters(ModelStage *stage, double session_rate, double model_rate,
                              Diagnostic *diagnostic) {
    int session = (int)lround(fmin(session_rate, 1e8)), model = (int)lround(fmin(model_rate, 1e8));
    double ratio = (double)session / model;
    int block = (int)(MODEL_STAGE_BLOCK / ratio) + 2, channels = stage->channels;
    Status status = rate_converter_new(&stage->to_model, session, model, channels,
                                       MODEL_STAGE_BLOCK, 0, diagnostic);
    if (status == STATUS_OK) {
        status = rate_converter_new(&stage->to_session, model, session, channels, block,
                                    DELAY_LINE_MAX, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    double there = rate_converter_reach(stage->to_model);
    double back = rate_converter_reach(stage->to_session);
    stage->latency = (int)ceil(there - 1.0 + (back + 1.0) * ratio);
    stage->stretch = 1.0 / ratio;
    for (int c = 0; c < channels; c++) {
        stage->model_in[c] = memory_new((size_t)block, sizeof(float));
        stage->model_out[c] = memory_new((size_t)block, sizeof(float));
        if (!stage->model_in[c] || !stage->model_out[c]) {
            return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to convert the sample rate");
        }
    }
    if (stage->latency > DELAY_LINE_MAX) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED, "from %d Hz to %d Hz would take %d samples",
                        session, model, stage->latency);
    }
    return STATUS_OK;
}

static Status make_engine(ModelStage *stage, const Model *model, Isa isa, double session_rate,
                          Diagnostic *diagnostic) {
    double rate = model->sample_rate;
    int states = rate > 0.0 ? multiple(session_rate, rate) : 1;
    stage->stretch = 1.0;
    stage->mode = states == 1 ? RATE_SAME : states > 1 ? RATE_DELAYED : RATE_RESAMPLED;
    Status status = engine_new_delayed(&stage->engine, model, isa, stage->channels,
                                       states > 1 ? states : 1, diagnostic);
    if (status == STATUS_OK && stage->mode == RATE_RESAMPLED) {
        status = make_converters(stage, session_rate, rate, diagnostic);
    }
    return status;
}

Status model_stage_new(ModelStage **stage, const Model *model, Isa isa, double session_rate,
                       int channels, Diagnostic *diagnostic) {
    *stage = NULL;
    ModelStage *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a model");
    }
    made->channels = channels;
    Status status = make_engine(made, model, isa, session_rate, diagnostic);
    if (status != STATUS_OK) {
        model_stage_free(made);
        return status;
    }
    made->mute_frames = (int)(session_rate * made->stretch * muted_seconds + 0.5);
    for (int c = 0; c < channels; c++) {
        dc_blocker_init(&made->dc_blocker[c], session_rate);
    }
    take_levels(made, &model->info);
    take_knobs(made, model);
    model_stage_reset(made);
    *stage = made;
    return STATUS_OK;
}

void model_stage_free(ModelStage *stage) {
    if (stage) {
        engine_free(stage->engine);
        rate_converter_free(stage->to_model);
        rate_converter_free(stage->to_session);
        for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
            memory_free(stage->model_in[c]);
            memory_free(stage->model_out[c]);
        }
        memory_free(stage);
    }
}

double model_stage_model_rate(const ModelStage *stage) {
    return engine_sample_rate(stage->engine);
}

Isa model_stage_isa(const ModelStage *stage) {
    return engine_isa(stage->engine);
}

RateMode model_stage_rate_mode(const ModelStage *stage) REALTIME {
    return stage->mode;
}

int model_stage_latency(const ModelStage *stage) REALTIME {
    return stage->latency;
}

// ---- Knobs ----

void model_stage_set_knob(ModelStage *stage, int knob, float value, int frames) REALTIME {
    if (knob < 0 || knob >= stage->knobs || !isfinite(value)) {
        return;
    }
    Ramp *position = &stage->knob[knob].position;
    frames = frames > 0 ? (int)ceil(frames * stage->stretch) : 0;
    if (frames <= 0) {
        ramp_jump(position, value);
        engine_set_knob(stage->engine, knob, value);
    } else if (ramp_aim(position, value, frames)) {
        stage->moving = frames > stage->moving ? frames : stage->moving;
    }
}

void model_stage_turn_knob(ModelStage *stage, int knob, float share, int frames) REALTIME {
    if (knob >= 0 && knob < stage->knobs) {
        float minimum = stage->knob[knob].minimum;
        float maximum = stage->knob[knob].maximum;
        float value = minimum + (maximum - minimum) * share;
        model_stage_set_knob(stage, knob, share < 0.0f ? stage->knob[knob].initial : value, frames);
    }
}

bool model_stage_is_turned(const ModelStage *stage) REALTIME {
    for (int i = 0; i < stage->knobs; i++) {
        if (ramp_target(&stage->knob[i].position) != stage->knob[i].initial) {
            return true;
        }
    }
    return false;
}

// Turns moving knobs. Answers for how many frames they then stay, `frames` at most. Every frame has
// its own position: steps of 16 frames were heard as a buzz when a knob went all the way at once.
static int move_knobs(ModelStage *stage, int frames) REALTIME {
    for (int i = 0; i < stage->knobs; i++) {
        float position;
        ramp_fill(&stage->knob[i].position, &position, 1);
        engine_set_knob(stage->engine, i, position);
    }
    if (stage->moving == 0) {
        return frames;
    }
    stage->moving--;
    return 1;
}

// ---- Running ----

// The engine from its start, with every knob where it was going.
static void restart(ModelStage *stage) REALTIME {
    engine_reset(stage->engine);
    stage->moving = 0;
    for (int i = 0; i < stage->knobs; i++) {
        Ramp *position = &stage->knob[i].position;
        ramp_end(position);
        engine_set_knob(stage->engine, i, ramp_target(position));
    }
}

void model_stage_reset(ModelStage *stage) REALTIME {
    for (int c = 0; c < stage->channels; c++) {
        dc_blocker_reset(&stage->dc_blocker[c]);
    }
    stage->muted = 0;
    restart(stage);
    if (stage->mode == RATE_RESAMPLED) {
        rate_converter_reset(stage->to_model, 0);
        rate_converter_reset(stage->to_session, stage->latency);
    }
}

// The first of `frames` frames that holds something unusable; `frames` when none does.
static int first_unusable(const ModelStage *stage, float *const *out, int frames) REALTIME {
    for (int i = 0; i < frames; i++) {
        for (int c = 0; c < stage->channels; c++) {
            if (!(fabsf(out[c][i]) <= output_limit)) {
                return i;
            }
        }
    }
    return frames;
}

// Runs silence instead of the engine for what is left of it; answers for how many frames.
static int mute(ModelStage *stage, float *const *out, int frames) REALTIME {
    int count = stage->muted < frames ? stage->muted : frames;
    for (int c = 0; c < ENGINE_MAX_CHANNELS && c < stage->channels; c++) {
        memset(out[c], 0, (size_t)count * sizeof(float));
    }
    stage->muted -= count;
    return count;
}

// Runs the engine until something changes: a knob, or that it gives something unusable. Answers
// how many frames are good. Counted from the sample that failed, so that it does not matter where
// blocks end.
static int sound(ModelStage *stage, float *const *out, const float *const *in, int frames)
    REALTIME {
    int count = move_knobs(stage, frames);
    engine_run(stage->engine, out, in, count);
    int good = first_unusable(stage, out, count);
    if (good < count) {
        restart(stage);
        stage->muted = stage->mute_frames;
    }
    return good;
}

// The engine alone.
static void model_run(ModelStage *stage, float *const *out, const float *const *in, int frames)
    REALTIME {
    for (int begin = 0; begin < frames;) {
        float *to[ENGINE_MAX_CHANNELS] = {NULL};
        const float *from[ENGINE_MAX_CHANNELS] = {NULL};
        for (int c = 0; c < ENGINE_MAX_CHANNELS && c < stage->channels; c++) {
            to[c] = out[c] + begin;
            from[c] = in[c] + begin;
        }
        begin += stage->muted > 0 ? mute(stage, to, frames - begin)
                                  : sound(stage, to, from, frames - begin);
    }
}

// The engine at its own rate.
static void resampled_run(ModelStage *stage, float *const *out, const float *const *in, int frames)
    REALTIME {
    const float *from[ENGINE_MAX_CHANNELS] = {stage->model_in[0], stage->model_in[1]};
    const float *back[ENGINE_MAX_CHANNELS] = {stage->model_out[0], stage->model_out[1]};
    rate_converter_push(stage->to_model, in, frames);
    int count = rate_converter_ready(stage->to_model);
    rate_converter_pull(stage->to_model, stage->model_in, count);
    model_run(stage, stage->model_out, from, count);
    rate_converter_push(stage->to_session, back, count);
    rate_converter_pull(stage->to_session, out, frames);
}

void model_stage_run(ModelStage *stage, float *const *out, const float *const *in,
                     const ModelStageLevels *levels, int frames) REALTIME {
    float calibrated[ENGINE_MAX_CHANNELS][MODEL_STAGE_BLOCK];
    const float *from[ENGINE_MAX_CHANNELS] = {calibrated[0], calibrated[1]};
    float input = stage->input_factor, output = stage->output_factor - 1.0f;
    for (int c = 0; c < stage->channels; c++) {
        for (int i = 0; i < frames; i++) {
            float gain = input > 0.0f ? input * levels->interface[i] - 1.0f : 0.0f;
            calibrated[c][i] = in[c][i] * (1.0f + levels->calibrate[i] * gain);
        }
    }
    if (stage->mode == RATE_RESAMPLED) {
        resampled_run(stage, out, from, frames);
    } else {
        model_run(stage, out, from, frames);
    }
    for (int c = 0; c < stage->channels; c++) {
        dc_blocker_run(&stage->dc_blocker[c], out[c], levels->dc_block, frames);
        for (int i = 0; i < frames; i++) {
            out[c][i] *= 1.0f + levels->normalise[i] * output;
        }
    }
}
