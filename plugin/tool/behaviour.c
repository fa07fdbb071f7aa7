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

void behaviour_print(const Divergence *divergence) {
    print_divergence(divergence);
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

Tree *behaviour_describe(const Divergence *divergence) {
    Tree *object = tree_object();
    return tree_if_whole(object, tree_put(object, "divergence", describe_divergence(divergence)));
}
