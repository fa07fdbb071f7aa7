// SPDX-License-Identifier: ISC
#include "dsp/measures/behaviour.h"

#include <math.h>
#include <stddef.h>

#include "dsp/base/utf8.h"
#include "dsp/measures/calmness.h"

static const double usual_rate = 48e3; // Hz

Status behaviour_measure(Behaviour *behaviour, const Model *model, Diagnostic *diagnostic) {
    Status status = calmness_measure(&behaviour->divergence, model, DIVERGENCE_ALL, NULL,
                                     diagnostic);
    return status == STATUS_OK ? behaviour_measure_output(behaviour, model, diagnostic) : status;
}

Status behaviour_measure_output(Behaviour *behaviour, const Model *model, Diagnostic *diagnostic) {
    Status status = sines_map(&behaviour->aliasing, model, usual_rate, diagnostic);
    return status == STATUS_OK ? levels_measure(&behaviour->levels, model, usual_rate, diagnostic)
                               : status;
}

// ---- The record ----

static double tenths(double value) {
    return round(10.0 * value) / 10.0;
}

// What is left in the cases of a kind, by level.
static void take_left(double *left, int count, const Divergence *divergence, DivergenceKind kind) {
    int taken = 0;
    for (int i = 0; i < count; i++) {
        left[i] = NAN;
    }
    for (int i = 0; i < divergence->count && taken < count; i++) {
        if (divergence->cases[i].kind == kind) {
            left[taken++] = tenths(divergence->cases[i].left);
        }
    }
}

void behaviour_record_calm(ModelBehaviour *record, const Divergence *divergence) {
    double calm_to = divergence_calm_to(divergence);
    Diagnostic text;
    *record = (ModelBehaviour){
        .known = true,
        .calm = divergence_margin(divergence) >= 0.0,
        .calm_to = isfinite(calm_to) ? calm_to : (double)NAN,
        .aliasing_loud = NAN,
        .aliasing_soft = NAN,
        .gain = NAN,
    };
    take_left(record->guitar, MODEL_GUITARS, divergence, DIVERGENCE_GUITAR);
    take_left(record->noise, MODEL_NOISES, divergence, DIVERGENCE_NOISE);
    divergence_summarise(divergence, &text);
    utf8_copy(record->calm_verdict, MODEL_TEXT, text.text);
}

void behaviour_record(ModelBehaviour *record, const Behaviour *behaviour) {
    Diagnostic text;
    behaviour_record_calm(record, &behaviour->divergence);
    record->aliasing_loud = tenths(behaviour->aliasing.loud);
    record->aliasing_soft = tenths(behaviour->aliasing.soft);
    record->steady = levels_pass(&behaviour->levels);
    record->gain = tenths(behaviour->levels.gain);
    sines_map_describe(&behaviour->aliasing, &text);
    utf8_copy(record->aliasing_verdict, MODEL_TEXT, text.text);
    levels_describe(&behaviour->levels, &text);
    utf8_copy(record->levels_verdict, MODEL_TEXT, text.text);
}
