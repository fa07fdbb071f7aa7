// SPDX-License-Identifier: ISC
#include "dsp/chain/model_stage.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "dsp/chain/dc_blocker.h"
#include "dsp/chain/model_path.h"

enum {
    MAX_NORMALISATION = 40, // dB, either way
    FACTORS = 3,            // of oversampling: 1, 2, 4
};

_Static_assert((int)MODEL_STAGE_BLOCK <= (int)MODEL_PATH_BLOCK, "a path takes a block at once");

struct ModelStage {
    ModelPath *paths[FACTORS];  // of each factor; one that changes nothing has the one before
    ModelPath *now, *old;       // in use, and fading out; NULL: nothing does
    ModelPath *wanted;          // now, or after the fade
    int fade_left, fade_frames; // the fade, before which `now` fills its filters unheard
    int next_fade_frames;       // of the one to `wanted`
    RateMode mode;
    int channels;
    float input_factor;  // for the level of its recording, when 0 dBFS is 0 dBu; 0: unknown
    float output_factor; // for model_stage_loudness
    DcBlocker dc_blocker[ENGINE_MAX_CHANNELS];
    int knobs;
    struct {
        float minimum, maximum, initial;
        float target; // where it goes
    } knob[MODEL_MAX_KNOBS];
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
        stage->knob[i].target = model->knob[i].initial;
    }
}

static RateMode mode_of(const ModelPath *path) {
    if (model_path_is_resampled(path)) {
        return RATE_RESAMPLED;
    }
    return engine_states(model_path_engine(path)) > 1 ? RATE_DELAYED : RATE_SAME;
}

// A factor that takes the engine too far from the session's rate has the path of the one before.
static Status make_paths(ModelStage *stage, const Model *model, Isa isa, double session_rate,
                         Diagnostic *diagnostic) {
    for (int i = 0; i < FACTORS; i++) {
        double rate = model_path_engine_rate(session_rate, model->sample_rate, 1 << i);
        double before = model_path_engine_rate(session_rate, model->sample_rate, 1 << i >> 1);
        Status status = i > 0 && rate == before
                            ? STATUS_UNSUPPORTED
                            : model_path_new(&stage->paths[i], model, isa, session_rate, 1 << i,
                                             stage->channels, diagnostic);
        if (i > 0 && status == STATUS_UNSUPPORTED) {
            stage->paths[i] = stage->paths[i - 1];
        } else if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

// Whether the path of factor number `i` is its own.
static bool is_own(const ModelStage *stage, int i) REALTIME {
    return i == 0 || stage->paths[i] != stage->paths[i - 1];
}

Status model_stage_new(ModelStage **stage, const Model *model, Isa isa, double session_rate,
                       int channels, Diagnostic *diagnostic) {
    *stage = NULL;
    ModelStage *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a model");
    }
    made->channels = channels;
    Status status = make_paths(made, model, isa, session_rate, diagnostic);
    if (status != STATUS_OK) {
        model_stage_free(made);
        return status;
    }
    made->now = made->wanted = made->paths[0];
    made->mode = mode_of(made->now);
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
        for (int i = 0; i < FACTORS; i++) {
            model_path_free(is_own(stage, i) ? stage->paths[i] : NULL);
        }
        memory_free(stage);
    }
}

double model_stage_model_rate(const ModelStage *stage) {
    return engine_sample_rate(model_path_engine(stage->paths[0]));
}

Isa model_stage_isa(const ModelStage *stage) {
    return engine_isa(model_path_engine(stage->paths[0]));
}

RateMode model_stage_rate_mode(const ModelStage *stage) REALTIME {
    return stage->mode;
}

int model_stage_latency(const ModelStage *stage) REALTIME {
    return model_path_latency(stage->wanted);
}

int model_stage_lag(const ModelStage *stage) REALTIME {
    return model_path_lag(stage->wanted);
}

// ---- Knobs ----

void model_stage_set_knob(ModelStage *stage, int knob, float value, int frames) REALTIME {
    if (knob >= 0 && knob < stage->knobs && isfinite(value)) {
        stage->knob[knob].target = value;
        for (int i = 0; i < FACTORS; i++) {
            const ModelPath *path = stage->paths[i];
            if (is_own(stage, i)) {
                bool sounds = path == stage->now || path == stage->old;
                model_path_set_knob(stage->paths[i], knob, value, sounds ? frames : 0);
            }
        }
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
        if (stage->knob[i].target != stage->knob[i].initial) {
            return true;
        }
    }
    return false;
}

// ---- Oversampling ----

void model_stage_set_oversampling(ModelStage *stage, int factor, int frames) REALTIME {
    stage->wanted = stage->paths[factor >= 4 ? 2 : factor >= 2 ? 1 : 0];
    stage->next_fade_frames = frames;
    if (frames <= 0 && (stage->wanted != stage->now || stage->old)) {
        stage->now = stage->wanted;
        stage->old = NULL;
        stage->fade_left = 0;
        model_path_reset(stage->now);
    }
}

// Starts the way to the path that is wanted, if there is one and no fade.
static void begin_fade(ModelStage *stage) REALTIME {
    if (stage->fade_left == 0 && stage->wanted != stage->now) {
        stage->old = stage->now;
        stage->now = stage->wanted;
        stage->fade_frames = stage->next_fade_frames;
        stage->fade_left = stage->fade_frames + model_path_filling(stage->now);
        model_path_continue(stage->now, stage->old);
    }
}

// The path that fades out, over the one that comes in.
static void fade(ModelStage *stage, float *const *out, const float *const *in, int frames)
    REALTIME {
    float faded[ENGINE_MAX_CHANNELS][MODEL_STAGE_BLOCK];
    float *to[ENGINE_MAX_CHANNELS] = {faded[0], faded[1]};
    model_path_run(stage->old, to, in, frames);
    for (int i = 0; i < frames; i++) {
        int left = stage->fade_left - 1 - i;
        float share = left < stage->fade_frames ? (float)left / (float)stage->fade_frames : 1.0f;
        for (int c = 0; c < stage->channels; c++) {
            out[c][i] += share * (faded[c][i] - out[c][i]);
        }
    }
    stage->fade_left -= frames;
    stage->old = stage->fade_left > 0 ? stage->old : NULL;
}

static void paths_run(ModelStage *stage, float *const *out, const float *const *in, int frames)
    REALTIME {
    for (int begin = 0, count = 0; begin < frames; begin += count) {
        float *to[ENGINE_MAX_CHANNELS] = {NULL};
        const float *from[ENGINE_MAX_CHANNELS] = {NULL};
        begin_fade(stage);
        count = frames - begin;
        count = stage->old && stage->fade_left < count ? stage->fade_left : count;
        for (int c = 0; c < ENGINE_MAX_CHANNELS && c < stage->channels; c++) {
            to[c] = out[c] + begin;
            from[c] = in[c] + begin;
        }
        model_path_run(stage->now, to, from, count);
        if (stage->old) {
            fade(stage, to, from, count);
        }
    }
}

// ---- Running ----

void model_stage_reset(ModelStage *stage) REALTIME {
    for (int c = 0; c < stage->channels; c++) {
        dc_blocker_reset(&stage->dc_blocker[c]);
    }
    stage->now = stage->wanted;
    stage->old = NULL;
    stage->fade_left = 0;
    model_path_reset(stage->now);
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
    paths_run(stage, out, from, frames);
    for (int c = 0; c < stage->channels; c++) {
        dc_blocker_run(&stage->dc_blocker[c], out[c], levels->dc_block, frames);
        for (int i = 0; i < frames; i++) {
            out[c][i] *= 1.0f + levels->normalise[i] * output;
        }
    }
}
