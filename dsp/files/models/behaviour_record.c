// SPDX-License-Identifier: ISC
#include "dsp/files/models/behaviour_record.h"

#include <math.h>

#include "dsp/files/models/fields.h"

static Tree *build_row(const double *values, int count) {
    Tree *row = tree_array();
    bool whole = row != NULL;
    for (int i = 0; whole && i < count; i++) {
        whole = tree_put_finite(row, NULL, values[i]);
    }
    return tree_if_whole(row, whole);
}

Tree *behaviour_record_build(const ModelBehaviour *behaviour) {
    Tree *object = tree_object();
    bool whole = tree_put_bool(object, "calm", behaviour->calm) &&
                 tree_put_finite(object, "calm_to", behaviour->calm_to) &&
                 tree_put_text(object, "calm_verdict", behaviour->calm_verdict) &&
                 tree_put(object, "guitar", build_row(behaviour->guitar, MODEL_GUITARS)) &&
                 tree_put(object, "noise", build_row(behaviour->noise, MODEL_NOISES)) &&
                 tree_put_finite(object, "aliasing_loud", behaviour->aliasing_loud) &&
                 tree_put_finite(object, "aliasing_soft", behaviour->aliasing_soft) &&
                 tree_put_text(object, "aliasing_verdict", behaviour->aliasing_verdict) &&
                 tree_put_bool(object, "steady", behaviour->steady) &&
                 tree_put_finite(object, "gain", behaviour->gain) &&
                 tree_put_text(object, "levels_verdict", behaviour->levels_verdict);
    return tree_if_whole(object, whole);
}

static void read_number(double *value, const Tree *object, const char *key) {
    *value = NAN;
    field_hint(object, key, value);
}

static void read_row(double *values, int count, const Tree *row) {
    for (int i = 0; i < count; i++) {
        if (!tree_number(tree_item(row, (size_t)i), &values[i])) {
            values[i] = NAN;
        }
    }
}

static bool read_flag(bool *flag, const Tree *object, const char *key) {
    double value = 0.0;
    bool there = tree_number(tree_member(object, key), &value);
    *flag = there && value != 0.0;
    return there;
}

void behaviour_record_read(ModelBehaviour *behaviour, const Tree *object) {
    *behaviour = (ModelBehaviour){0};
    behaviour->known = read_flag(&behaviour->calm, object, "calm");
    read_flag(&behaviour->steady, object, "steady");
    read_number(&behaviour->calm_to, object, "calm_to");
    read_number(&behaviour->aliasing_loud, object, "aliasing_loud");
    read_number(&behaviour->aliasing_soft, object, "aliasing_soft");
    read_number(&behaviour->gain, object, "gain");
    read_row(behaviour->guitar, MODEL_GUITARS, tree_member(object, "guitar"));
    read_row(behaviour->noise, MODEL_NOISES, tree_member(object, "noise"));
    field_text(object, "calm_verdict", behaviour->calm_verdict);
    field_text(object, "aliasing_verdict", behaviour->aliasing_verdict);
    field_text(object, "levels_verdict", behaviour->levels_verdict);
}
