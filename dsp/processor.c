// SPDX-License-Identifier: ISC
#include "dsp/processor.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "dsp/denormals.h"
#include "dsp/memory.h"
#include "dsp/ramp.h"

enum { CHUNK = 128 }; // frames that are worked on at a time

static const double fade_seconds = 0.02; // of every ramp and fade
static const float input_limit = 1e3f;   // louder is no audio: +60 dBFS
static const float engine_limit = 1e6f;  // an engine beyond this has blown up

// One model that sounds. Without an engine it passes its input.
typedef struct Voice {
    Engine *engine;
    int muted; // frames of silence left, after the engine gave something unusable
} Voice;

_Static_assert(ATOMIC_POINTER_LOCK_FREE == 2, "models cross threads without a lock");

struct Processor {
    int channels;
    int fade_frames;
    float *fade_gains; // [fade_frames + 1]: sin(pi / 2 * i / fade_frames)
    bool fresh;        // nothing has run since the reset: controls jump
    float settings[CONTROL_COUNT];
    Ramp enabled, input, output, mix; // shares from 0 to 1; levels as factors
    float knobs[MODEL_MAX_KNOBS];
    bool knob_set[MODEL_MAX_KNOBS];
    Voice now, old;
    int fade_left; // frames until `old` is done with; 0: no fade
    _Atomic(Engine *) offered;
    _Atomic(Engine *) retired;
    float dry[ENGINE_MAX_CHANNELS][CHUNK];
    float in[ENGINE_MAX_CHANNELS][CHUNK];
    float wet[ENGINE_MAX_CHANNELS][CHUNK];
    float faded[ENGINE_MAX_CHANNELS][CHUNK];
};

// ---- Making and freeing ----

static Ramp *ramp_of(Processor *processor, ControlId id) REALTIME {
    switch (id) {
    case CONTROL_INPUT:
        return &processor->input;
    case CONTROL_OUTPUT:
        return &processor->output;
    case CONTROL_MIX:
        return &processor->mix;
    default:
        return &processor->enabled;
    }
}

// What a control's value means for its ramp.
static float ramp_target(ControlId id, float value) REALTIME {
    switch (id) {
    case CONTROL_INPUT:
    case CONTROL_OUTPUT:
        return value == 0.0f ? 1.0f : powf(10.0f, value / 20.0f);
    case CONTROL_MIX:
        return value / 100.0f;
    default:
        return value > 0.0f ? 1.0f : 0.0f;
    }
}

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
    atomic_init(&made->offered, NULL);
    atomic_init(&made->retired, NULL);
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

static void knobs_apply(const Processor *processor, Engine *engine) REALTIME {
    for (int i = 0; engine && i < MODEL_MAX_KNOBS; i++) {
        if (processor->knob_set[i]) {
            engine_set_knob(engine, i, processor->knobs[i]);
        }
    }
}

void processor_install(Processor *processor, Engine *engine) {
    engine_free(atomic_exchange(&processor->offered, NULL));
    engine_free(processor->old.engine);
    engine_free(processor->now.engine);
    processor->old = (Voice){0};
    processor->now = (Voice){.engine = engine};
    processor->fade_left = 0;
    knobs_apply(processor, engine);
}

void processor_offer(Processor *processor, Engine *engine) {
    engine_free(atomic_exchange(&processor->offered, engine));
}

bool processor_collect(Processor *processor) {
    Engine *engine = atomic_exchange(&processor->retired, NULL);
    engine_free(engine);
    return engine != NULL;
}

bool processor_has_retired(const Processor *processor) REALTIME {
    return atomic_load(&processor->retired) != NULL;
}

// A fade starts only while nothing waits to be collected, so that its end finds the slot free.
static void fade_start(Processor *processor) REALTIME {
    if (processor->fade_left > 0 || processor_has_retired(processor)) {
        return;
    }
    Engine *engine = atomic_exchange(&processor->offered, NULL);
    if (engine) {
        knobs_apply(processor, engine);
        processor->old = processor->now;
        processor->now = (Voice){.engine = engine};
        processor->fade_left = processor->fade_frames;
    }
}

static void fade_end(Processor *processor) REALTIME {
    if (processor->old.engine) {
        atomic_store(&processor->retired, processor->old.engine);
    }
    processor->old = (Voice){0};
    processor->fade_left = 0;
}

static void voice_reset(Voice *voice) REALTIME {
    voice->muted = 0;
    if (voice->engine) {
        engine_reset(voice->engine);
    }
}

// ---- Controls ----

// While bypassed, levels and models rest: ramps are where they aim at, no fade is under way.
static void rest(Processor *processor) REALTIME {
    ramp_jump(&processor->input, processor->input.target);
    ramp_jump(&processor->output, processor->output.target);
    ramp_jump(&processor->mix, processor->mix.target);
    fade_end(processor);
}

void processor_reset(Processor *processor) REALTIME {
    fade_end(processor);
    voice_reset(&processor->now);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        ControlId id = (ControlId)i;
        ramp_jump(ramp_of(processor, id), ramp_target(id, processor->settings[i]));
    }
    processor->fresh = true;
}

void processor_set(Processor *processor, ControlId id, float value) REALTIME {
    value = control_clamp(id, value);
    if (value == processor->settings[id]) {
        return;
    }
    processor->settings[id] = value;
    Ramp *ramp = ramp_of(processor, id);
    float target = ramp_target(id, value);
    if (processor->fresh) {
        ramp_jump(ramp, target);
    } else if (target != ramp->target) {
        // The engine rested while bypassed; it wakes up without a memory of what was before.
        if (id == CONTROL_ENABLED && ramp_rests_at(ramp, 0.0f)) {
            rest(processor);
            voice_reset(&processor->now);
        }
        ramp_aim(ramp, target, processor->fade_frames);
    }
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
    knobs_apply(processor, processor->now.engine);
    knobs_apply(processor, processor->old.engine);
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

// The first of `frames` frames from `begin` on that holds something unusable; `frames` when none.
static int first_unusable(const Processor *processor, float (*out)[CHUNK], int begin, int frames)
    REALTIME {
    for (int i = begin; i < frames; i++) {
        for (int c = 0; c < processor->channels; c++) {
            if (!(fabsf(out[c][i]) <= engine_limit)) {
                return i;
            }
        }
    }
    return frames;
}

// An engine that gives something unusable starts anew after a fade's length of silence. Counted
// from the sample that failed, so that it does not matter where blocks end.
static void voice_run(const Processor *processor, Voice *voice, float (*out)[CHUNK], int frames)
    REALTIME {
    int channels = processor->channels;
    for (int begin = 0; begin < frames;) {
        int count = frames - begin;
        if (voice->muted > 0) {
            count = voice->muted < count ? voice->muted : count;
            for (int c = 0; c < channels; c++) {
                memset(&out[c][begin], 0, (size_t)count * sizeof(float));
            }
            voice->muted -= count;
            begin += count;
            continue;
        }
        float *to[ENGINE_MAX_CHANNELS] = {NULL};
        const float *from[ENGINE_MAX_CHANNELS] = {NULL};
        for (int c = 0; c < channels; c++) {
            to[c] = &out[c][begin];
            from[c] = &processor->in[c][begin];
        }
        if (!voice->engine) {
            for (int c = 0; c < channels; c++) {
                memcpy(to[c], from[c], (size_t)count * sizeof(float));
            }
            return;
        }
        engine_run(voice->engine, to, from, count);
        begin = first_unusable(processor, out, begin, frames);
        if (begin < frames) {
            engine_reset(voice->engine);
            voice->muted = processor->fade_frames;
        }
    }
}

// The model, or both models through an equal-power fade, into `wet`.
static void models_run(Processor *processor, int frames) REALTIME {
    voice_run(processor, &processor->now, processor->wet, frames);
    if (processor->fade_left == 0) {
        return;
    }
    int count = processor->fade_left < frames ? processor->fade_left : frames;
    voice_run(processor, &processor->old, processor->faded, count);
    for (int i = 0; i < count; i++) {
        processor->fade_left--;
        float old_gain = processor->fade_gains[processor->fade_left];
        float new_gain = processor->fade_gains[processor->fade_frames - processor->fade_left];
        for (int c = 0; c < processor->channels; c++) {
            float *wet = &processor->wet[c][i];
            *wet = new_gain * *wet + old_gain * processor->faded[c][i];
        }
    }
    if (processor->fade_left == 0) {
        fade_end(processor);
    }
}

static void wet_run(Processor *processor, int frames) REALTIME {
    float level[CHUNK];
    float share[CHUNK];
    ramp_fill(&processor->input, level, frames);
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            processor->in[c][i] = processor->dry[c][i] * level[i];
        }
    }
    models_run(processor, frames);
    ramp_fill(&processor->output, level, frames);
    ramp_fill(&processor->mix, share, frames);
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            float wet = processor->wet[c][i] * level[i];
            processor->wet[c][i] = blend(processor->dry[c][i], wet, share[i]);
        }
    }
}

static void chunk_run(Processor *processor, float *const *out, const float *const *in, int begin,
                      int frames) REALTIME {
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            processor->dry[c][i] = sane(in[c][begin + i]);
        }
    }
    if (ramp_rests_at(&processor->enabled, 0.0f)) {
        rest(processor);
        for (int c = 0; c < processor->channels; c++) {
            memcpy(&out[c][begin], processor->dry[c], (size_t)frames * sizeof(float));
        }
        return;
    }
    wet_run(processor, frames);
    float share[CHUNK];
    ramp_fill(&processor->enabled, share, frames);
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            out[c][begin + i] = blend(processor->dry[c][i], processor->wet[c][i], share[i]);
        }
    }
}

void processor_run(Processor *processor, float *const *out, const float *const *in, int frames)
    REALTIME {
    if (frames <= 0) {
        return;
    }
    DenormalState before = denormals_off();
    fade_start(processor);
    for (int begin = 0; begin < frames; begin += CHUNK) {
        int count = frames - begin < CHUNK ? frames - begin : CHUNK;
        chunk_run(processor, out, in, begin, count);
    }
    processor->fresh = false;
    denormals_restore(before);
}
