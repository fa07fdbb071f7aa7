// SPDX-License-Identifier: ISC
#include "training/report/tables.h"

#include <math.h>
#include <string.h>

#include "dsp/measures/loudness.h"
#include "dsp/measures/speed.h"
#include "dsp/network/isa.h"
#include "dsp/network/isa_choice.h"
#include "training/learning/schedule.h"
#include "training/report/html.h"

// ---- Recipe ----

static void print_network(FILE *page, const NetworkShape *shape) {
    char knobs[32] = "";
    if (shape->knobs > 0) {
        snprintf(knobs, sizeof knobs, ", %d knob%s", shape->knobs, shape->knobs == 1 ? "" : "s");
    }
    html_row(page, "Network", "%s, %d layer%s, hidden size %d%s, %s, %zu weights",
             layer_kind_title(shape->cell), shape->layers, shape->layers == 1 ? "" : "s",
             shape->hidden, knobs, shape->skip ? "with skip" : "without skip",
             network_count(shape));
}

// Appends "NAME VALUE" to a list unless the value is 0.
static void add_share(char *list, size_t size, const char *name, double value) {
    size_t length = strlen(list);
    if (value != 0.0) {
        snprintf(list + length, size - length, "%s%s %g", length ? ", " : "", name, value);
    }
}

static void print_loss(FILE *page, const LossMix *mix) {
    char list[200] = "";
    add_share(list, sizeof list, "plain ESR", mix->plain);
    add_share(list, sizeof list, "pre-emphasised ESR", mix->emphasised);
    add_share(list, sizeof list, "A-weighted ESR", mix->a_weighted);
    add_share(list, sizeof list, "DC", mix->dc);
    add_share(list, sizeof list, "spectral (last phase)", mix->spectral);
    html_row(page, "Loss", "%s", list);
}

static void print_regularisation(FILE *page, const TrainerOptions *options) {
    char list[200] = "";
    const Regularisation *with = &options->regularisation;
    add_share(list, sizeof list, "weight decay", options->weight_decay);
    add_share(list, sizeof list, "recurrent dropout", with->recurrent_dropout);
    add_share(list, sizeof list, "head dropout", with->head_dropout);
    add_share(list, sizeof list, "input dropout", with->input_dropout);
    add_share(list, sizeof list, "noise", with->noise);
    add_share(list, sizeof list, "contraction", with->contraction);
    add_share(list, sizeof list, "antialias", schedule_antialias(options, 1.0));
    html_row(page, "Regularisation", "%s", *list ? list : "none");
}

static void print_length(FILE *page, const Report *report) {
    const TrainerOptions *options = report->options;
    const TrainerResult *result = report->result;
    fputs("<tr><th>Length</th><td>", page);
    html_number(page, "epochs", result->epoch, "%.1f");
    fputs(" epochs in ", page);
    html_number(page, "seconds-training", result->seconds, "%.1f");
    fprintf(page, " s on %d thread%s; asked for: %g %s%s</td></tr>\n", options->threads,
            options->threads == 1 ? "" : "s",
            options->epochs > 0.0 ? options->epochs : options->seconds,
            options->epochs > 0.0 ? "epochs" : "s", result->stopped ? "; stopped early" : "");
    if (result->rollbacks > 0) {
        html_row(page, "Went astray",
                 "%d time%s, each time back to its best and at four fifths of the rate",
                 result->rollbacks, result->rollbacks == 1 ? "" : "s");
    }
}

void report_recipe(FILE *page, const Report *report) {
    const TrainerOptions *options = report->options;
    print_network(page, &options->shape);
    print_length(page, report);
    if (options->race > 1) {
        html_row(page, "Seed", "%llu, the best of %d from %llu on",
                 (unsigned long long)report->result->seed, options->race,
                 (unsigned long long)options->seed);
    } else {
        html_row(page, "Seed", "%llu", (unsigned long long)report->result->seed);
    }
    print_loss(page, &options->loss);
    html_row(page, "Optimiser", "%s, rate %.2g at its peak, %s",
             options->optimiser == OPTIMISER_SOAP ? "Adam in the gradients' coordinates" : "Adam",
             schedule_peak(options),
             options->schedule == SCHEDULE_COSINE ? "warm-up and cosine" : "halved on plateaus");
    print_regularisation(page, options);
    html_row(page, "Head", "%s", options->fit_head ? "started by least squares" : "started small");
    html_row(page, "Sequences", "%d at a time, %d samples each after %d to warm up",
             BATCH_SEQUENCES, BATCH_LENGTH, BATCH_WARM_UP);
}

// ---- Speed ----

void report_speed(FILE *page, const Report *report, const Findings *findings) {
    const TrainerResult *result = report->result;
    double rate = report->validation->dataset->rate, time = findings->engine_time;
    fputs("<tr><th>Training</th><td>", page);
    html_number(page, "training-ns", result->seconds / fmax(result->samples, 1.0) * 1e9, "%.0f");
    fprintf(page, " ns a sample (%d thread%s, checks included)</td></tr>\n",
            report->options->threads, report->options->threads == 1 ? "" : "s");
    fputs("<tr><th>Playing</th><td>", page);
    html_number(page, "engine-ns", time * 1e9, "%.1f");
    fputs(" ns of CPU a sample, ", page);
    html_number(page, "real-time-factor", 1.0 / fmax(time * rate, 1e-12), "%.0f");
    fprintf(page, " times real time, on one core with %s, blocks of %d samples</td></tr>\n",
            isa_name(isa_best()), SPEED_BLOCK);
}

// ---- File ----

static void print_level(FILE *page, const char *name, double dbu) {
    if (isfinite(dbu)) {
        html_row(page, name, "%g dBu for a 1 kHz sine with full-scale peaks", dbu);
    }
}

static void print_text(FILE *page, const char *name, const char *text) {
    if (*text) {
        html_row(page, name, "%s", text);
    }
}

void report_file(FILE *page, const Report *report) {
    const Model *model = report->model;
    const ModelInfo *info = &model->info;
    html_row(page, "Path", "%s", report->model_path);
    print_text(page, "Name", info->name);
    print_text(page, "Author", info->author);
    print_text(page, "Licence", info->license);
    print_text(page, "Gear", info->gear);
    if (isfinite(info->loudness)) {
        fputs("<tr><th>Loudness</th><td>", page);
        html_number(page, "loudness", info->loudness, "%.1f");
        fprintf(page, " dB for guitar-like noise at %.0f dB</td></tr>\n", LOUDNESS_INPUT);
    }
    html_row(page, "Delay taken out", "%g samples", info->latency);
    print_level(page, "Input level", info->input_level_dbu);
    print_level(page, "Output level", info->output_level_dbu);
    html_row(page, "Self-test", "%d samples that other programs can replay", model->test.frames);
}
