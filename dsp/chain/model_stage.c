// SPDX-License-Identifier: ISC
#include "dsp/chain/model_stage.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "dsp/chain/dc_blocker.h"
#include "dsp/chain/model_path.h"

enum {
    MAX_NORMALISATION = 40 // dB, either way
};

_Static_assert((int)MODEL_STAGE_BLOCK <= (int)MODEL_PATH_BLOCK, "a path takes a block at once");

struct ModelStage {
    ModelPath *path;
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

Status model_stage_new(ModelStage **stage, const Model *model, Isa isa, double session_rate,
                       int channels, Diagnostic *diagnostic) {
    *stage = NULL;
    ModelStage *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a model");
    }
    made->channels = channels;
    Status status = model_path_new(&made->path, model, isa, session_rate, channels, diagnostic);
    if (status != STATUS_OK) {
        model_stage_free(made);
        return status;
    }
    made->mode = mode_of(made->path);
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
        model_path_free(stage->path);
        memory_free(stage);
    }
}

double model_stage_model_rate(const ModelStage *stage) {
    return engine_sample_rate(model_path_engine(stage->path));
}

Isa model_stage_isa(const ModelStage *stage) {
    return engine_isa(model_path_engine(stage->path));
}

RateMode model_stage_rate_mode(const ModelStage *stage) REALTIME {
    return stage->mode;
}

int model_stage_latency(const ModelStage *stage) REALTIME {
    return model_path_latency(stage->path);
}

// ---- Knobs ----

void model_stage_set_knob(ModelStage *stage, int knob, float value, int frames) REALTIME {
    if (knob >= 0 && knob < stage->knobs && isfinite(value)) {
        stage->knob[knob].target = value;
        model_path_set_knob(stage->path, knob, value, frames);
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

// ---- Running ----

void model_stage_reset(ModelStage *stage) REALTIME {
    for (int c = 0; c < stage->channels; c++) {
        dc_blocker_reset(&stage->dc_blocker[c]);
    }
    model_path_reset(stage->path);
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
    model_path_run(stage->path, out, from, frames);
    for (int c = 0; c < stage->channels; c++) {
        dc_blocker_run(&stage->dc_blocker[c], out[c], levels->dc_block, frames);
        for (int i = 0; i < frames; i++) {
            out[c][i] *= 1.0f + levels->normalise[i] * output;
        }
    }
}
