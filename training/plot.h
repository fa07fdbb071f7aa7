// SPDX-License-Identifier: ISC
// Line plots as SVG pictures: the only module that knows cairo.
#ifndef GRUFF_TRAINING_PLOT_H
#define GRUFF_TRAINING_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/status.h"

enum { PLOT_SERIES = 4 };

typedef struct PlotSeries {
    const char *name;
    const double *x, *y; // [count]; points that are not finite (or <= 0 on a logarithmic axis) are
    size_t count;        // left out
} PlotSeries;

typedef struct Plot {
    const char *title, *x_label, *y_label;
    bool logarithmic; // the y axis
    int series_count;
    PlotSeries series[PLOT_SERIES];
} Plot;

// Draws `plot` and gives the SVG text, ended by a zero, in *svg; the caller frees it with
// memory_free.
Status plot_svg(char **svg, const Plot *plot, Diagnostic *diagnostic);

#endif
