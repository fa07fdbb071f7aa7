// SPDX-License-Identifier: ISC
#include "training/gallery/page.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/measures/loudness.h"
#include "training/gallery/curves.h"
#include "training/gallery/listen.h"
#include "training/report/html.h"

static const char *name_of(const GalleryEntry *entry) {
    return entry->model->info.name[0] ? entry->model->info.name : "Without a name";
}

static int hidden_of(const Model *model) {
    return model->layers[0].outputs;
}

// ---- The table of all ----

void page_begin(FILE *page) {
    html_begin(page, "Gruff's models", "gallery");
    fputs("<h1>Gruff's models</h1>\n"
          "<p>Each model plays recordings of its device that it was not trained on. ESR is the "
          "energy of what it does wrong over that of the device's output; below 0.01 is very "
          "close. \"Unseen\" are settings of the knobs that were in no training. The first "
          "half second, in which a model settles to its knobs, does not count.</p>\n"
          "<div class=\"scroll\"><table class=\"overview\">\n<tr><th>Model</th><th>Size</th>"
          "<th>Knobs</th><th>ESR</th><th>Unseen</th><th>ns</th></tr>\n",
          page);
}

void page_end_lines(FILE *page) {
    fputs("</table></div>\n<p>Size: of the recurrent layer. ns: CPU time for a sample on the "
          "machine that made this page; at 48 kHz there are 20833 ns.</p>\n",
          page);
}

static void print_esr(FILE *page, const char *kind, int number, double esr) {
    char id[40];
    snprintf(id, sizeof id, "%s-%d", kind, number);
    fputs("<td>", page);
    if (isfinite(esr)) {
        html_number(page, id, esr, "%.2g");
    } else {
        fputs("-", page);
    }
    fputs("</td>", page);
}

void page_line(FILE *page, int number, const GalleryEntry *entry) {
    const Model *model = entry->model;
    fprintf(page, "<tr><td><a href=\"#model-%d\">", number);
    html_text(page, name_of(entry));
    fprintf(page, "</a></td><td>%d</td><td>", hidden_of(model));
    for (int k = 0; k < model->knobs; k++) {
        fputs(k ? ", " : "", page);
        html_text(page, model->knob[k].name);
    }
    fputs(model->knobs ? "</td>" : "-</td>", page);
    print_esr(page, "trained", number, entry->trained);
    print_esr(page, "unseen", number, entry->unseen);
    fprintf(page, "<td>%.0f</td></tr>\n", entry->engine_time * 1e9);
}

// ---- One of them ----

static void print_facts(FILE *page, const GalleryEntry *entry) {
    const Model *model = entry->model;
    const ModelInfo *info = &model->info;
    fputs("<table>\n", page);
    if (info->gear[0]) {
        html_row(page, "Device", "%s", info->gear);
    }
    html_row(page, "Network", "%s, hidden size %d, %s", layer_kind_title(model->layers[0].kind),
             hidden_of(model), model->skip ? "with skip" : "without skip");
    for (int k = 0; k < model->knobs; k++) {
        const Knob *knob = &model->knob[k];
        html_row(page, "Knob", "%s, from %g to %g, first at %g", knob->name, (double)knob->minimum,
                 (double)knob->maximum, (double)knob->initial);
    }
    if (isfinite(info->loudness)) {
        html_row(page, "Loudness", "%.1f dB for guitar-like noise at %.0f dB", info->loudness,
                 LOUDNESS_INPUT);
    }
    html_row(page, "Playing", "%.0f ns of CPU a sample, %.2g %% of one core",
             entry->engine_time * 1e9, 100.0 * entry->engine_time * entry->rate);
    if (info->license[0]) {
        html_row(page, "Licence", "%s", info->license);
    }
    fputs("</table>\n", page);
}

static void print_errors(FILE *page, int number, const GalleryEntry *entry) {
    fputs("<h3>Error</h3>\n<table>\n", page);
    for (int t = 0; t < entry->count; t++) {
        const EntryTest *test = &entry->tests[t];
        char setting[MODEL_MAX_KNOBS * (MODEL_TEXT + 20)], id[40];
        entry_setting(setting, sizeof setting, entry, test);
        snprintf(id, sizeof id, "esr-%d-%d", number, t + 1);
        fputs("<tr><th>", page);
        html_text(page, setting);
        fprintf(page, "</th><td>%sESR ", test->unseen ? "unseen, " : "");
        html_number(page, id, test->measure.esr, "%.3g");
        fprintf(page, " (%.1f dB), %.0f s</td></tr>\n", decibels_finite(test->measure.esr),
                (double)test->frames / entry->rate);
    }
    fputs("</table>\n", page);
    if (isfinite(entry->trained) && isfinite(entry->unseen)) {
        fprintf(page,
                "<p>Together: ESR %.3g at trained settings, %.3g at unseen ones: %.2f times as "
                "much.</p>\n",
                entry->trained, entry->unseen, entry->unseen / entry->trained);
    }
}

// The test of a kind in which the model errs most; NULL when there is none.
static const EntryTest *worst(const GalleryEntry *entry, bool unseen) {
    const EntryTest *found = NULL;
    for (int t = 0; t < entry->count; t++) {
        const EntryTest *test = &entry->tests[t];
        if (test->unseen == unseen && (!found || test->measure.esr > found->measure.esr)) {
            found = test;
        }
    }
    return found;
}

Status page_entry(FILE *page, int number, const GalleryEntry *entry, Diagnostic *diagnostic) {
    static const char *const kinds[] = {"trained", "unseen"};
    fprintf(page, "<h2 id=\"model-%d\">", number);
    html_text(page, name_of(entry));
    fputs("</h2>\n", page);
    print_facts(page, entry);
    print_errors(page, number, entry);
    Status status = STATUS_OK;
    for (int unseen = 0; unseen < 2 && status == STATUS_OK; unseen++) {
        const EntryTest *test = worst(entry, unseen);
        char name[60], setting[MODEL_MAX_KNOBS * (MODEL_TEXT + 20)];
        if (test) {
            snprintf(name, sizeof name, "%d-%s", number, kinds[unseen]);
            entry_setting(setting, sizeof setting, entry, test);
            if (entry->model->knobs > 0) {
                fprintf(page, "<h3>Worst of the %s settings: ", kinds[unseen]);
                html_text(page, setting);
            } else {
                fputs("<h3>Beside the device", page);
            }
            fputs("</h3>\n", page);
            status = listen_print(page, name, entry, test, diagnostic);
        }
    }
    return status == STATUS_OK ? curves_print(page, entry, diagnostic) : status;
}
