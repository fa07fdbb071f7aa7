// SPDX-License-Identifier: ISC
// The inside of a processor, for processor.c and processor_run.c alone.
#ifndef GRUFF_DSP_CHAIN_PROCESSOR_STATE_H
#define GRUFF_DSP_CHAIN_PROCESSOR_STATE_H

#include "dsp/base/realtime.h"
#include "dsp/chain/controls.h"
#include "dsp/chain/delay_line.h"
#include "dsp/chain/gate.h"
#include "dsp/chain/model_stage.h"
#include "dsp/chain/ramp.h"
#include "dsp/chain/swap.h"
#include "dsp/chain/tone.h"

enum { CHUNK = TONE_BLOCK }; // frames that are worked on at a time

_Static_assert((int)CHUNK <= (int)MODEL_STAGE_BLOCK, "a chunk goes through a stage at once");

_Static_assert((int)CONTROL_COUNT == (int)CONTROL_KNOB_1 + (int)MODEL_MAX_KNOBS,
               "a control for each knob, after all others");

typedef float Planes[ENGINE_MAX_CHANNELS][CHUNK];

typedef struct Processor {
    int channels;
    int fade_frames;
    int settling_frames; // of a new stage whose knobs are turned, unheard
    float *fade_gains;   // [fade_frames + 1]: sin(pi / 2 * i / fade_frames)
    bool just_reset;     // nothing has run since the reset: controls jump
    float settings[CONTROL_COUNT];
    Ramp ramps[CONTROL_COUNT];      // of those that have one: shares from 0 to 1, levels as factors
    float knobs[MODEL_MAX_KNOBS];   // of those whose control does not count,
    bool knob_set[MODEL_MAX_KNOBS]; // which are these
    Swap stages, cabinets;
    Gate gate;
    Tone before, after; // the model
    DelayLine dry_delay, mix_delay;
    Planes key;     // the input as it came
    Planes dry;     // the same, as late as `wet`
    Planes mix_dry; // that, to be mixed in: low frequencies lag as those of `wet`
    Planes in, wet, faded;
} Processor;

// Everything without a memory, and every control where it was going.
void processor_clear(Processor *processor) REALTIME;

// Gives a stage (NULL is fine) the knobs as they are set, after `frames` frames.
void processor_apply_knobs(const Processor *processor, ModelStage *stage, int frames) REALTIME;

// By how many frames low frequencies lag behind the latency.
int processor_lag(const Processor *processor) REALTIME;

// Lets a stage (NULL is fine) run at the factor of oversampling that is set, after a fade of
// `frames` frames.
void processor_apply_oversampling(const Processor *processor, ModelStage *stage, int frames)
    REALTIME;

#endif
