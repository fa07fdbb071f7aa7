// SPDX-License-Identifier: ISC
#include "training/report/page.h"

#include <math.h>

#include "dsp/base/decibels.h"
#include "dsp/measures/esr.h"
#include "training/report/audio.h"
#include "training/report/behaviour.h"
#include "training/report/coverage.h"
#include "training/report/html.h"
#include "training/report/plots.h"
#include "training/report/responses.h"
#include "training/report/tables.h"

// The least ESR that the recording's noise leaves, beside the ESR that was reached.
static void print_noise(FILE *page, const Dataset *dataset) {
    const Check *noise = checks_find(&dataset->recordings[0].checks, "noise");
    if (dataset->count == 1 && noise && isfinite(noise->value)) {
        fputs("<p>The noise in the recording alone makes an ESR of ", page);
        html_number(page, "noise-esr", noise->value, "%.2g");
        fputs("; no model gets below that.</p>\n", page);
    }
}

// What the recordings for tests came to, each and all.
static void print_scores(FILE *page, const Report *report) {
    const Scores *scores = report->scores;
    if (!scores || scores->count == 0) {
        return;
    }
    fputs("<p>On ", page);
    if (scores->count == 1) {
        html_text(page, scores->score[0].recording->name);
    } else {
        fprintf(page, "the %d test recordings", scores->count);
    }
    fputs(", which the training never saw: ESR <strong>", page);
    html_number(page, "test-esr", scores->esr, "%.3g");
    fprintf(page, "</strong> (%.1f dB).</p>\n", decibels_finite(scores->esr));
}

// What it is, and what it costs.
static void print_glance(FILE *page, const Report *report, const Findings *findings) {
    const NetworkShape *shape = &report->options->shape;
    double load = 100.0 * findings->engine_time * report->validation->dataset->rate;
    fprintf(page,
            "<p>%s, %d layer%s of %d; trained in %.0f s; playing it takes %.2g %% of one core of "
            "this machine.</p>\n",
            layer_kind_title(shape->cell), shape->layers, shape->layers == 1 ? "" : "s",
            shape->hidden, report->result->seconds, load);
}

static void print_top(FILE *page, const Report *report, const Findings *findings) {
    html_begin(page, report->options->labels.name, "Gruff training report");
    fputs("<h1>", page);
    html_text(page, report->options->labels.name);
    fputs("</h1>\n<p class=\"lead\">Validation ESR <strong>", page);
    html_number(page, "esr", report->esr, "%.3g");
    fprintf(page, "</strong> (%.1f dB): %s%s.</p>\n", decibels_finite(report->esr),
            esr_in_words(report->esr),
            report->esr < 0.1 ? "" : ": check that the recordings belong together and are aligned");
    print_scores(page, report);
    print_noise(page, report->validation->dataset);
    print_glance(page, report, findings);
    fputs("<nav><a href=\"#listen\">Listen</a> <a href=\"#seconds\">Seconds</a>"
          " <a href=\"#spectra\">Spectra</a> <a href=\"#transfer\">Transfer</a>"
          " <a href=\"#aliasing\">Aliasing</a> <a href=\"#behaviour\">Behaviour</a>"
          " <a href=\"#training\">Training</a> <a href=\"#coverage\">Coverage</a>"
          " <a href=\"#recordings\">Recordings</a> <a href=\"#file\">File</a></nav>\n",
          page);
}

static void print_title(FILE *page, const char *id, const char *title) {
    fprintf(page, "<h2 id=\"%s\">%s</h2>\n", id, title);
}

static Status print_listen(FILE *page, const Report *report, Diagnostic *diagnostic) {
    print_title(page, "listen", "Listen");
    return report_audio(page, report->validation, diagnostic);
}

static Status print_seconds(FILE *page, const Report *report, const Findings *findings,
                            Diagnostic *diagnostic) {
    static const char *const names[] = {"Best", "Median", "Worst"};
    const Seconds *seconds = &findings->seconds;
    print_title(page, "seconds", "Second by second");
    Status status = report_seconds(page, seconds, report->esr, diagnostic);
    if (seconds->audible == 0 || status != STATUS_OK) {
        return status;
    }
    const Second *shown[] = {seconds->ranked[0], seconds->ranked[seconds->audible / 2],
                             seconds->ranked[seconds->audible - 1]};
    fputs("<table>\n", page);
    for (int i = 0; i < 3; i++) {
        static const char *const ids[] = {"esr-best", "esr-median", "esr-worst"};
        double place = (double)recording_place(shown[i]->recording, shown[i]->begin) /
                       report->validation->dataset->rate;
        fprintf(page, "<tr><th>%s second</th><td>ESR ", names[i]);
        html_number(page, ids[i], shown[i]->esr, "%.3g");
        fprintf(page, " (%.1f dB), at %.0f s (%.0f s of ", decibels_finite(shown[i]->esr),
                shown[i]->time, place);
        html_text(page, shown[i]->recording->name);
        fputs(")</td></tr>\n", page);
    }
    fputs("</table>\n", page);
    report_kinds(page, &findings->kinds, report->esr);
    for (int i = 0; i < 3 && status == STATUS_OK; i++) {
        status = report_second(page, names[i], shown[i], report->validation->dataset->rate,
                               diagnostic);
    }
    return status;
}

static Status print_transfer(FILE *page, const Report *report, const Findings *findings,
                             Diagnostic *diagnostic) {
    print_title(page, "transfer", "Transfer");
    Status status = report_transfer(page, report->validation, diagnostic);
    return status == STATUS_OK ? report_levels(page, findings->levels, diagnostic) : status;
}

static Status print_aliasing(FILE *page, const Report *report, const Findings *findings,
                             Diagnostic *diagnostic) {
    print_title(page, "aliasing", "Aliasing");
    Status status = STATUS_OK;
    if (report->behaviour) {
        status = report_aliasing(page, &report->behaviour->aliasing, diagnostic);
    }
    return status == STATUS_OK ? report_tone(page, &findings->tone, diagnostic) : status;
}

// What it does with what the recording did not have.
static Status print_behaviour(FILE *page, const Report *report, Diagnostic *diagnostic) {
    print_title(page, "behaviour", "Behaviour away from the recording");
    if (!report->behaviour) {
        fputs("<p>Not measured.</p>\n", page);
        return STATUS_OK;
    }
    return report_behaviour(page, report->behaviour, diagnostic);
}

static Status print_training(FILE *page, const Report *report, const Findings *findings,
                             Diagnostic *diagnostic) {
    print_title(page, "training", "Training");
    Status status = report_curves(page, report->result, diagnostic);
    fputs("<table id=\"recipe\">\n", page);
    report_recipe(page, report);
    fputs("</table>\n", page);
    print_title(page, "speed", "Speed");
    fputs("<table>\n", page);
    report_speed(page, report, findings);
    fputs("</table>\n", page);
    return status;
}

// What the recordings hold and lack.
static Status print_coverage(FILE *page, const Report *report, Diagnostic *diagnostic) {
    const Coverage *coverage = report->validation->dataset->coverage;
    print_title(page, "coverage", "Coverage");
    if (!coverage) {
        fputs("<p>Not measured.</p>\n", page);
        return STATUS_OK;
    }
    return report_coverage(page, coverage, diagnostic);
}

// Whether there is nothing to warn of.
static bool all_well(const Checks *checks) {
    for (int i = 0; i < checks->count; i++) {
        if (checks->check[i].verdict != VERDICT_OK) {
            return false;
        }
    }
    return true;
}

// The checks that found nothing wrong, or (`wrong`) the others.
static void print_checks(FILE *page, const Checks *checks, bool wrong) {
    for (int i = 0; i < checks->count; i++) {
        const Check *check = &checks->check[i];
        if ((check->verdict != VERDICT_OK) == wrong) {
            fprintf(page, "<tr class=\"%s\"><th>%s</th><td>", verdict_name(check->verdict),
                    check->id);
            html_text(page, check->text);
            fputs("</td></tr>\n", page);
        }
    }
}

// What was checked, and what came out: `esr`, NaN when there is none. Of several recordings, only
// those with warnings are open.
static void print_recording(FILE *page, const Dataset *dataset, int index, double esr) {
    const Recording *recording = &dataset->recordings[index];
    const Checks *checks = &recording->checks;
    int count = dataset->count + dataset->tests;
    fprintf(page, "<details%s><summary>", count == 1 || !all_well(checks) ? " open=\"\"" : "");
    html_text(page, *recording->name ? recording->name : "Checks");
    for (int k = 0; k < dataset->knobs; k++) {
        fputs(k ? ", " : ": ", page);
        html_text(page, dataset->knob[k].name);
        fprintf(page, " %g", (double)recording->knobs[k]);
    }
    if (count > 1 && isfinite(esr)) {
        fprintf(page, " (%sESR %.3g)", index >= dataset->count ? "test, " : "", esr);
    }
    fputs("</summary>\n<table>\n", page);
    if (!checks_find(checks, "delay")) {
        html_row(page, "delay", "%d samples", recording->latency);
    }
    print_checks(page, checks, true);
    print_checks(page, checks, false);
    fputs("</table></details>\n", page);
}

// Of what is held out of a recording; NaN where nothing is.
static double esr_of(const Validation *validation, const Recording *recording) {
    Esr esr = {0};
    for (HeldOut held = {0}; dataset_next_held_out(validation->dataset, &held);) {
        if (held.recording == recording) {
            esr_add(&esr, recording->target + held.range.begin, validation->output + held.before,
                    held.range.end - held.range.begin);
        }
    }
    return esr_ratio(&esr);
}

static void print_recordings(FILE *page, const Report *report) {
    const Dataset *dataset = report->validation->dataset;
    print_title(page, "recordings", "Recordings");
    fputs("<table>\n<tr><th>Length</th><td>", page);
    double rate = dataset->rate;
    html_number(page, "seconds-trained", (double)dataset->training_frames / rate, "%.1f");
    fputs(" s to train on and ", page);
    html_number(page, "seconds-held-out", (double)dataset->validation_frames / rate, "%.1f");
    int stretches = dataset_held_out_count(dataset);
    fprintf(page, " s held out, in %d stretch%s</td></tr>\n", stretches,
            stretches == 1 ? "" : "es");
    html_row(page, "Sample rate", "%d Hz", dataset->rate);
    if (dataset->count > 1) {
        html_row(page, "Recordings", "%d", dataset->count);
    }
    for (int i = 0; i < dataset->knobs; i++) {
        const Knob *knob = &dataset->knob[i];
        html_row(page, "Knob", "%s, from %g to %g", knob->name, (double)knob->minimum,
                 (double)knob->maximum);
    }
    fputs("</table>\n", page);
    for (int r = 0; r < dataset->count; r++) {
        print_recording(page, dataset, r, esr_of(report->validation, &dataset->recordings[r]));
    }
    for (int t = 0; report->scores && t < report->scores->count; t++) {
        print_recording(page, dataset, dataset->count + t, report->scores->score[t].measure.esr);
    }
}

Status report_page(FILE *page, const Report *report, const Findings *findings,
                   Diagnostic *diagnostic) {
    print_top(page, report, findings);
    Status status = print_listen(page, report, diagnostic);
    if (status == STATUS_OK) {
        status = print_seconds(page, report, findings, diagnostic);
    }
    if (status == STATUS_OK) {
        print_title(page, "spectra", "Spectra");
        status = report_spectra(page, report->validation, diagnostic);
    }
    if (status == STATUS_OK) {
        status = print_transfer(page, report, findings, diagnostic);
    }
    if (status == STATUS_OK) {
        status = print_aliasing(page, report, findings, diagnostic);
    }
    if (status == STATUS_OK) {
        status = print_behaviour(page, report, diagnostic);
    }
    if (status == STATUS_OK) {
        status = print_training(page, report, findings, diagnostic);
    }
    if (status == STATUS_OK) {
        status = print_coverage(page, report, diagnostic);
    }
    print_recordings(page, report);
    print_title(page, "file", "Model file");
    fputs("<table>\n", page);
    report_file(page, report);
    fputs("</table>\n", page);
    html_end(page);
    return status;
}
