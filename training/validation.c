// SPDX-License-Identifier: ISC
#include "training/validation.h"

#include <math.h>

#include "dsp/denormals.h"
#include "dsp/engine.h"
#include "dsp/measure.h"
#include "dsp/memory.h"

#define SETTLING 0.5 // s

Status validation_init(Validation *validation, const Dataset *dataset, Diagnostic *diagnostic) {
    size_t settling = (size_t)(SETTLING * dataset->rate);
    size_t begin = dataset->split > settling ? dataset->split - settling : 0;
    *validation = (Validation){.dataset = dataset, .begin = begin};
    validation->output = memory_new(dataset->frames - begin, sizeof(float));
    if (!validation->output) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the validation");
    }
    return STATUS_OK;
}

void validation_clear(Validation *validation) {
    memory_free(validation->output);
    *validation = (Validation){0};
}

double validation_esr(Validation *validation, const Model *model) {
    const Dataset *dataset = validation->dataset;
    Engine *engine = NULL;
    if (engine_new(&engine, model, isa_best(), 1, NULL) != STATUS_OK) {
        return INFINITY;
    }
    const float *input = dataset->input + validation->begin;
    DenormalState mode = denormals_off();
    engine_run(engine, &validation->output, &input, (int)(dataset->frames - validation->begin));
    denormals_restore(mode);
    engine_free(engine);
    Measure result;
    measure(&result, dataset->target + dataset->split,
            validation->output + (dataset->split - validation->begin),
            dataset->frames - dataset->split);
    return isfinite(result.esr) ? result.esr : INFINITY;
}
