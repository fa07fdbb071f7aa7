// SPDX-License-Identifier: ISC
#include "training/report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dsp/files/atomic_file.h"
#include "dsp/measure.h"
#include "dsp/memory.h"
#include "training/plot.h"

#define OVERLAY 0.015 // s of waveform shown

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Gruff training report</title>\n<style>\n"
    "body { font: 16px/1.5 sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; }\n"
    "table { border-collapse: collapse; }\n"
    "td, th { text-align: left; padding: .2em 1.5em .2em 0; border-bottom: 1px solid #ddd; }\n"
    "img { width: 100%; }\n</style>\n</head>\n<body>\n";

static void print_escaped(FILE *page, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", page);
            break;
        case '>':
            fputs("&gt;", page);
            break;
        case '&':
            fputs("&amp;", page);
            break;
        default:
            fputc(*text, page);
            break;
        }
    }
}

static void print_base64(FILE *page, const char *text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++) {
            bits = bits << 8 | (i + k < length ? (unsigned char)text[i + k] : 0u);
        }
        for (size_t k = 0; k < 4; k++) {
            fputc(i + k <= length ? digits[bits >> (18 - 6 * k) & 63u] : '=', page);
        }
    }
}

static Status print_plot(FILE *page, const Plot *plot, Diagnostic *diagnostic) {
    char *svg = NULL;
    Status status = plot_svg(&svg, plot, diagnostic);
    if (status == STATUS_OK) {
        fprintf(page, "<p><img alt=\"%s\" src=\"data:image/svg+xml;base64,", plot->title);
        print_base64(page, svg);
        fputs("\"></p>\n", page);
    }
    memory_free(svg);
    return status;
}

static Status print_curves(FILE *page, const TrainerResult *result, Diagnostic *diagnostic) {
    double epoch[TRAINER_CHECKS + 2], loss[TRAINER_CHECKS + 2], esr[TRAINER_CHECKS + 2];
    for (int i = 0; i < result->checks; i++) {
        epoch[i] = result->history[i].epoch;
        loss[i] = result->history[i].loss;
        esr[i] = result->history[i].esr;
    }
    size_t count = (size_t)result->checks;
    Plot plot = {.title = "Training", .x_label = "epoch", .y_label = "error", .logarithmic = true};
    plot.series_count = 2;
    plot.series[0] = (PlotSeries){"training loss", epoch, loss, count};
    plot.series[1] = (PlotSeries){"validation ESR", epoch, esr, count};
    return print_plot(page, &plot, diagnostic);
}

// The stretch of the held-out audio with the most energy, as target and model play it.
static Status print_overlay(FILE *page, const Validation *validation, Diagnostic *diagnostic) {
    const Dataset *dataset = validation->dataset;
    const Recording *recording = dataset->recordings;
    const float *played_by_model = validation->output, *output = played_by_model;
    size_t count = (size_t)(OVERLAY * dataset->rate), loudest = 0;
    double most = -1.0;
    for (int r = 0; r < dataset->count; r++) {
        Range range = dataset->recordings[r].validation;
        for (size_t i = range.begin; i + count <= range.end; i += count) {
            Measure m;
            measure(&m, dataset->recordings[r].target + i, played_by_model, count);
            if (m.rms_reference > most) {
                most = m.rms_reference;
                loudest = i;
                recording = &dataset->recordings[r];
                output = played_by_model + (i - range.begin);
            }
        }
        played_by_model += range.end - range.begin;
    }
    double *x = memory_new(3 * count, sizeof *x);
    if (!x) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report");
    }
    double *wanted = x + count, *played = x + 2 * count;
    for (size_t i = 0; i < count; i++) {
        x[i] = (double)(loudest + i) / dataset->rate;
        wanted[i] = recording->target[loudest + i];
        played[i] = output[i];
    }
    Plot plot = {.title = "Loudest held-out moment",
                 .x_label = "time in the recording (s)",
                 .y_label = "sample value",
                 .series_count = 2};
    plot.series[0] = (PlotSeries){"target", x, wanted, count};
    plot.series[1] = (PlotSeries){"model", x, played, count};
    Status status = print_plot(page, &plot, diagnostic);
    memory_free(x);
    return status;
}

static const char *verdict(double esr) {
    return esr < 0.001   ? "hardly to be told from the device"
           : esr < 0.01  ? "very close"
           : esr < 0.035 ? "close"
           : esr < 0.1   ? "recognisable"
                         : "far off: check that the recordings belong together and are aligned";
}

static void print_figures(FILE *page, const Report *report) {
    const TrainerResult *result = report->result;
    const Dataset *dataset = report->validation->dataset;
    fputs("<h1>", page);
    print_escaped(page, report->options->labels.name);
    fprintf(page,
            "</h1>\n<p>Validation ESR <strong>%.3g</strong> (%.1f dB): %s.</p>\n<table>\n"
            "<tr><th>Model</th><td>",
            report->esr, 10.0 * log10(report->esr), verdict(report->esr));
    print_escaped(page, report->model_path);
    fprintf(page,
            "</td></tr>\n<tr><th>Network</th><td>GRU, hidden size %d, %zu weights, %s</td></tr>\n",
            report->options->shape.hidden, network_count(&report->options->shape),
            report->options->shape.skip ? "skip" : "no skip");
    fprintf(page, "<tr><th>Recordings</th><td>%.1f s at %d Hz, %.1f s held out</td></tr>\n",
            (double)(dataset->training_frames + dataset->validation_frames) / dataset->rate,
            dataset->rate, (double)dataset->validation_frames / dataset->rate);
    fprintf(page,
            "<tr><th>Training</th><td>%.1f epochs in %.1f s%s, %d thread%s, %.0f ns a sample, "
            "seed %llu, peak learning rate %g%s</td></tr>\n",
            result->epoch, result->seconds, result->stopped ? " (stopped early)" : "",
            report->options->threads, report->options->threads == 1 ? "" : "s",
            result->seconds / fmax(result->samples, 1.0) * 1e9,
            (unsigned long long)report->options->seed, report->options->rate,
            result->rollbacks ? ", went back to its best at times" : "");
    for (int r = 0; r < dataset->count; r++) {
        const Checks *checks = &dataset->recordings[r].checks;
        for (int i = 0; i < checks->count; i++) {
            if (checks->check[i].verdict != VERDICT_OK) {
                fputs("<tr><th>Warning</th><td>", page);
                print_escaped(page, checks->check[i].text);
                fputs("</td></tr>\n", page);
            }
        }
    }
    fputs("</table>\n", page);
}

static Status print_page(FILE *page, const Report *report, Diagnostic *diagnostic) {
    fputs(head, page);
    print_figures(page, report);
    Status status = print_curves(page, report->result, diagnostic);
    if (status == STATUS_OK) {
        status = print_overlay(page, report->validation, diagnostic);
    }
    fputs("</body>\n</html>\n", page);
    return status;
}

// Makes the folder MODEL.report for MODEL.json; the page's path in it goes to path[size].
static Status make_folder(char *path, size_t size, const char *model_path, Diagnostic *diagnostic) {
    size_t length = strlen(model_path);
    if (length > 5 && strcmp(model_path + length - 5, ".json") == 0) {
        length -= 5;
    }
    int written = snprintf(path, size, "%.*s.report", (int)length, model_path);
    if (written < 0 || (size_t)written + sizeof "/index.html" > size) {
        return diagnose(diagnostic, STATUS_CANNOT_WRITE, "%s: the name is too long", model_path);
    }
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        return diagnose(diagnostic, STATUS_CANNOT_WRITE, "%s: the folder cannot be made: %s", path,
                        strerror(errno));
    }
    snprintf(path + written, size - (size_t)written, "/index.html");
    return STATUS_OK;
}

Status report_write(char *path, size_t size, const Report *report, Diagnostic *diagnostic) {
    Status status = make_folder(path, size, report->model_path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    char *text = NULL;
    size_t length = 0;
    FILE *page = open_memstream(&text, &length);
    if (!page) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report");
    }
    status = print_page(page, report, diagnostic);
    if (fclose(page) != 0 && status == STATUS_OK) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report");
    }
    if (status == STATUS_OK) {
        status = atomic_file_write(path, text, length, diagnostic);
    }
    free(text);
    return status;
}
