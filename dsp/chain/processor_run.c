// SPDX-License-Identifier: ISC
// The chain, chunk by chunk.
#include <float.h>
#include <math.h>
#include <string.h>

#include "dsp/base/denormals.h"
#include "dsp/chain/processor.h"
#include "dsp/chain/processor_state.h"

static const float input_limit = 1e3f; // louder is no audio: +60 dBFS

// What cannot be audio becomes silence, and what is far too loud is held.
static float sanitise(float x) REALTIME {
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
static void model_stage_sound(const Processor *processor, ModelStage *stage,
                              const ModelStageLevels *levels, Planes out, int frames) REALTIME {
    float *to[ENGINE_MAX_CHANNELS] = {out[0], out[1]};
    const float *from[ENGINE_MAX_CHANNELS] = {processor->in[0], processor->in[1]};
    if (stage) {
        model_stage_run(stage, to, from, levels, frames);
    } else {
        memcpy(out, processor->in, sizeof(Planes));
    }
}

// The model, or both models through an equal-power fade, into `wet`.
static void models_run(Processor *processor, int frames) REALTIME {
    Swap *stages = &processor->stages;
    ModelStageLevels levels;
    ramp_fill(&processor->ramps[CONTROL_CALIBRATE], levels.calibrate, frames);
    ramp_fill(&processor->ramps[CONTROL_INTERFACE], levels.interface, frames);
    ramp_fill(&processor->ramps[CONTROL_NORMALISE], levels.normalise, frames);
    ramp_fill(&processor->ramps[CONTROL_DC_BLOCK], levels.dc_block, frames);
    model_stage_sound(processor, swap_now(stages), &levels, processor->wet, frames);
    int fading = swap_left(stages), count = fading < frames ? fading : frames;
    if (fading == 0) {
        return;
    }
    model_stage_sound(processor, swap_old(stages), &levels, processor->faded, count);
    for (int i = 0; i < count; i++) {
        int left = fading - 1 - i < processor->fade_frames ? fading - 1 - i
                                                           : processor->fade_frames;
        float old_gain = processor->fade_gains[left];
        float new_gain = processor->fade_gains[processor->fade_frames - left];
        for (int c = 0; c < processor->channels; c++) {
            float *wet = &processor->wet[c][i];
            *wet = new_gain * *wet + old_gain * processor->faded[c][i];
        }
    }
    swap_advance(stages, count);
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

// One cabinet, or none, over `wet` into `out`.
static void cabinet_sound(const Processor *processor, Cabinet *cabinet, Planes out, int frames)
    REALTIME {
    float *to[ENGINE_MAX_CHANNELS] = {out[0], out[1]};
    const float *from[ENGINE_MAX_CHANNELS] = {processor->wet[0], processor->wet[1]};
    if (cabinet) {
        cabinet_run(cabinet, to, from, frames);
    } else {
        memcpy(out, processor->wet, sizeof(Planes));
    }
}

// The cabinet, or both through a fade, as far as it is on.
static void cabinets_run(Processor *processor, int frames) REALTIME {
    Swap *cabinets = &processor->cabinets;
    bool off = ramp_is_at(&processor->ramps[CONTROL_CABINET], 0.0f);
    float share[CHUNK];
    ramp_fill(&processor->ramps[CONTROL_CABINET], share, frames);
    if (off) {
        swap_end(cabinets);
    }
    if (off || (!swap_now(cabinets) && !swap_old(cabinets))) {
        return;
    }
    cabinet_sound(processor, swap_now(cabinets), processor->in, frames);
    int fading = swap_left(cabinets), count = fading < frames ? fading : frames;
    if (fading > 0) {
        cabinet_sound(processor, swap_old(cabinets), processor->faded, count);
        for (int i = 0; i < count; i++) {
            float new_share = 1.0f - (float)(fading - 1 - i) / (float)processor->fade_frames;
            for (int c = 0; c < processor->channels; c++) {
                processor->in[c][i] = blend(processor->faded[c][i], processor->in[c][i], new_share);
            }
        }
        swap_advance(cabinets, count);
    }
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            processor->wet[c][i] = blend(processor->wet[c][i], processor->in[c][i], share[i]);
        }
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
    models_run(processor, frames);
    gate_apply(processor, frames);
    tone_run(&processor->after, after, processor->channels, frames);
    cabinets_run(processor, frames);
    scale(processor, processor->wet, ramp_values(processor, CONTROL_OUTPUT, values, frames),
          frames);
}

// wet = dry, but as far as `share` tells.
static void mix(const Processor *processor, Planes wet, Planes dry, const float *share, int frames)
    REALTIME {
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            wet[c][i] = blend(dry[c][i], wet[c][i], share[i]);
        }
    }
}

static void chunk_run(Processor *processor, float *const *out, const float *const *in, int begin,
                      int frames) REALTIME {
    for (int c = 0; c < processor->channels; c++) {
        for (int i = 0; i < frames; i++) {
            processor->key[c][i] = sanitise(in[c][begin + i]);
        }
    }
    float *dry[ENGINE_MAX_CHANNELS] = {processor->dry[0], processor->dry[1]};
    memcpy(processor->dry, processor->key, sizeof(Planes));
    delay_line_run(&processor->dry_delay, dry, processor->channels, processor_latency(processor),
                   processor->fade_frames, frames);
    float *lagging[ENGINE_MAX_CHANNELS] = {processor->mix_dry[0], processor->mix_dry[1]};
    memcpy(processor->mix_dry, processor->dry, sizeof(Planes));
    delay_line_run(&processor->mix_delay, lagging, processor->channels, processor_lag(processor),
                   processor->fade_frames, frames);
    if (ramp_is_at(&processor->ramps[CONTROL_ENABLED], 0.0f)) {
        processor_clear(processor);
        memcpy(processor->wet, processor->dry, sizeof(Planes));
    } else {
        float share[CHUNK];
        wet_run(processor, frames);
        ramp_values(processor, CONTROL_MIX, share, frames);
        mix(processor, processor->wet, processor->mix_dry, share, frames);
        ramp_values(processor, CONTROL_ENABLED, share, frames);
        mix(processor, processor->wet, processor->dry, share, frames);
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
    if (swap_begin(&processor->stages, processor->fade_frames)) {
        // It is heard only once its filters are full, and it has settled to its knobs: that would
        // be a thump.
        ModelStage *stage = swap_now(&processor->stages);
        processor_apply_knobs(processor, stage, 0);
        processor_apply_oversampling(processor, stage, 0);
        swap_prolong(&processor->stages, 2 * processor_latency(processor));
        if (stage && model_stage_is_turned(stage)) {
            swap_prolong(&processor->stages, processor->settling_frames);
        }
    }
    swap_begin(&processor->cabinets, processor->fade_frames);
    for (int begin = 0; begin < frames; begin += CHUNK) {
        int count = frames - begin < CHUNK ? frames - begin : CHUNK;
        chunk_run(processor, out, in, begin, count);
    }
    processor->just_reset = false;
    denormals_restore(before);
}
