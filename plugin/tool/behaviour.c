// SPDX-License-Identifier: ISC
#include "plugin/tool/behaviour.h"

#include <math.h>
#include <stdio.h>

// ---- Text ----

// What a row of cases is called that differ in their level alone.
static void print_label(const DivergenceCase *one) {
    char label[32];
    if (one->kind == DIVERGENCE_SINE) {
        snprintf(label, sizeof label, "sine %.0f Hz", one->hertz[0]);
    } else if (one->kind == DIVERGENCE_TONES) {
        snprintf(label, sizeof label, "%.0f and %.0f Hz", one->hertz[0], one->hertz[1]);
    } else {
        snprintf(label, sizeof label, "%s",
                 one->kind == DIVERGENCE_PAST ? "another past" : divergence_kind_name(one->kind));
    }
    printf("\n  %-16s", label);
}

static bool same_row(const DivergenceCase *one, const DivergenceCase *other) {
    return one->kind == other->kind && one->hertz[0] == other->hertz[0];
}

static void print_cell(const DivergenceCase *one) {
    if (isfinite(one->level)) {
        printf("  %+4g: ", one->level);
    } else {
        printf("  rest: ");
    }
    if (isnan(one->left)) {
        printf("none");
    } else {
        printf("%4.0f", one->left);
    }
}

static void print_divergence(const Divergence *divergence) {
    printf("What a click of 1e-4 leaves after a second, in dB, by level (bound %g, noise %g;\n"
           "another past: or falls by %g dB a second):",
           DIVERGENCE_BOUND, DIVERGENCE_NOISE_BOUND, DIVERGENCE_LEAST_FALL);
    for (int i = 0; i < divergence->count; i++) {
        const DivergenceCase *one = &divergence->cases[i];
        if (i == 0 || !same_row(one, one - 1)) {
            print_label(one);
        }
        print_cell(one);
    }
    Diagnostic text;
    divergence_describe(divergence, &text);
    printf("\n%-7s %s\n", "calm", text.text);
}

static void print_aliasing(const SineMap *map) {
    printf("Inharmonic power for sines, in dB of the output, by level (columns, dB) and Hz:\n%10s",
           "");
    for (int k = 0; k < SINES_MAP_LEVELS; k++) {
        printf(" %+5.0f", map->level[k]);
    }
    for (int i = 0; i < SINES_MAP_TONES; i++) {
        printf("\n%10.0f", map->hertz[i]);
        for (int k = 0; k < SINES_MAP_LEVELS; k++) {
            printf(" %5.0f", map->inharmonic[k][i]);
        }
    }
    for (int i = 0; i < SINES_FACTORS; i++) {
        printf("\n%dx oversampled, mean of 450 Hz to 5.1 kHz: %.0f at 0 dB, %.0f at -20 dB",
               map->oversampled[i].factor, map->oversampled[i].loud, map->oversampled[i].soft);
    }
    Diagnostic text;
    sines_map_describe(map, &text);
    printf("\naliasing %s\n", text.text);
}

static void print_levels(const Levels *levels) {
    printf("Output for a sine of 1 kHz and for guitar, in dB, by input:\n");
    for (int i = 0; i < LEVELS_COUNT; i += 2) {
        printf("%10.0f %6.1f %6.1f\n", levels->input[i], levels->sine.output[i],
               levels->guitar.output[i]);
    }
    Diagnostic text;
    levels_describe(levels, &text);
    printf("%-8s %s\n", "levels", text.text);
}

void behaviour_print(const Behaviour *behaviour) {
    print_divergence(&behaviour->divergence);
    print_aliasing(&behaviour->aliasing);
    print_levels(&behaviour->levels);
}

// ---- JSON ----

static Tree *describe_case(const DivergenceCase *one) {
    Tree *object = tree_object(), *hertz = tree_array();
    bool whole = tree_put_text(object, "on", divergence_kind_name(one->kind)) &&
                 tree_put_finite(object, "level", one->level);
    for (int i = 0; i < 2 && one->hertz[i] > 0.0; i++) {
        whole = tree_put_number(hertz, NULL, one->hertz[i]) && whole;
    }
    whole = tree_put(object, "hertz", hertz) && whole;
    if (one->past) {
        whole = whole && tree_put_text(object, "past", one->past) &&
                tree_put_finite(object, "fall", one->fall);
    }
    whole = whole && tree_put_finite(object, "left", one->left) &&
            tree_put_bool(object, "passed", divergence_passes(one));
    return tree_if_whole(object, whole);
}

static Tree *describe_divergence(const Divergence *divergence) {
    Tree *object = tree_object(), *cases = tree_array();
    Diagnostic text;
    divergence_describe(divergence, &text);
    bool whole = tree_put_bool(object, "passed", divergence_margin(divergence) >= 0.0) &&
                 tree_put_text(object, "verdict", text.text) &&
                 tree_put_finite(object, "calm_to", divergence_calm_to(divergence)) &&
                 tree_put_finite(object, "margin", divergence_margin(divergence)) &&
                 tree_put_number(object, "bound", DIVERGENCE_BOUND) &&
                 tree_put_number(object, "noise_bound", DIVERGENCE_NOISE_BOUND) &&
                 tree_put_number(object, "least_fall", DIVERGENCE_LEAST_FALL);
    for (int i = 0; i < divergence->count; i++) {
        whole = tree_put(cases, NULL, describe_case(&divergence->cases[i])) && whole;
    }
    whole = tree_put(object, "cases", cases) && whole;
    return tree_if_whole(object, whole);
}

static Tree *describe_numbers(const double *numbers, int count) {
    Tree *array = tree_array();
    bool whole = array != NULL;
    for (int i = 0; whole && i < count; i++) {
        whole = tree_put_finite(array, NULL, numbers[i]);
    }
    return tree_if_whole(array, whole);
}

static Tree *describe_aliasing(const SineMap *map) {
    Tree *object = tree_object(), *rows = tree_array();
    Diagnostic text;
    sines_map_describe(map, &text);
    bool whole = tree_put_text(object, "verdict", text.text) &&
                 tree_put_number(object, "loud", map->loud) &&
                 tree_put_number(object, "soft", map->soft) &&
                 tree_put(object, "level", describe_numbers(map->level, SINES_MAP_LEVELS)) &&
                 tree_put(object, "hertz", describe_numbers(map->hertz, SINES_MAP_TONES));
    for (int k = 0; k < SINES_MAP_LEVELS; k++) {
        whole = tree_put(rows, NULL, describe_numbers(map->inharmonic[k], SINES_MAP_TONES)) &&
                whole;
    }
    whole = tree_put(object, "inharmonic", rows) && whole;
    Tree *oversampled = tree_array();
    for (int i = 0; i < SINES_FACTORS; i++) {
        const SineMeans *means = &map->oversampled[i];
        Tree *at = tree_object();
        whole = tree_put_integer(at, "factor", means->factor) &&
                tree_put_number(at, "loud", means->loud) &&
                tree_put_number(at, "soft", means->soft) && tree_put(oversampled, NULL, at) &&
                whole;
    }
    whole = tree_put(object, "oversampled", oversampled) && whole;
    return tree_if_whole(object, whole);
}

static Tree *describe_curve(const LevelCurve *curve) {
    Tree *object = tree_object();
    bool whole = tree_put(object, "output", describe_numbers(curve->output, LEVELS_COUNT)) &&
                 tree_put_number(object, "hole", curve->hole) &&
                 tree_put_number(object, "hole_at", curve->hole_at) &&
                 tree_put_number(object, "jump", curve->jump) &&
                 tree_put_number(object, "jump_at", curve->jump_at);
    return tree_if_whole(object, whole);
}

static Tree *describe_levels(const Levels *levels) {
    Tree *object = tree_object();
    Diagnostic text;
    levels_describe(levels, &text);
    bool whole = tree_put_bool(object, "passed", levels_pass(levels)) &&
                 tree_put_text(object, "verdict", text.text) &&
                 tree_put_finite(object, "gain", levels->gain) &&
                 tree_put_finite(object, "rest", levels->rest) &&
                 tree_put(object, "input", describe_numbers(levels->input, LEVELS_COUNT)) &&
                 tree_put(object, "sine", describe_curve(&levels->sine)) &&
                 tree_put(object, "guitar", describe_curve(&levels->guitar));
    return tree_if_whole(object, whole);
}

Tree *behaviour_describe(const Behaviour *behaviour) {
    Tree *object = tree_object();
    return tree_if_whole(
        object, tree_put(object, "divergence", describe_divergence(&behaviour->divergence)) &&
                    tree_put(object, "aliasing", describe_aliasing(&behaviour->aliasing)) &&
                    tree_put(object, "levels", describe_levels(&behaviour->levels)));
}
