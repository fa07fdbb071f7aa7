// SPDX-License-Identifier: ISC
#include "training/report/coverage.h"

#include <math.h>

#include "training/report/figure.h"
#include "training/report/html.h"

#define PALEST 0.03 // s in a cell
#define DARKEST 30.0

static Status draw_map(FILE *page, const char *title,
                       const double map[COVERAGE_ROWS][MOMENTS_BANDS], const char *caption,
                       Diagnostic *diagnostic) {
    double shade[COVERAGE_ROWS][MOMENTS_BANDS];
    for (int row = 0; row < COVERAGE_ROWS; row++) {
        for (int band = 0; band < MOMENTS_BANDS; band++) {
            shade[row][band] = log10(fmax(map[row][band], PALEST));
        }
    }
    const PlotMap shades = {.columns = MOMENTS_BANDS,
                            .rows = COVERAGE_ROWS,
                            .values = &shade[0][0],
                            .low = log10(PALEST),
                            .high = log10(DARKEST)};
    double half = exp2(1.0 / 6.0);
    Plot plot = {.title = title,
                 .x = {.label = "frequency (Hz)",
                       .logarithmic = true,
                       .low = moments_hertz(0) / half,
                       .high = moments_hertz(MOMENTS_BANDS - 1) * half},
                 .y = {.label = "level (dB of a full-scale sine)",
                       .low = COVERAGE_LOWEST,
                       .high = COVERAGE_LOWEST + COVERAGE_ROWS * COVERAGE_ROW},
                 .map = &shades};
    return figure_plot(page, &plot, 260.0, caption, diagnostic);
}

static void print_missing(FILE *page, const Checks *missing) {
    fputs("<table id=\"missing\">\n", page);
    for (int i = 0; i < missing->count; i++) {
        const Check *lack = &missing->check[i];
        fprintf(page, "<tr class=\"%s\"><th>%s</th><td>", verdict_name(lack->verdict), lack->id);
        html_text(page, lack->text);
        fputs("</td></tr>\n", page);
    }
    fputs("</table>\n", page);
}

Status report_coverage(FILE *page, const Coverage *coverage, Diagnostic *diagnostic) {
    fputs("<p>What is trained on: ", page);
    html_number(page, "seconds-sustained", coverage->sustained, "%.1f");
    fputs(" s of sound that goes on, ", page);
    html_number(page, "seconds-struck", coverage->struck, "%.1f");
    fputs(" s after strokes, ", page);
    html_number(page, "seconds-silent", coverage->silent, "%.1f");
    fputs(" s of silence. What is held out has ", page);
    html_number(page, "likeness", 100.0 * coverage->likeness, "%.0f");
    fputs(" % of its levels and frequencies in common with it.</p>\n", page);
    print_missing(page, &coverage->missing);
    Status status = draw_map(page, "What sounds on: how long at which level and frequency",
                             coverage->sustained_map,
                             "In bands of a third of an octave. White: never; palest: a moment; "
                             "darkest: 30 s and more. A model is untried where nothing is.",
                             diagnostic);
    return status == STATUS_OK
               ? draw_map(page, "What is struck: the sixth of a second after a stroke",
                          coverage->struck_map, NULL, diagnostic)
               : status;
}
