// SPDX-License-Identifier: ISC
#include "training/report/kinds.h"

#include <math.h>

#include "training/report/html.h"

static const char *const names[COVERAGE_KINDS] = {"low",  "high",   "loud",
                                                  "soft", "struck", "ringing"};

// Adds the part of a moment that lies in a stretch.
static void add_moment(Kinds *kinds, const Validation *validation, const HeldOut *held,
                       const Moment *moment, Range at) {
    size_t begin = at.begin > held->range.begin ? at.begin : held->range.begin;
    size_t end = at.end < held->range.end ? at.end : held->range.end;
    const float *output = validation->output + held->before;
    for (int kind = 0; kind < COVERAGE_KINDS; kind++) {
        if (coverage_is(moment, (CoverageKind)kind)) {
            esr_add(&kinds->sums[kind], held->recording->target + begin,
                    output + (begin - held->range.begin), end - begin);
            kinds->seconds[kind] += (double)(end - begin) / validation->dataset->rate;
        }
    }
}

static void add_stretch(Kinds *kinds, const Validation *validation, const HeldOut *held,
                        const Moments *moments) {
    size_t step = moments->step;
    for (size_t i = held->range.begin / step; i < (size_t)moments->count; i++) {
        if (i * step >= held->range.end) {
            break;
        }
        add_moment(kinds, validation, held, &moments->moment[i], (Range){i * step, (i + 1) * step});
    }
}

Status kinds_measure(Kinds *kinds, const Validation *validation, Diagnostic *diagnostic) {
    const Dataset *dataset = validation->dataset;
    Moments moments = {0};
    const float *heard = NULL;
    Status status = STATUS_OK;
    *kinds = (Kinds){0};
    for (HeldOut held = {0}; status == STATUS_OK && dataset_next_held_out(dataset, &held);) {
        status = coverage_hear(&moments, &heard, dataset, held.recording, diagnostic);
        if (status == STATUS_OK) {
            add_stretch(kinds, validation, &held, &moments);
        }
    }
    moments_clear(&moments);
    return status;
}

void report_kinds(FILE *page, const Kinds *kinds, double esr_of_all) {
    fputs("<table id=\"kinds\">\n", page);
    for (int kind = 0; kind < COVERAGE_KINDS; kind++) {
        double esr = esr_ratio(&kinds->sums[kind]), times = esr / esr_of_all;
        if (kinds->seconds[kind] < KINDS_LEAST || !isfinite(esr)) {
            html_row(page, names[kind], "%.1f s held out: too little to tell an ESR",
                     kinds->seconds[kind]);
        } else {
            char id[40];
            snprintf(id, sizeof id, "esr-%s", names[kind]);
            fprintf(page, "<tr class=\"%s\"><th>%s</th><td>ESR ",
                    verdict_name(times > KINDS_WORSE ? VERDICT_WARN : VERDICT_OK), names[kind]);
            html_number(page, id, esr, "%.3g");
            fprintf(page, " over %.1f s: %.1f times that of all that is held out</td></tr>\n",
                    kinds->seconds[kind], times);
        }
    }
    fputs("</table>\n", page);
}
