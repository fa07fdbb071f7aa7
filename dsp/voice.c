// SPDX-License-Identifier: ISC
#include "dsp/voice.h"

#include <math.h>
#include <string.h>

#include "dsp/dc_blocker.h"
#include "dsp/memory.h"
#include "dsp/ramp.h"

enum {
    KNOB_STEP = 16,        // frames between two positions of a moving knob
    MAX_NORMALISATION = 40 // dB, either way
};

static const float output_limit = 1e6f; // an engine beyond this has blown up
static const double muted_seconds = 0.02;

struct Voice {
    Engine *engine;
    int channels;
    int mute_frames;
    int muted;           // frames of silence left, after the engine gave something unusable
    float input_factor;  // for the level of its recording, when 0 dBFS is 0 dBu; 0: unknown
    float output_factor; // for voice_loudness
    DcBlocker dc_blocker[ENGINE_MAX_CHANNELS];
    int knobs;
    struct {
        float minimum, maximum, initial;
        Ramp position;
    } knob[MODEL_MAX_KNOBS];
    int moving; // frames until every knob has arrived
};

// ---- Making ----

static float decibels(double value) {
    return (float)pow(10.0, value / 20.0);
}

static void take_levels(Voice *voice, const ModelInfo *info) {
    bool calibrated = isfinite(info->input_level_dbu) && fabs(info->input_level_dbu) < 100.0;
    voice->input_factor = calibrated ? decibels(-info->input_level_dbu) : 0.0f;
    double gain = voice_loudness - info->loudness;
    gain = isfinite(gain) ? fmin(fmax(gain, -MAX_NORMALISATION), MAX_NORMALISATION) : 0.0;
    voice->output_factor = decibels(gain);
}

static void take_knobs(Voice *voice, const Model *model) {
    voice->knobs = model->knobs;
    for (int i = 0; i < model->knobs; i++) {
        voice->knob[i].minimum = model->knob[i].minimum;
        voice->knob[i].maximum = model->knob[i].maximum;
        voice->knob[i].initial = model->knob[i].initial;
        ramp_jump(&voice->knob[i].position, model->knob[i].initial);
    }
}

Status voice_new(Voice **voice, const Model *model, Isa isa, double session_rate, int channels,
                 Diagnostic *diagnostic) {
    *voice = NULL;
    Voice *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a model");
    }
    Status status = engine_new(&made->engine, model, isa, channels, diagnostic);
    if (status != STATUS_OK) {
        voice_free(made);
        return status;
    }
    made->channels = channels;
    made->mute_frames = (int)(session_rate * muted_seconds + 0.5);
    for (int c = 0; c < channels; c++) {
        dc_blocker_init(&made->dc_blocker[c], session_rate);
    }
    take_levels(made, &model->info);
    take_knobs(made, model);
    *voice = made;
    return STATUS_OK;
}

void voice_free(Voice *voice) {
    if (voice) {
        engine_free(voice->engine);
        memory_free(voice);
    }
}

double voice_model_rate(const Voice *voice) {
    return engine_sample_rate(voice->engine);
}

Isa voice_isa(const Voice *voice) {
    return engine_isa(voice->engine);
}

// ---- Knobs ----

void voice_set_knob(Voice *voice, int knob, float value, int frames) REALTIME {
    if (knob < 0 || knob >= voice->knobs || !isfinite(value)) {
        return;
    }
    Ramp *position = &voice->knob[knob].position;
    if (frames <= 0) {
        ramp_jump(position, value);
        engine_set_knob(voice->engine, knob, value);
    } else if (value != position->target) {
        ramp_aim(position, value, frames);
        voice->moving = frames > voice->moving ? frames : voice->moving;
    }
}

void voice_turn_knob(Voice *voice, int knob, float share, int frames) REALTIME {
    if (knob >= 0 && knob < voice->knobs) {
        float minimum = voice->knob[knob].minimum;
        float maximum = voice->knob[knob].maximum;
        float value = minimum + (maximum - minimum) * share;
        voice_set_knob(voice, knob, share < 0.0f ? voice->knob[knob].initial : value, frames);
    }
}

// Turns moving knobs. Answers for how many frames they then stay, `frames` at most: counted from
// the end of the movement, so that blocks do not matter.
static int move_knobs(Voice *voice, int frames) REALTIME {
    if (voice->moving == 0) {
        for (int i = 0; i < voice->knobs; i++) {
            engine_set_knob(voice->engine, i, voice->knob[i].position.target);
        }
        return frames;
    }
    int rest = voice->moving % KNOB_STEP;
    int count = rest ? rest : KNOB_STEP;
    count = count < frames ? count : frames;
    float positions[KNOB_STEP];
    for (int i = 0; i < voice->knobs; i++) {
        if (rest == 0) {
            engine_set_knob(voice->engine, i, voice->knob[i].position.value);
        }
        ramp_fill(&voice->knob[i].position, positions, count);
    }
    voice->moving -= count;
    return count;
}

// ---- Running ----

// The engine from its start, with every knob where it was going.
static void start_anew(Voice *voice) REALTIME {
    engine_reset(voice->engine);
    voice->moving = 0;
    for (int i = 0; i < voice->knobs; i++) {
        Ramp *position = &voice->knob[i].position;
        ramp_jump(position, position->target);
        engine_set_knob(voice->engine, i, position->target);
    }
}

void voice_reset(Voice *voice) REALTIME {
    for (int c = 0; c < voice->channels; c++) {
        dc_blocker_reset(&voice->dc_blocker[c]);
    }
    voice->muted = 0;
    start_anew(voice);
}

// The first of `frames` frames that holds something unusable; `frames` when none does.
static int first_unusable(const Voice *voice, float *const *out, int frames) REALTIME {
    for (int i = 0; i < frames; i++) {
        for (int c = 0; c < voice->channels; c++) {
            if (!(fabsf(out[c][i]) <= output_limit)) {
                return i;
            }
        }
    }
    return frames;
}

// Runs silence instead of the engine for what is left of it; answers for how many frames.
static int mute(Voice *voice, float *const *out, int frames) REALTIME {
    int count = voice->muted < frames ? voice->muted : frames;
    for (int c = 0; c < voice->channels; c++) {
        memset(out[c], 0, (size_t)count * sizeof(float));
    }
    voice->muted -= count;
    return count;
}

// Runs the engine until something changes: a knob, or that it gives something unusable. Answers
// how many frames are good. Counted from the sample that failed, so that it does not matter where
// blocks end.
static int sound(Voice *voice, float *const *out, const float *const *in, int frames) REALTIME {
    int count = move_knobs(voice, frames);
    engine_run(voice->engine, out, in, count);
    int good = first_unusable(voice, out, count);
    if (good < count) {
        start_anew(voice);
        voice->muted = voice->mute_frames;
    }
    return good;
}

// The engine alone.
static void model_run(Voice *voice, float *const *out, const float *const *in, int frames)
    REALTIME {
    for (int begin = 0; begin < frames;) {
        float *to[ENGINE_MAX_CHANNELS] = {NULL};
        const float *from[ENGINE_MAX_CHANNELS] = {NULL};
        for (int c = 0; c < voice->channels; c++) {
            to[c] = out[c] + begin;
            from[c] = in[c] + begin;
        }
        begin += voice->muted > 0 ? mute(voice, to, frames - begin)
                                  : sound(voice, to, from, frames - begin);
    }
}

void voice_run(Voice *voice, float *const *out, const float *const *in, const VoiceLevels *levels,
               int frames) REALTIME {
    float calibrated[ENGINE_MAX_CHANNELS][VOICE_BLOCK];
    const float *from[ENGINE_MAX_CHANNELS] = {calibrated[0], calibrated[1]};
    float input = voice->input_factor, output = voice->output_factor - 1.0f;
    for (int c = 0; c < voice->channels; c++) {
        for (int i = 0; i < frames; i++) {
            float gain = input > 0.0f ? input * levels->interface[i] - 1.0f : 0.0f;
            calibrated[c][i] = in[c][i] * (1.0f + levels->calibrate[i] * gain);
        }
    }
    model_run(voice, out, from, frames);
    for (int c = 0; c < voice->channels; c++) {
        dc_blocker_run(&voice->dc_blocker[c], out[c], levels->dc_block, frames);
        for (int i = 0; i < frames; i++) {
            out[c][i] *= 1.0f + levels->normalise[i] * output;
        }
    }
}
