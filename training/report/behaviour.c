// SPDX-License-Identifier: ISC
#include "training/report/behaviour.h"

#include <math.h>

#include "dsp/base/decibels.h"
#include "training/report/figure.h"
#include "training/report/html.h"

#define DEEPEST (-100.0) // dB: the palest of the map

// ---- Divergence ----

typedef struct Line {
    size_t count;
    double level[DIVERGENCE_MOST], left[DIVERGENCE_MOST];
} Line;

// The worst case of a kind at each level, as they come.
static Line line_of(const Divergence *divergence, DivergenceKind kind) {
    Line line = {0};
    for (int i = 0; i < divergence->count; i++) {
        const DivergenceCase *one = &divergence->cases[i];
        size_t at = 0;
        if (one->kind != kind || !isfinite(one->level)) {
            continue;
        }
        while (at < line.count && line.level[at] != one->level) {
            at++;
        }
        if (at == line.count) {
            line.level[line.count] = one->level;
            line.left[line.count++] = one->left;
        }
        line.left[at] = fmax(line.left[at], one->left);
    }
    return line;
}

static Status draw_divergence(FILE *page, const Divergence *divergence, Diagnostic *diagnostic) {
    static const struct {
        DivergenceKind kind;
        const char *name;
        PlotColour colour;
    } shown[] = {{DIVERGENCE_GUITAR, "guitar", PLOT_BLUE},
                 {DIVERGENCE_SINE, "worst sine", PLOT_ORANGE},
                 {DIVERGENCE_TONES, "worst two tones", PLOT_GREEN},
                 {DIVERGENCE_NOISE, "noise", PLOT_GREY}};
    Line lines[PLOT_SERIES];
    Plot plot = {.title = "What an inaudible click leaves after a second",
                 .x = {.label = "level of the input (dB)"},
                 .y = {.label = "of the output (dB)", .low = -150.0, .high = 10.0},
                 .series_count = PLOT_SERIES};
    for (int i = 0; i < PLOT_SERIES; i++) {
        lines[i] = line_of(divergence, shown[i].kind);
        plot.series[i] = (PlotSeries){shown[i].name,  PLOT_LINE,     shown[i].colour,
                                      lines[i].level, lines[i].left, lines[i].count};
    }
    return figure_plot(
        page, &plot, 280.0,
        "A model that forgets leaves rounding, -110 dB and less (guitar, sines: -90 dB "
        "is allowed, noise -60); a chaotic one -40 dB and more, and sounds of it.",
        diagnostic);
}

// ---- Aliasing ----

Status report_aliasing(FILE *page, const SineMap *map, Diagnostic *diagnostic) {
    fputs("<p>What comes out for sines and is no harmonic of them, in dB of all that comes out, a "
          "mean "
          "over 450 Hz to 5.1 kHz: <strong>",
          page);
    html_number(page, "aliasing-loud", map->loud, "%.1f");
    fputs("</strong> at 0 dB, <strong>", page);
    html_number(page, "aliasing-soft", map->soft, "%.1f");
    fputs("</strong> at -20 dB.</p>\n", page);
    const PlotMap shades = {.columns = SINES_MAP_TONES,
                            .rows = SINES_MAP_LEVELS,
                            .values = &map->inharmonic[0][0],
                            .low = DEEPEST,
                            .high = 0.0};
    Plot plot = {.title = "Inharmonic power for sines",
                 .x = {.label = "frequency (Hz)",
                       .logarithmic = true,
                       .low = map->hertz[0],
                       .high = map->hertz[SINES_MAP_TONES - 1]},
                 .y = {.label = "level (dB)",
                       .low = map->level[0],
                       .high = map->level[SINES_MAP_LEVELS - 1]},
                 .map = &shades};
    return figure_plot(page, &plot, 260.0,
                       "Palest: -100 dB of the output and less; darkest: nothing else comes out.",
                       diagnostic);
}

// ---- Levels ----

static Status draw_levels(FILE *page, const Levels *levels, Diagnostic *diagnostic) {
    double loudest = DECIBELS_FLOOR;
    for (int i = 0; i < LEVELS_COUNT; i++) {
        loudest = fmax(loudest, fmax(levels->sine.output[i], levels->guitar.output[i]));
    }
    Plot plot = {.title = "Output level from soft to loud",
                 .x = {.label = "level of the input (dB, peak 1 = 0 dB)"},
                 .y = {.label = "output (dB)", .low = loudest - 100.0, .high = loudest + 5.0},
                 .series_count = 2};
    plot.series[0] = (PlotSeries){"1 kHz",       PLOT_LINE,           PLOT_BLUE,
                                  levels->input, levels->sine.output, LEVELS_COUNT};
    plot.series[1] = (PlotSeries){
        "guitar", PLOT_LINE, PLOT_ORANGE, levels->input, levels->guitar.output, LEVELS_COUNT};
    return figure_plot(page, &plot, 280.0, NULL, diagnostic);
}

// ---- All of it ----

static void print_verdicts(FILE *page, const Behaviour *behaviour) {
    Diagnostic text;
    fputs("<table id=\"verdicts\">\n", page);
    divergence_describe(&behaviour->divergence, &text);
    html_row(page, "Calm", "%s", text.text);
    sines_map_describe(&behaviour->aliasing, &text);
    html_row(page, "Aliasing", "%s", text.text);
    levels_describe(&behaviour->levels, &text);
    html_row(page, "Levels", "%s", text.text);
    double margin = divergence_margin(&behaviour->divergence);
    if (isfinite(margin)) {
        fputs("<tr><th>Margin</th><td>", page);
        html_number(page, "calm-margin", margin, "%.0f");
        fputs(" dB between the worst case and its bound</td></tr>\n", page);
    }
    fputs("</table>\n", page);
}

Status report_behaviour(FILE *page, const Behaviour *behaviour, Diagnostic *diagnostic) {
    print_verdicts(page, behaviour);
    Status status = draw_divergence(page, &behaviour->divergence, diagnostic);
    return status == STATUS_OK ? draw_levels(page, &behaviour->levels, diagnostic) : status;
}
