// SPDX-License-Identifier: ISC
#include "dsp/processor.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "dsp/delay_line.h"
#include "dsp/denormals.h"
#include "dsp/gate.h"
#include "dsp/memory.h"
#include "dsp/ramp.h"
#include "dsp/swap.h"
#include "dsp/tone.h"

enum { CHUNK = TONE_BLOCK }; // frames that are worked on at a time

static const double fade_seconds = 0.02; // of every ramp and fade
static const float input_limit = 1e3f;   // louder is no audio: +60 dBFS

_Static_assert((int)CHUNK <= (int)VOICE_BLOCK, "a chunk goes through a voice at once");

_Static_assert((int)CONTROL_COUNT == (int)CONTROL_KNOB_1 + (int)MODEL_MAX_KNOBS,
               "a control for each knob, after all others");

typedef float Planes[ENGINE_MAX_CHANNELS][CHUNK];

struct Processor {
    int channels;
    int fade_frames;
    float *fade_gains; // [fade_frames + 1]: sin(pi / 2 * i / fade_frames)
    bool fresh;        // nothing has run since the reset: controls jump
    float settings[CONTROL_COUNT];
    Ramp ramps[CONTROL_COUNT];      // of those that have one: shares from 0 to 1, levels as factors
    float knobs[MODEL_MAX_KNOBS];   // of those whose control does not count,
    bool knob_set[MODEL_MAX_KNOBS]; // which are these
    Swap voices;
    Gate gate;
    Tone before, after; // the model
    DelayLine dry_delay;
    Planes key; // the input as it came
    Planes dry; // the same, as late as `wet`
    Planes in, wet, faded;
};

// ---- Making and freeing ----

static float *fade_gains_new(int frames) {
    float *gains = memory_new((size_t)frames + 1, sizeof *gains);
    for (int i = 0; gains && i <= frames; i++) {
        gains[i] = (float)sin(asin(1.0) * i / frames);
    }
    return gains;
}

Status processor_new(Processor **processor, double sample_rate, int channels,
                     Diagnostic *diagnostic) {
    *processor = NULL;
    if (!(sample_rate >= 1e3 && sample_rate <= 1e6)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "a sample rate of %g Hz cannot be used; 1000 to 1000000 can", sample_rate);
    }
    if (channels < 1 || channels > ENGINE_MAX_CHANNELS) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%d channels cannot be run; 1 to %d can",
                        channels, ENGINE_MAX_CHANNELS);
    }
    Processor *made = memory_new(1, sizeof *made);
    int fade_frames = (int)(sample_rate * fade_seconds + 0.5);
    float *fade_gains = made ? fade_gains_new(fade_frames) : NULL;
    if (!fade_gains) {
        memory_free(made);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the processor");
    }
    made->channels = channels;
    made->fade_frames = fade_frames;
    made->fade_gains = fade_gains;
    gate_init(&made->gate, sample_rate);
    tone_init(&made->before, sample_rate);
    tone_init(&made->after, sample_rate);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        made->settings[i] = controls[i].initial;
    }
    processor_reset(made);
    *processor = made;
    return STATUS_OK;
}

void processor_free(Processor *processor) {
    if (!processor) {
        return;
    }
    processor_install(processor, NULL);
    processor_collect(processor);
    memory_free(processor->fade_gains);
    memory_free(processor);
}

// ---- Models ----

static void knobs_apply(const Processor *processor, Voice *voice, int frames) REALTIME {
    for (int i = 0; voice && i < MODEL_MAX_KNOBS; i++) {
        if (processor->knob_set[i]) {
            voice_set_knob(voice, i, processor->knobs[i], frames);
        } else {
            float percent = processor->settings[CONTROL_KNOB_1 + i];
            voice_turn_knob(voice, i, percent < 0.0f ? -1.0f : percent / 100.0f, frames);
        }
    }
}

void processor_install(Processor *processor, Voice *voice) {
    Swap *voices = &processor->voices;
    voice_free(swap_offer(voices, NULL));
    voice_free(voices->old);
    voice_free(voices->now);
    voices->old = NULL;
    voices->now = voice;
    voices->fade_left = 0;
    knobs_apply(processor, voice, 0);
    delay_line_reset(&processor->dry_delay, processor_latency(processor));
}

void processor_offer(Processor *processor, Voice *voice) {
    voice_free(swap_offer(&processor->voices, voice));
}

bool processor_collect(Processor *processor) {
    Voice *voice = swap_collect(&processor->voices);
    voice_free(voice);
    return voice != NULL;
}

bool processor_has_retired(const Processor *processor) REALTIME {
    return swap_has_retired(&processor->voices);
}

// ---- Controls ----

static float factor_of(float decibels) REALTIME {
    return decibels == 0.0f ? 1.0f : powf(10.0f, decibels / 20.0f);
}

static const ControlId tone_controls[TONE_BANDS] = {
    [TONE_DEPTH] = CONTROL_DEPTH,       [TONE_BASS] = CONTROL_BASS,
    [TONE_MIDDLE] = CONTROL_MIDDLE,     [TONE_TREBLE] = CONTROL_TREBLE,
    [TONE_PRESENCE] = CONTROL_PRESENCE,
};

// Moves the gains of the tone stack that is in use, and the other one's to 0 dB.
static void tone_apply(Processor *processor, int frames) REALTIME {
    bool before = processor->settings[CONTROL_TONE_POSITION] > 0.0f;
    for (int b = 0; b < TONE_BANDS; b++) {
        float gain = factor_of(processor->settings[tone_controls[b]]);
        tone_set(&processor->before, (ToneBand)b, before ? gain : 1.0f, frames);
        tone_set(&processor->after, (ToneBand)b, before ? 1.0f : gain, frames);
    }
}

// Lets the setting of a control work, after `frames` frames.
static void setting_apply(Processor *processor, ControlId id, int frames) REALTIME {
    const float *settings = processor->settings;
    float value = settings[id], target = value;
    if (id >= CONTROL_KNOB_1) {
        knobs_apply(processor, processor->voices.now, frames);
        knobs_apply(processor, processor->voices.old, frames);
        return;
    }
    switch (id) {
    case CONTROL_GATE:
    case CONTROL_THRESHOLD:
    case CONTROL_RELEASE:
        gate_set(&processor->gate, settings[CONTROL_GATE] > 0.0f,
                 factor_of(settings[CONTROL_THRESHOLD]), settings[CONTROL_RELEASE] * 1e-3f);
        return;
    case CONTROL_TONE_POSITION:
    case CONTROL_BASS:
    case CONTROL_MIDDLE:
    case CONTROL_TREBLE:
    case CONTROL_PRESENCE:
    case CONTROL_DEPTH:
        tone_apply(processor, frames);
        return;
    case CONTROL_INPUT:
    case CONTROL_OUTPUT:
    case CONTROL_INTERFACE:
        target = factor_of(value);
        break;
    case CONTROL_MIX:
        target = value / 100.0f;
        break;
    default:
        target = value > 0.0f ? 1.0f : 0.0f;
        break;
    }
    if (target != processor->ramps[id].target) {
        ramp_aim(&processor->ramps[id], target, frames);
    }
}

// Everything without a memory, and every control where it was going.
static void rest(Processor *processor) REALTIME {
    swap_end(&processor->voices);
    gate_reset(&processor->gate);
    tone_reset(&processor->before);
    tone_reset(&processor->after);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        ramp_jump(&processor->ramps[i], processor->ramps[i].target);
    }
}

static void start_anew(Processor *processor) REALTIME {
    rest(processor);
    if (processor->voices.now) {
        voice_reset(processor->voices.now);
    }
}

RateMode processor_rate_mode(const Processor *processor) REALTIME {
    return processor->voices.now ? voice_rate_mode(processor->voices.now) : RATE_SAME;
}

int processor_latency(const Processor *processor) REALTIME {
    return processor->voices.now ? voice_latency(processor->voices.now) : 0;
}

void processor_reset(Processor *processor) REALTIME {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        setting_apply(processor, (ControlId)i, 0);
    }
    start_anew(processor);
    delay_line_reset(&processor->dry_delay, processor_latency(processor));
    processor->fresh = true;
}

void processor_set(Processor *processor, ControlId id, float value) REALTIME {
    value = control_clamp(id, value);
    if (value == processor->settings[id]) {
        return;
    }
    // What rested while bypassed wakes up without a memory of what was before.
    if (id == CONTROL_ENABLED && ramp_rests_at(&processor->ramps[id], 0.0f)) {
        start_anew(processor);
    }
    processor->settings[id] = value;
    if (id >= CONTROL_KNOB_1) {
        processor->knob_set[id - CONTROL_KNOB_1] = false;
    }
    setting_apply(processor, id, processor->fresh ? 0 : processor->fade_frames);
}

void processor_set_knob(Processor *processor, int knob, float value) REALTIME {
    if (knob < 0 || knob >= MODEL_MAX_KNOBS || !(fabsf(value) <= FLT_MAX)) {
        return;
    }
    if (processor->knob_set[knob] && processor->knobs[knob] == value) {
        return;
    }
    processor->knobs[knob] = value;
    processor->knob_set[knob] = true;
    int frames = processor->fresh ? 0 : processor->fade_frames;
    knobs_apply(processor, processor->voices.now, frames);
    knobs_apply(processor, processor->voices.old, frames);
}

// ---- Audio ----

// What cannot be audio becomes silence, and what is far too loud is held.
static float sane(float x) REALTIME {
    float size = fabsf(x);
    if (!(size <= FLT_MAX)) {
        return 0.0f;
    }
    if (size < FLT_MIN) {
        return copysignf(0.0f, x);
    }
    return size > input_limit ? copysignf(input_limit, x) : x;
}

// Exact at both ends: no arithmetic touches a signal that passes alone.
static float blend(float dry, float wet, float share) REALTIME {
    if (share == 1.0f) {
        return wet;
    }
    return share == 0.0f ? dry : dry * (1.0f - share) + wet * share;
}

// The values of a control's ramp for the next frames.
static const float *ramp_values(Processor *processor, ControlId id, float *values, int frames)
    REALTIME {
    ramp_fill(&processor->ramps[id], values, frames);
    return values;
}

// The model, or without a model the input, into `out`.
static void voice_sound(const Processor *processor, Voice *voice, const VoiceLevels *levels,
                        Planes out, int frames) REALTIME {
    float *to[ENGINE_MAX_CHANNELS] = {out[0], out[1]};
    const float *from[ENGINE_MAX_CHANNELS] = {processor->in[0], processor->in[1]};
    if (voice) {
        voice_run(voice, to, from, levels, frames);
    } else {
        memcpy(out, processor->in, sizeof(Planes));
    }
}

// The model, or both models through an equal-power fade, into `wet`.
static void voices_run(Processor *processor, int frames) REALTIME {
    Swap *voices = &processor->voices;
    VoiceLevels levels;
    ramp_fill(&processor->ramps[CONTROL_CALIBRATE], levels.calibrate, frames);
    ramp_fill(&processor->ramps[CONTROL_INTERFACE], levels.interface, frames);
    ramp_fill(&processor->ramps[CONTROL_NORMALISE], levels.normalise, frames);
    ramp_fill(&processor->ramps[CONTROL_DC_BLOCK], levels.dc_block, frames);
    voice_sound(processor, voices->now, &levels, processor->wet, frames);
    if (voices->fade_left == 0) {
        return;
    }
    int count = voices->fade_left < frames ? voices->fade_left : frames;
    voice_sound(processor, voices->old, &levels, processor->faded, count);
    for (int i = 0; i < count; i++) {
        voices->fade_left--;
        int left = voices->fade_left < processor->fade_frames ? voices->fade_left
                                                              : processor->fade_frames;
        float old_gain = processor->fade_gains[left];
        float new_gain = processor->fade_gains[processor->fade_frames - left];
        for (int c = 0; c < processor->channels; c++) {
            float *wet = &processor->wet[c][i];
            *wet = new_gain * *wet + old_gain * processor->faded[c][i];
        }
    }
    if (voices->fade_left == 0) {
        swap_end(voices);
    }
}

static void scale(const Processor *processor, Planes signal, const float *gains, int frames)
    REALTIME {
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            signal[c][i] *= gains[i];
        }
    }
}

static void gate_apply(Processor *processor, int frames) REALTIME {
    const float *key[ENGINE_MAX_CHANNELS] = {processor->key[0], processor->key[1]};
    float gains[CHUNK];
    if (!gate_is_idle(&processor->gate)) {
        gate_run(&processor->gate, gains, key, processor->channels, frames);
        scale(processor, processor->wet, gains, frames);
    }
}

// From `key` to `wet`, all but mix and bypass.
static void wet_run(Processor *processor, int frames) REALTIME {
    float *before[ENGINE_MAX_CHANNELS] = {processor->in[0], processor->in[1]};
    float *after[ENGINE_MAX_CHANNELS] = {processor->wet[0], processor->wet[1]};
    float values[CHUNK];
    memcpy(processor->in, processor->key, sizeof(Planes));
    scale(processor, processor->in, ramp_values(processor, CONTROL_INPUT, values, frames), frames);
    tone_run(&processor->before, before, processor->channels, frames);
    voices_run(processor, frames);
    gate_apply(processor, frames);
    tone_run(&processor->after, after, processor->channels, frames);
    scale(processor, processor->wet, ramp_values(processor, CONTROL_OUTPUT, values, frames),
          frames);
}

// out = dry, as far as `share` tells wet.
static void mix(const Processor *processor, Planes out, Planes wet, const float *share, int frames)
    REALTIME {
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            out[c][i] = blend(processor->dry[c][i], wet[c][i], share[i]);
        }
    }
}

static void chunk_run(Processor *processor, float *const *out, const float *const *in, int begin,
                      int frames) REALTIME {
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            processor->key[c][i] = sane(in[c][begin + i]);
        }
    }
    float *dry[ENGINE_MAX_CHANNELS] = {processor->dry[0], processor->dry[1]};
    memcpy(processor->dry, processor->key, sizeof(Planes));
    delay_line_run(&processor->dry_delay, dry, processor->channels, processor_latency(processor),
                   processor->fade_frames, frames);
    if (ramp_rests_at(&processor->ramps[CONTROL_ENABLED], 0.0f)) {
        rest(processor);
        memcpy(processor->wet, processor->dry, sizeof(Planes));
    } else {
        float share[CHUNK];
        wet_run(processor, frames);
        ramp_values(processor, CONTROL_MIX, share, frames);
        mix(processor, processor->wet, processor->wet, share, frames);
        ramp_values(processor, CONTROL_ENABLED, share, frames);
        mix(processor, processor->wet, processor->wet, share, frames);
    }
    for (int c = 0; c < processor->channels; c++) {
        memcpy(&out[c][begin], processor->wet[c], (size_t)frames * sizeof(float));
    }
}

void processor_run(Processor *processor, float *const *out, const float *const *in, int frames)
    REALTIME {
    if (frames <= 0) {
        return;
    }
    DenormalState before = denormals_off();
    if (swap_begin(&processor->voices, processor->fade_frames)) {
        knobs_apply(processor, processor->voices.now, 0);
        // It is heard only once its filters are full.
        processor->voices.fade_left += 2 * processor_latency(processor);
    }
    for (int begin = 0; begin < frames; begin += CHUNK) {
        int count = frames - begin < CHUNK ? frames - begin : CHUNK;
        chunk_run(processor, out, in, begin, count);
    }
    processor->fresh = false;
    denormals_restore(before);
}
