// SPDX-License-Identifier: ISC
#include "training/learning/recipe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool recipe_preset(TrainerOptions *options, const char *name) {
    static const struct {
        const char *name;
        double seconds;
        int hidden, race;
    } presets[] = {
        {"quick", 10.0, 16, 1},
        {"standard", 120.0, 16, 1},
        {"best", 900.0, 32, 3},
    };
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        if (strcmp(name, presets[i].name) == 0) {
            options->seconds = presets[i].seconds;
            options->epochs = 0.0;
            options->rate = 0.0;
            options->shape.hidden = presets[i].hidden;
            options->race = presets[i].race;
            return true;
        }
    }
    return false;
}

static double *term_of(LossMix *mix, const char *name, size_t length) {
    const struct {
        const char *name;
        double *share;
    } terms[] = {
        {"plain", &mix->plain}, {"emphasised", &mix->emphasised}, {"a-weighted", &mix->a_weighted},
        {"dc", &mix->dc},       {"spectral", &mix->spectral},
    };
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        if (strlen(terms[i].name) == length && strncmp(name, terms[i].name, length) == 0) {
            return terms[i].share;
        }
    }
    return NULL;
}

bool recipe_loss(LossMix *mix, const char *text, Diagnostic *diagnostic) {
    LossMix made = {0};
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "=,");
        double *share = term_of(&made, at, length);
        if (!share || at[length] != '=') {
            diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                     "'%s': terms are plain, emphasised, a-weighted, dc and spectral, each with a "
                     "share, as "
                     "in plain=0.5,emphasised=0.5,dc=0.05",
                     text);
            return false;
        }
        char *end = NULL;
        *share = strtod(at + length + 1, &end);
        if (end == at + length + 1 || (*end && *end != ',') || !(*share >= 0.0) || *share > 1e3) {
            diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                     "'%s': a share from 0 to 1000 expected after %.*s", text, (int)length, at);
            return false;
        }
        at = *end ? end + 1 : end;
    }
    if (made.plain + made.emphasised + made.a_weighted <= 0.0) {
        diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                 "'%s': plain, emphasised or a-weighted needs a share above 0", text);
        return false;
    }
    *mix = made;
    return true;
}

static const char *const cell_names[] = {
    [LAYER_GRU] = "gru", [LAYER_GRU_RESET_BEFORE] = "gru-before", [LAYER_LSTM] = "lstm"};

bool recipe_cell(LayerKind *cell, const char *text) {
    for (int i = LAYER_GRU; i <= LAYER_LSTM; i++) {
        if (strcmp(text, cell_names[i]) == 0) {
            *cell = (LayerKind)i;
            return true;
        }
    }
    return false;
}

const char *recipe_cell_name(LayerKind cell) {
    return cell_names[cell];
}

bool recipe_schedule(Schedule *schedule, const char *text) {
    *schedule = strcmp(text, "plateau") == 0 ? SCHEDULE_PLATEAU : SCHEDULE_COSINE;
    return *schedule == SCHEDULE_PLATEAU || strcmp(text, "cosine") == 0;
}

static const char *const optimiser_names[] = {[OPTIMISER_SOAP] = "soap", [OPTIMISER_ADAM] = "adam"};

bool recipe_optimiser(Optimiser *optimiser, const char *text) {
    for (int i = OPTIMISER_SOAP; i <= OPTIMISER_ADAM; i++) {
        if (strcmp(text, optimiser_names[i]) == 0) {
            *optimiser = (Optimiser)i;
            return true;
        }
    }
    return false;
}

bool recipe_seconds(double *seconds, const char *text) {
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"", 1.0}, {"s", 1.0}, {"m", 60.0}, {"min", 60.0}, {"h", 3600.0}};
    char *end = NULL;
    double value = strtod(text, &end);
    for (size_t i = 0; end != text && i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].unit) == 0 && value * units[i].seconds >= 0.1 &&
            value * units[i].seconds <= 1e6) {
            *seconds = value * units[i].seconds;
            return true;
        }
    }
    return false;
}
