// SPDX-License-Identifier: ISC
#include "training/learning/validation.h"

#include <math.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/measures/esr.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

#define SETTLING 0.5 // s

enum { BLOCK = 4096 }; // frames of settling at a time

Status validation_init(Validation *validation, const Dataset *dataset, Diagnostic *diagnostic) {
    *validation = (Validation){.dataset = dataset};
    validation->output = memory_new(dataset->validation_frames, sizeof(float));
    if (!validation->output) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the validation");
    }
    return STATUS_OK;
}

void validation_clear(Validation *validation) {
    memory_free(validation->output);
    *validation = (Validation){0};
}

// Runs the engine over a stretch of held-out audio into `output`. It settles in what lies before,
// whatever that is: only heard, never scored.
static void play(Engine *engine, const Dataset *dataset, const HeldOut *held, float *output) {
    const Recording *recording = held->recording;
    float unheard[BLOCK];
    size_t settling = (size_t)(SETTLING * dataset->rate);
    size_t begin = held->range.begin, end = held->range.end;
    engine_reset(engine);
    for (int knob = 0; knob < dataset->knobs; knob++) {
        engine_set_knob(engine, knob, recording->knobs[knob]);
    }
    for (size_t i = begin > settling ? begin - settling : 0; i < begin; i += BLOCK) {
        int frames = begin - i < BLOCK ? (int)(begin - i) : BLOCK;
        engine_run(engine, &(float *){unheard}, &(const float *){recording->input + i}, frames);
    }
    engine_run(engine, &output, &(const float *){recording->input + begin}, (int)(end - begin));
}

double validation_esr(Validation *validation, const Model *model) {
    const Dataset *dataset = validation->dataset;
    Engine *engine = NULL;
    if (engine_new(&engine, model, isa_best(), 1, NULL) != STATUS_OK) {
        return INFINITY;
    }
    DenormalState mode = denormals_off();
    Esr esr = {0};
    for (HeldOut held = {0}; dataset_next_held_out(dataset, &held);) {
        float *output = validation->output + held.before;
        play(engine, dataset, &held, output);
        esr_add(&esr, held.recording->target + held.range.begin, output,
                held.range.end - held.range.begin);
    }
    denormals_restore(mode);
    engine_free(engine);
    double ratio = esr_ratio(&esr);
    return isfinite(ratio) ? ratio : INFINITY;
}
