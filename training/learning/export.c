// SPDX-License-Identifier: ISC
#include "training/learning/export.h"

#include <math.h>
#include <string.h>

#include "dsp/base/level.h"
#include "dsp/base/utf8.h"
#include "dsp/measures/behaviour.h"
#include "dsp/measures/loudness.h"
#include "dsp/network/engine.h"

#define SETTLING 0.5 // s of silence: after a fifth of it, what zero states start with is gone

Labels labels_none(void) {
    return (Labels){.name = "",
                    .author = "",
                    .license = "",
                    .gear = "",
                    .input_level_dbu = NAN,
                    .output_level_dbu = NAN};
}

// A file's name may be anything, but no model file could hold what is not UTF-8.
static void put_labels(ModelInfo *info, const Labels *labels) {
    utf8_copy(info->name, MODEL_TEXT, labels->name);
    utf8_copy(info->author, MODEL_TEXT, labels->author);
    utf8_copy(info->license, MODEL_TEXT, labels->license);
    utf8_copy(info->gear, MODEL_TEXT, labels->gear);
    info->input_level_dbu = labels->input_level_dbu;
    info->output_level_dbu = labels->output_level_dbu;
}

// The EXPORT_TEST frames (or all, if fewer) of held-out input with the most energy.
static const float *loudest(const Dataset *dataset, size_t *frames) {
    const float *best = NULL;
    double most = -1.0;
    *frames = 0;
    for (HeldOut one = {0}; dataset_next_held_out(dataset, &one);) {
        size_t all = one.range.end - one.range.begin;
        size_t length = all < EXPORT_TEST ? all : EXPORT_TEST;
        const float *held = one.recording->input + one.range.begin;
        held += level_loudest(held, all, length, length);
        double energy = (double)length * level_mean_square(held, length);
        if (energy > most) {
            most = energy;
            best = held;
            *frames = length;
        }
    }
    return best;
}

// Fills the model's test: what the layers alone make of the input, from zero, with all knobs at 0.
static Status add_test(Model *model, const Dataset *dataset, Diagnostic *diagnostic) {
    size_t frames;
    const float *input = loudest(dataset, &frames);
    Status status = model_add_test(model, (int)frames, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Engine *engine = NULL;
    Model plain = *model;
    plain.skip = false;
    plain.settling = 0;
    plain.input_gain = plain.output_gain = 0.0;
    status = engine_new(&engine, &plain, ISA_SCALAR, 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    for (int knob = 0; knob < model->knobs; knob++) {
        engine_set_knob(engine, knob, 0.0f);
    }
    for (size_t i = 0; i < frames; i++) {
        model->test.input[i * (size_t)(1 + model->knobs)] = input[i];
    }
    engine_run(engine, &model->test.output, &input, (int)frames);
    engine_free(engine);
    return STATUS_OK;
}

void export_fit(Model *model, const Dataset *dataset) {
    memcpy(model->knob, dataset->knob, sizeof model->knob);
    model->input_gain = dataset->input_gain;
    model->output_gain = 0.0 - dataset->target_gain; // no "-0"
}

Status export_describe(Model *model, const Labels *labels, const TrainingRecord *record,
                       const Dataset *dataset, Diagnostic *diagnostic) {
    ModelInfo *info = &model->info;
    put_labels(info, labels);
    info->esr = record->esr;
    info->esr_seconds = (double)dataset->validation_frames / dataset->rate;
    info->esr_stretches = dataset_held_out_count(dataset);
    info->trained_epochs = record->epochs;
    info->trained_seconds = record->seconds;
    info->trained_seed = (unsigned long)record->seed;
    if (record->calmness) {
        behaviour_record_calm(&info->behaviour, record->calmness);
    }
    export_fit(model, dataset);
    model->settling = (int)(SETTLING * model->sample_rate);
    model->info.latency = dataset->recordings[0].latency;
    Status status = loudness_measure(&info->loudness, model, diagnostic);
    return status == STATUS_OK ? add_test(model, dataset, diagnostic) : status;
}
