// SPDX-License-Identifier: ISC
#include <math.h>
#include <stddef.h>

#include "dsp/base/decibels.h"
#include "dsp/measures/divergence.h"

double divergence_excess(const DivergenceCase *one) {
    double bound = one->kind == DIVERGENCE_NOISE ? DIVERGENCE_NOISE_BOUND : DIVERGENCE_BOUND;
    double more = isnan(one->left) ? INFINITY : one->left - bound;
    return isnan(one->fall) ? more : fmin(more, DIVERGENCE_LEAST_FALL - one->fall);
}

bool divergence_passes(const DivergenceCase *one) {
    return divergence_excess(one) <= 0.0;
}

double divergence_margin(const Divergence *divergence) {
    double worst = -INFINITY;
    for (int i = 0; i < divergence->count; i++) {
        worst = fmax(worst, divergence_excess(&divergence->cases[i]));
    }
    return -worst;
}

double divergence_calm_to(const Divergence *divergence) {
    double calm = -INFINITY, wild = INFINITY;
    for (int i = 0; i < divergence->count; i++) {
        const DivergenceCase *one = &divergence->cases[i];
        bool guitar = one->kind == DIVERGENCE_GUITAR ||
                      (one->kind == DIVERGENCE_PAST && isfinite(one->level));
        if (guitar && !divergence_passes(one)) {
            wild = fmin(wild, one->level);
        }
    }
    for (int i = 0; i < divergence->count; i++) {
        const DivergenceCase *one = &divergence->cases[i];
        if (one->kind == DIVERGENCE_GUITAR && one->level < wild) {
            calm = fmax(calm, one->level);
        }
    }
    return calm;
}

const DivergenceCase *divergence_worst(const Divergence *divergence, DivergenceKind kind) {
    const DivergenceCase *worst = NULL;
    for (int i = 0; i < divergence->count; i++) {
        const DivergenceCase *one = &divergence->cases[i];
        if (one->kind == kind && (!worst || divergence_excess(one) > divergence_excess(worst))) {
            worst = one;
        }
    }
    return worst;
}

const char *divergence_kind_name(DivergenceKind kind) {
    static const char *const names[DIVERGENCE_KINDS] = {
        [DIVERGENCE_GUITAR] = "guitar",   [DIVERGENCE_NOISE] = "noise",
        [DIVERGENCE_SINE] = "sine",       [DIVERGENCE_TONES] = "tones",
        [DIVERGENCE_SILENCE] = "silence", [DIVERGENCE_PAST] = "past",
    };
    return names[kind];
}

void divergence_name(const DivergenceCase *one, Diagnostic *text) {
    switch (one->kind) {
    case DIVERGENCE_SINE:
        diagnose(text, STATUS_OK, "a sine of %.0f Hz at %g dB", one->hertz[0], one->level);
        return;
    case DIVERGENCE_TONES:
        diagnose(text, STATUS_OK, "sines of %.0f and %.0f Hz at %g dB", one->hertz[0],
                 one->hertz[1], one->level);
        return;
    case DIVERGENCE_SILENCE:
        diagnose(text, STATUS_OK, "silence after loud guitar");
        return;
    case DIVERGENCE_PAST:
        if (isinf(one->level)) {
            diagnose(text, STATUS_OK, "silence after %s", one->past);
        } else {
            diagnose(text, STATUS_OK, "guitar at %+g dB after %s", one->level, one->past);
        }
        return;
    default:
        diagnose(text, STATUS_OK,
                 one->kind == DIVERGENCE_GUITAR ? "guitar at %+g dB" : "noise at %g dB",
                 one->level);
        return;
    }
}

// "guitar at +18 dB (-24 dB left)"
static void add_fault(Diagnostic *list, const DivergenceCase *one) {
    Diagnostic name;
    divergence_name(one, &name);
    if (isnan(one->left)) {
        diagnose_also(list, "%s (no numbers)", name.text);
    } else {
        diagnose_also(list, "%s (%.0f dB left)", name.text, one->left);
    }
}

// The first level of guitar that is not within its bound; the worst of everything else.
static const DivergenceCase *fault_of(const Divergence *divergence, DivergenceKind kind) {
    for (int i = 0; kind == DIVERGENCE_GUITAR && i < divergence->count; i++) {
        const DivergenceCase *one = &divergence->cases[i];
        if (one->kind == kind && !divergence_passes(one)) {
            return one;
        }
    }
    const DivergenceCase *worst = divergence_worst(divergence, kind);
    return worst && !divergence_passes(worst) ? worst : NULL;
}

void divergence_describe(const Divergence *divergence, Diagnostic *text) {
    double calm = divergence_calm_to(divergence);
    Diagnostic faults = {""};
    for (int kind = 0; kind < DIVERGENCE_KINDS; kind++) {
        const DivergenceCase *one = fault_of(divergence, (DivergenceKind)kind);
        if (one) {
            add_fault(&faults, one);
        }
    }
    if (!*faults.text) {
        diagnose(text, STATUS_OK, "calm to %+g dB, and in all else that was tried", calm);
    } else if (isinf(calm)) {
        diagnose(text, STATUS_OK, "not calm: %.900s", faults.text);
    } else {
        diagnose(text, STATUS_OK, "calm to %+g dB; not on %.900s", calm, faults.text);
    }
}

void divergence_summarise(const Divergence *divergence, Diagnostic *text) {
    static const char *const names[DIVERGENCE_KINDS] = {
        [DIVERGENCE_GUITAR] = "louder guitar", [DIVERGENCE_NOISE] = "noise",
        [DIVERGENCE_SINE] = "sines",           [DIVERGENCE_TONES] = "two tones",
        [DIVERGENCE_SILENCE] = "silence",      [DIVERGENCE_PAST] = "what comes after loud sound",
    };
    double calm = divergence_calm_to(divergence);
    Diagnostic list = {""};
    for (int kind = 0; kind < DIVERGENCE_KINDS; kind++) {
        // That guitar fails at the lowest level is said by "not calm".
        if (fault_of(divergence, (DivergenceKind)kind) &&
            (kind != DIVERGENCE_GUITAR || isfinite(calm))) {
            diagnose_also(&list, "%s", names[kind]);
        }
    }
    const char *but = *list.text ? isfinite(calm) ? "; not on " : ", nor on " : "";
    if (isinf(calm)) {
        diagnose(text, STATUS_OK, "not calm on guitar at 0 dB%s%.100s", but, list.text);
    } else {
        diagnose(text, STATUS_OK, "calm to %+g dB%s%.100s", calm, but, list.text);
    }
}

void divergence_merge(Divergence *worst, const Divergence *other) {
    for (int i = 0; i < worst->count && i < other->count; i++) {
        if (divergence_excess(&other->cases[i]) > divergence_excess(&worst->cases[i])) {
            worst->cases[i] = other->cases[i];
        }
    }
}
