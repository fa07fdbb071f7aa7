// SPDX-License-Identifier: ISC
#include "training/learning/score.h"

#include <math.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/measures/esr.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

static Status score_one(Score *score, Esr *esr, Engine *engine, const Dataset *dataset,
                        Diagnostic *diagnostic) {
    const Recording *recording = score->recording;
    float *output = memory_new(recording->frames, sizeof *output);
    if (!output) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to test the model");
    }
    engine_reset(engine);
    for (int knob = 0; knob < dataset->knobs; knob++) {
        engine_set_knob(engine, knob, recording->knobs[knob]);
    }
    DenormalState mode = denormals_off();
    engine_run(engine, &output, &(const float *){recording->input}, (int)recording->frames);
    denormals_restore(mode);
    measure(&score->measure, recording->target, output, recording->frames);
    esr_add(esr, recording->target, output, recording->frames);
    memory_free(output);
    return STATUS_OK;
}

Status scores_make(Scores *scores, const Model *model, const Dataset *dataset,
                   Diagnostic *diagnostic) {
    *scores = (Scores){.esr = NAN};
    if (dataset->tests == 0) {
        return STATUS_OK;
    }
    Engine *engine = NULL;
    Status status = engine_new(&engine, model, isa_best(), 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Esr esr = {0};
    scores->score = memory_new((size_t)dataset->tests, sizeof *scores->score);
    if (!scores->score) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to test the model");
    }
    for (int i = 0; i < dataset->tests && status == STATUS_OK; i++) {
        Score *score = &scores->score[scores->count++];
        score->recording = &dataset->recordings[dataset->count + i];
        status = score_one(score, &esr, engine, dataset, diagnostic);
    }
    scores->esr = esr_ratio(&esr);
    engine_free(engine);
    return status;
}

void scores_clear(Scores *scores) {
    memory_free(scores->score);
    *scores = (Scores){0};
}
