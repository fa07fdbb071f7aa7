// SPDX-License-Identifier: ISC
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/base/decibels.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/measures/measure.h"
#include "plugin/tool/lag.h"
#include "plugin/tool/output.h"
#include "plugin/tool/tool.h"

typedef struct Comparison {
    const Audio *reference, *other;
    size_t skip;   // frames left out at the start
    size_t frames; // compared
    long lag;      // samples that `other` is late, as far as can be told
    bool align;    // the figures are those at that lag
    Measure measure;
    double esr_aligned; // at that lag in any case
} Comparison;

static const double longest_excess = 1.0; // seconds that one file may be longer than the other

static const double unrelated = 0.9; // ESR above which a lag says nothing

static double seconds(const Comparison *comparison, size_t frames) {
    return (double)frames / comparison->reference->rate;
}

static Status check_rates(const Comparison *c, const Arguments *arguments, Diagnostic *diagnostic) {
    if (c->reference->rate == c->other->rate) {
        return STATUS_OK;
    }
    return diagnose(diagnostic, STATUS_BAD_AUDIO,
                    "%.300s has %d Hz, but %.300s has %d Hz; resample one of them",
                    arguments->operands[0], c->reference->rate, arguments->operands[1],
                    c->other->rate);
}

// Finds the part that both files have.
static Status find_common(Comparison *c, const Arguments *arguments, Diagnostic *diagnostic) {
    size_t a = c->reference->frames, b = c->other->frames;
    size_t common = a < b ? a : b, excess = a < b ? b - a : a - b;
    if (seconds(c, excess) > longest_excess) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%.300s has %zu samples, but %.300s has %zu: they differ by %.2f s, more "
                        "than %g s; are these the right files?",
                        arguments->operands[0], a, arguments->operands[1], b, seconds(c, excess),
                        longest_excess);
    }
    double skip = ceil(arguments->skip * c->reference->rate);
    if (skip >= (double)common) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "nothing is left to compare: --skip %g leaves out all of %.2f s",
                        arguments->skip, seconds(c, common));
    }
    c->skip = (size_t)skip;
    c->frames = common - c->skip;
    return STATUS_OK;
}

static void describe_lengths(const Comparison *c, char *text, size_t size) {
    size_t a = c->reference->frames, b = c->other->frames;
    text[0] = '\0';
    if (a != b) {
        snprintf(text, size, "the %s is %zu samples (%.4f s) longer; the common part is compared",
                 a > b ? "reference" : "other file", a > b ? a - b : b - a,
                 seconds(c, a > b ? a - b : b - a));
    }
}

static void describe_problem(const Comparison *c, char *text, size_t size) {
    if (isnan(c->measure.esr)) {
        snprintf(text, size, "the reference is silent, so that there is no ESR");
    } else {
        describe_lengths(c, text, size);
    }
}

static void print_lag(const Comparison *c) {
    if (isnan(c->esr_aligned)) {
        return;
    }
    if (c->lag == 0) {
        printf("%-14s none\n", "lag");
        return;
    }
    if (c->esr_aligned > unrelated) {
        printf("%-14s unclear: the two files have little in common at any\n", "lag");
        return;
    }
    long size = labs(c->lag);
    printf("%-14s %ld sample%s (%.2f ms) %s", "lag", size, size == 1 ? "" : "s",
           1e3 * seconds(c, (size_t)size), c->lag > 0 ? "late" : "early");
    if (c->align) {
        puts(", taken out");
    } else {
        printf(": ESR %.6g (%.2f dB) without it; --align takes it out\n", c->esr_aligned,
               decibels_of_power(c->esr_aligned));
    }
}

static void print_text(const Comparison *c) {
    const Measure *m = &c->measure;
    char note[200];
    describe_lengths(c, note, sizeof note);
    if (*note) {
        printf("%-14s %s\n", "note", note);
    }
    printf("%-14s %zu samples (%.3f s) at %d Hz", "compared", c->frames, seconds(c, c->frames),
           c->reference->rate);
    if (c->skip) {
        printf(", after the first %.3f s", seconds(c, c->skip));
    }
    putchar('\n');
    if (isnan(m->esr)) {
        printf("%-14s none: the reference is silent\n", "ESR");
    } else {
        printf("%-14s %.6g (%.2f dB)\n", "ESR", m->esr, decibels_of_power(m->esr));
        printf("%-14s %.6g\n", "pre-emphasised", m->esr_preemphasis);
    }
    print_lag(c);
    printf("%-14s %.6g at sample %zu (%.4f s)\n", "largest", m->max_abs, c->skip + m->max_at,
           seconds(c, c->skip + m->max_at));
    printf("%-14s %.6g\n", "RMS difference", m->rms_difference);
    printf("%-14s %.6g and %.6g\n", "RMS", m->rms_reference, m->rms_other);
    printf("%-14s %.6g and %.6g\n", "peak", m->peak_reference, m->peak_other);
    printf("%-14s %.3g\n", "DC difference", m->dc);
    if (!isnan(m->correlation)) {
        printf("%-14s %.6f, gain %.6f\n", "correlation", m->correlation, m->gain);
    }
}

static bool describe(Tree *object, const Comparison *c) {
    const Measure *m = &c->measure;
    char message[200];
    describe_problem(c, message, sizeof message);
    return tree_put_finite(object, "esr", m->esr) &&
           tree_put_finite(object, "esr_db", decibels_of_power(m->esr)) &&
           tree_put_finite(object, "esr_preemphasis", m->esr_preemphasis) &&
           tree_put_integer(object, "lag", c->lag) &&
           tree_put_finite(object, "esr_aligned", c->esr_aligned) &&
           tree_put_bool(object, "aligned", c->align) &&
           tree_put_finite(object, "max_abs", m->max_abs) &&
           tree_put_integer(object, "max_at", (long long)(c->skip + m->max_at)) &&
           tree_put_finite(object, "rms_difference", m->rms_difference) &&
           tree_put_finite(object, "rms_reference", m->rms_reference) &&
           tree_put_finite(object, "rms_other", m->rms_other) &&
           tree_put_finite(object, "peak_reference", m->peak_reference) &&
           tree_put_finite(object, "peak_other", m->peak_other) &&
           tree_put_finite(object, "dc", m->dc) &&
           tree_put_finite(object, "correlation", m->correlation) &&
           tree_put_finite(object, "gain", m->gain) &&
           tree_put_integer(object, "rate", c->reference->rate) &&
           tree_put_integer(object, "skip", (long long)c->skip) &&
           tree_put_integer(object, "frames", (long long)c->frames) &&
           tree_put_integer(object, "reference_frames", (long long)c->reference->frames) &&
           tree_put_integer(object, "other_frames", (long long)c->other->frames) &&
           (*message ? tree_put_text(object, "message", message)
                     : tree_put_null(object, "message"));
}

// The figures as the files lie, or at the lag, and the ESR there.
static Status measure_both(Comparison *c, Diagnostic *diagnostic) {
    const float *reference = c->reference->samples + c->skip, *other = c->other->samples + c->skip;
    Status status = lag_find(&c->lag, reference, other, c->frames, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Overlap overlap = lag_overlap(reference, other, c->frames, c->lag);
    Measure aligned;
    measure(&aligned, overlap.reference, overlap.other, overlap.frames);
    measure(&c->measure, reference, other, c->frames);
    c->esr_aligned = aligned.esr;
    if (c->align) {
        c->measure = aligned;
        c->frames = overlap.frames;
        c->skip += (size_t)(overlap.reference - reference);
    }
    return STATUS_OK;
}

static Status compare(const Audio *reference, const Audio *other, const Arguments *arguments,
                      Diagnostic *diagnostic) {
    Comparison c = {.reference = reference, .other = other, .align = arguments->align};
    Status status = check_rates(&c, arguments, diagnostic);
    if (status == STATUS_OK) {
        status = find_common(&c, arguments, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    status = measure_both(&c, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    if (arguments->json) {
        Tree *object = tree_object();
        return tool_print_json(object, describe(object, &c), diagnostic);
    }
    print_text(&c);
    return STATUS_OK;
}

Status tool_compare(const Arguments *arguments, Diagnostic *diagnostic) {
    Audio reference = {0}, other = {0};
    Status status = audio_file_read(&reference, arguments->operands[0], diagnostic);
    if (status == STATUS_OK) {
        status = audio_file_read(&other, arguments->operands[1], diagnostic);
    }
    if (status == STATUS_OK) {
        status = compare(&reference, &other, arguments, diagnostic);
    }
    audio_clear(&reference);
    audio_clear(&other);
    return status;
}
