// SPDX-License-Identifier: ISC
#include "dsp/chain/model_stage.h"

#include <math.h>
#include <string.h>

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

struct Voice {
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

// How often the session's rate is the model's; 0 when it is no integer multiple that can be run.
static int multiple(double session_rate, double model_rate) {
    double times = round(session_rate / model_rate);
    bool fits = times >= 1.0 && times <= ENGINE_MAX_STATES &&
                fabs(session_rate - times * model_rate) <= 0.5;
    return fits ? (int)times : 0;
}

// Converters to the model's rate and back. An output frame of the way back needs `back` frames of
// the model behind its time, of which the last needs `there` frames of the session.
static Status make_converters(Voice *voice, double session_rate, double model_rate,
                              Diagnostic *diagnostic) {
    int session = (int)lround(fmin(session_rate, 1e8)), model = (int)lround(fmin(model_rate, 1e8));
    double ratio = (double)session / model;
    int block = (int)(VOICE_BLOCK / ratio) + 2, channels = voice->channels;
    Status status = rate_converter_new(&voice->to_model, session, model, channels, VOICE_BLOCK, 0,
                                       diagnostic);
    if (status == STATUS_OK) {
        status = rate_converter_new(&voice->to_session, model, session, channels, block,
                                    DELAY_LINE_MAX, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    double there = rate_converter_reach(voice->to_model);
    double back = rate_converter_reach(voice->to_session);
    voice->latency = (int)ceil(there - 1.0 + (back + 1.0) * ratio);
    voice->stretch = 1.0 / ratio;
    for (int c = 0; c < channels; c++) {
        voice->model_in[c] = memory_new((size_t)block, sizeof(float));
        voice->model_out[c] = memory_new((size_t)block, sizeof(float));
        if (!voice->model_in[c] || !voice->model_out[c]) {
            return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to convert the sample rate");
        }
    }
    if (voice->latency > DELAY_LINE_MAX) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED, "from %d Hz to %d Hz would take %d samples",
                        session, model, voice->latency);
    }
    return STATUS_OK;
}

static Status make_engine(Voice *voice, const Model *model, Isa isa, double session_rate,
                          Diagnostic *diagnostic) {
    double rate = model->sample_rate;
    int states = rate > 0.0 ? multiple(session_rate, rate) : 1;
    voice->stretch = 1.0;
    voice->mode = states == 1 ? RATE_SAME : states > 1 ? RATE_DELAYED : RATE_RESAMPLED;
    Status status = engine_new_delayed(&voice->engine, model, isa, voice->channels,
                                       states > 1 ? states : 1, diagnostic);
    if (status == STATUS_OK && voice->mode == RATE_RESAMPLED) {
        status = make_converters(voice, session_rate, rate, diagnostic);
    }
    return status;
}

Status voice_new(Voice **voice, const Model *model, Isa isa, double session_rate, int channels,
                 Diagnostic *diagnostic) {
    *voice = NULL;
    Voice *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a model");
    }
    made->channels = channels;
    Status status = make_engine(made, model, isa, session_rate, diagnostic);
    if (status != STATUS_OK) {
        voice_free(made);
        return status;
    }
    made->mute_frames = (int)(session_rate * made->stretch * muted_seconds + 0.5);
    for (int c = 0; c < channels; c++) {
        dc_blocker_init(&made->dc_blocker[c], session_rate);
    }
    take_levels(made, &model->info);
    take_knobs(made, model);
    voice_reset(made);
    *voice = made;
    return STATUS_OK;
}

void voice_free(Voice *voice) {
    if (voice) {
        engine_free(voice->engine);
        rate_converter_free(voice->to_model);
        rate_converter_free(voice->to_session);
        for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
            memory_free(voice->model_in[c]);
            memory_free(voice->model_out[c]);
        }
        memory_free(voice);
    }
}

double voice_model_rate(const Voice *voice) {
    return engine_sample_rate(voice->engine);
}

Isa voice_isa(const Voice *voice) {
    return engine_isa(voice->engine);
}

RateMode voice_rate_mode(const Voice *voice) REALTIME {
    return voice->mode;
}

int voice_latency(const Voice *voice) REALTIME {
    return voice->latency;
}

// ---- Knobs ----

void voice_set_knob(Voice *voice, int knob, float value, int frames) REALTIME {
    if (knob < 0 || knob >= voice->knobs || !isfinite(value)) {
        return;
    }
    Ramp *position = &voice->knob[knob].position;
    frames = frames > 0 ? (int)ceil(frames * voice->stretch) : 0;
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

bool voice_is_turned(const Voice *voice) REALTIME {
    for (int i = 0; i < voice->knobs; i++) {
        if (voice->knob[i].position.target != voice->knob[i].initial) {
            return true;
        }
    }
    return false;
}

// Turns moving knobs. Answers for how many frames they then stay, `frames` at most. Every frame has
// its own position: steps of 16 frames were heard as a buzz when a knob went all the way at once.
static int move_knobs(Voice *voice, int frames) REALTIME {
    for (int i = 0; i < voice->knobs; i++) {
        Ramp *ramp = &voice->knob[i].position;
        float position = ramp->target;
        if (voice->moving > 0) {
            ramp_fill(ramp, &position, 1);
        }
        engine_set_knob(voice->engine, i, position);
    }
    if (voice->moving == 0) {
        return frames;
    }
    voice->moving--;
    return 1;
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
    if (voice->mode == RATE_RESAMPLED) {
        rate_converter_reset(voice->to_model, 0);
        rate_converter_reset(voice->to_session, voice->latency);
    }
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
    for (int c = 0; c < ENGINE_MAX_CHANNELS && c < voice->channels; c++) {
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
        for (int c = 0; c < ENGINE_MAX_CHANNELS && c < voice->channels; c++) {
            to[c] = out[c] + begin;
            from[c] = in[c] + begin;
        }
        begin += voice->muted > 0 ? mute(voice, to, frames - begin)
                                  : sound(voice, to, from, frames - begin);
    }
}

// The engine at its own rate.
static void resampled_run(Voice *voice, float *const *out, const float *const *in, int frames)
    REALTIME {
    const float *from[ENGINE_MAX_CHANNELS] = {voice->model_in[0], voice->model_in[1]};
    const float *back[ENGINE_MAX_CHANNELS] = {voice->model_out[0], voice->model_out[1]};
    rate_converter_push(voice->to_model, in, frames);
    int count = rate_converter_ready(voice->to_model);
    rate_converter_pull(voice->to_model, voice->model_in, count);
    model_run(voice, voice->model_out, from, count);
    rate_converter_push(voice->to_session, back, count);
    rate_converter_pull(voice->to_session, out, frames);
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
    if (voice->mode == RATE_RESAMPLED) {
        resampled_run(voice, out, from, frames);
    } else {
        model_run(voice, out, from, frames);
    }
    for (int c = 0; c < voice->channels; c++) {
        dc_blocker_run(&voice->dc_blocker[c], out[c], levels->dc_block, frames);
        for (int i = 0; i < frames; i++) {
            out[c][i] *= 1.0f + levels->normalise[i] * output;
        }
    }
}
