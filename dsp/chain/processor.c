// SPDX-License-Identifier: ISC
// Making, models, cabinets and controls; what runs is in dsp/chain/processor_run.c.
#include "dsp/chain/processor.h"

#include <float.h>
#include <math.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "dsp/chain/processor_state.h"

static const double fade_seconds = 0.02;    // of every ramp and fade
static const double settling_seconds = 0.1; // what is left of a start at other knobs: 50 dB less

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
    made->settling_frames = (int)(sample_rate * settling_seconds);
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
    processor_install_cabinet(processor, NULL);
    processor_collect(processor);
    memory_free(processor->fade_gains);
    memory_free(processor);
}

// ---- Models ----

void processor_install(Processor *processor, ModelStage *stage) {
    void *gone[SWAP_GONE];
    swap_install(&processor->stages, stage, gone);
    for (int i = 0; i < SWAP_GONE; i++) {
        model_stage_free(gone[i]);
    }
    processor_apply_knobs(processor, stage, 0);
    processor_apply_oversampling(processor, stage, 0);
    delay_line_reset(&processor->dry_delay, processor_latency(processor));
    delay_line_reset(&processor->mix_delay, processor_lag(processor));
}

void processor_offer(Processor *processor, ModelStage *stage) {
    model_stage_free(swap_offer(&processor->stages, stage));
}

void processor_install_cabinet(Processor *processor, Cabinet *cabinet) {
    void *gone[SWAP_GONE];
    swap_install(&processor->cabinets, cabinet, gone);
    for (int i = 0; i < SWAP_GONE; i++) {
        cabinet_free(gone[i]);
    }
}

void processor_offer_cabinet(Processor *processor, Cabinet *cabinet) {
    cabinet_free(swap_offer(&processor->cabinets, cabinet));
}

bool processor_collect(Processor *processor) {
    ModelStage *stage = swap_collect(&processor->stages);
    Cabinet *cabinet = swap_collect(&processor->cabinets);
    model_stage_free(stage);
    cabinet_free(cabinet);
    return stage || cabinet;
}

bool processor_has_retired(const Processor *processor) REALTIME {
    return swap_has_retired(&processor->stages) || swap_has_retired(&processor->cabinets);
}

// ---- Controls ----

static const ControlId tone_controls[TONE_BANDS] = {
    [TONE_DEPTH] = CONTROL_DEPTH,       [TONE_BASS] = CONTROL_BASS,
    [TONE_MIDDLE] = CONTROL_MIDDLE,     [TONE_TREBLE] = CONTROL_TREBLE,
    [TONE_PRESENCE] = CONTROL_PRESENCE,
};

// Moves the gains of the tone stack that is in use, and the other one's to 0 dB.
static void tone_apply(Processor *processor, int frames) REALTIME {
    bool before = processor->settings[CONTROL_TONE_POSITION] > 0.0f;
    for (int b = 0; b < TONE_BANDS; b++) {
        float gain = decibels_to_amplitudef(processor->settings[tone_controls[b]]);
        tone_set(&processor->before, (ToneBand)b, before ? gain : 1.0f, frames);
        tone_set(&processor->after, (ToneBand)b, before ? 1.0f : gain, frames);
    }
}

// Lets the setting of a control work, after `frames` frames.
static void setting_apply(Processor *processor, ControlId id, int frames) REALTIME {
    const float *settings = processor->settings;
    float value = settings[id];
    float target;
    switch (controls[id].group) {
    case GROUP_MODEL: // what is fading out keeps its own: a preset brings others with its model
        if (id == CONTROL_OVERSAMPLING) {
            processor_apply_oversampling(processor, swap_now(&processor->stages), frames);
        } else {
            processor_apply_knobs(processor, swap_now(&processor->stages), frames);
        }
        return;
    case GROUP_GATE:
        gate_set(&processor->gate, settings[CONTROL_GATE] > 0.0f,
                 decibels_to_amplitudef(settings[CONTROL_THRESHOLD]),
                 settings[CONTROL_RELEASE] * 1e-3f);
        return;
    case GROUP_TONE:
        if (id != CONTROL_CABINET) {
            tone_apply(processor, frames);
            return;
        }
        break;
    default:
        break;
    }
    switch (id) {
    case CONTROL_INPUT:
    case CONTROL_OUTPUT:
    case CONTROL_INTERFACE:
        target = decibels_to_amplitudef(value);
        break;
    case CONTROL_MIX:
        target = value / 100.0f;
        break;
    default:
        target = value > 0.0f ? 1.0f : 0.0f;
        break;
    }
    ramp_aim(&processor->ramps[id], target, frames);
}

static void restart_cabinet(Processor *processor) REALTIME {
    Cabinet *cabinet = swap_now(&processor->cabinets);
    if (cabinet) {
        cabinet_reset(cabinet);
    }
}

static void restart(Processor *processor) REALTIME {
    processor_clear(processor);
    restart_cabinet(processor);
    ModelStage *stage = swap_now(&processor->stages);
    if (stage) {
        model_stage_reset(stage);
    }
}

RateMode processor_rate_mode(const Processor *processor) REALTIME {
    const ModelStage *stage = swap_now(&processor->stages);
    return stage ? model_stage_rate_mode(stage) : RATE_SAME;
}

int processor_latency(const Processor *processor) REALTIME {
    const ModelStage *stage = swap_now(&processor->stages);
    return stage ? model_stage_latency(stage) : 0;
}

void processor_reset(Processor *processor) REALTIME {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        setting_apply(processor, (ControlId)i, 0);
    }
    restart(processor);
    delay_line_reset(&processor->dry_delay, processor_latency(processor));
    delay_line_reset(&processor->mix_delay, processor_lag(processor));
    processor->just_reset = true;
}

void processor_set(Processor *processor, ControlId id, float value) REALTIME {
    value = control_clamp(id, value);
    if (value == processor->settings[id]) {
        return;
    }
    // What rested while bypassed wakes up without a memory of what was before.
    if (id == CONTROL_ENABLED && ramp_is_at(&processor->ramps[id], 0.0f)) {
        restart(processor);
    }
    // So does a cabinet that was off.
    if (id == CONTROL_CABINET && ramp_is_at(&processor->ramps[id], 0.0f)) {
        restart_cabinet(processor);
    }
    processor->settings[id] = value;
    if (id >= CONTROL_KNOB_1) {
        processor->knob_set[id - CONTROL_KNOB_1] = false;
    }
    setting_apply(processor, id, processor->just_reset ? 0 : processor->fade_frames);
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
    int frames = processor->just_reset ? 0 : processor->fade_frames;
    processor_apply_knobs(processor, swap_now(&processor->stages), frames);
}
