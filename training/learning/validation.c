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

// Runs the engine over the validation range of `recording` into `output`.
static void play(Engine *engine, const Dataset *dataset, const Recording *recording,
                 float *output) {
    float unheard[BLOCK];
    size_t settling = (size_t)(SETTLING * dataset->rate);
    size_t begin = recording->validation.begin, end = recording->validation.end;
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
    float *output = validation->output;
    Esr esr = {0};
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        size_t frames = recording->validation.end - recording->validation.begin;
        play(engine, dataset, recording, output);
        esr_add(&esr, recording->target + recording->validation.begin, output, frames);
        output += frames;
    }
    denormals_restore(mode);
    engine_free(engine);
    double ratio = esr_ratio(&esr);
    return isfinite(ratio) ? ratio : INFINITY;
}
