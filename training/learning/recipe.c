// SPDX-License-Identifier: ISC
#include "training/learning/recipe.h"

#include <string.h>

#include "dsp/base/number.h"

const OptionWord recipe_presets[] = {
    {"quick", RECIPE_QUICK, NULL},
    {"standard", RECIPE_STANDARD, NULL},
    {"best", RECIPE_BEST, NULL},
    {0},
};
const OptionWord recipe_schedules[] = {
    {"cosine", SCHEDULE_COSINE, NULL},
    {"plateau", SCHEDULE_PLATEAU, NULL},
    {0},
};
const OptionWord recipe_optimisers[] = {
    {"soap", OPTIMISER_SOAP, NULL},
    {"adam", OPTIMISER_ADAM, NULL},
    {0},
};

const OptionWord *recipe_cells(void) {
    enum { FIRST = LAYER_GRU };
    static OptionWord words[LAYER_KINDS - FIRST + 1]; // the last one is their end
    for (int i = FIRST; i < LAYER_KINDS; i++) {
        words[i - FIRST] = (OptionWord){layer_kind_name((LayerKind)i), i, NULL};
    }
    return words;
}

void recipe_preset(TrainerOptions *options, RecipePreset preset) {
    static const struct {
        double seconds;
        int hidden, race;
    } presets[] = {
        [RECIPE_QUICK] = {10.0, 16, 1},
        [RECIPE_STANDARD] = {120.0, 16, 1},
        [RECIPE_BEST] = {900.0, 32, 3},
    };
    options->seconds = presets[preset].seconds;
    options->epochs = 0.0;
    options->rate = 0.0;
    options->shape.hidden = presets[preset].hidden;
    options->race = presets[preset].race;
}

enum { LOSS_TERMS = 5 };

// The share of the term of this name; *index tells which of LOSS_TERMS it is.
static double *term_of(LossMix *mix, const char *name, size_t length, int *index) {
    const struct {
        const char *name;
        double *share;
    } terms[LOSS_TERMS] = {
        {"plain", &mix->plain}, {"emphasised", &mix->emphasised}, {"a-weighted", &mix->a_weighted},
        {"dc", &mix->dc},       {"spectral", &mix->spectral},
    };
    for (int i = 0; i < LOSS_TERMS; i++) {
        if (strlen(terms[i].name) == length && strncmp(name, terms[i].name, length) == 0) {
            *index = i;
            return terms[i].share;
        }
    }
    return NULL;
}

Status recipe_loss(LossMix *mix, const char *text, Diagnostic *diagnostic) {
    LossMix made = {0};
    bool given[LOSS_TERMS] = {false};
    for (const char *at = text; *at;) {
        int term = 0;
        size_t length = strcspn(at, "=,");
        double *share = term_of(&made, at, length, &term);
        if (!share || at[length] != '=') {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                            "'%s': terms are plain, emphasised, a-weighted, dc and spectral, each "
                            "with a share, as in plain=0.5,emphasised=0.5,dc=0.05",
                            text);
        }
        if (given[term]) {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "'%s': %.*s is given twice", text,
                            (int)length, at);
        }
        given[term] = true;
        const char *end = NULL;
        if (!number_begin(at + length + 1, share, &end) || (*end && *end != ',') || *share < 0.0 ||
            *share > 1e3) {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                            "'%s': a share from 0 to 1000 expected after %.*s", text, (int)length,
                            at);
        }
        at = *end ? end + 1 : end;
    }
    if (made.plain + made.emphasised + made.a_weighted <= 0.0) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "'%s': plain, emphasised or a-weighted needs a share above 0", text);
    }
    *mix = made;
    return STATUS_OK;
}

bool recipe_seconds(double *seconds, const char *text) {
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"", 1.0}, {"s", 1.0}, {"m", 60.0}, {"min", 60.0}, {"h", 3600.0}};
    const char *end = NULL;
    double value = 0.0;
    if (!number_begin(text, &value, &end)) {
        return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].unit) == 0 && value * units[i].seconds >= 0.1 &&
            value * units[i].seconds <= 1e6) {
            *seconds = value * units[i].seconds;
            return true;
        }
    }
    return false;
}
