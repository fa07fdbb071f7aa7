// SPDX-License-Identifier: ISC
// Plots as SVG pictures: the only module that knows cairo.
#ifndef GRUFF_TRAINING_REPORT_PLOT_H
#define GRUFF_TRAINING_REPORT_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"

enum { PLOT_SERIES = 4 };

typedef enum PlotMark {
    PLOT_LINE,
    PLOT_POINTS,
    PLOT_BARS,  // from the bottom, as wide as the first two points are apart
    PLOT_STEMS, // thin bars
} PlotMark;

typedef enum PlotColour { PLOT_BLUE, PLOT_ORANGE, PLOT_GREEN, PLOT_GREY } PlotColour;

typedef struct PlotSeries {
    const char *name; // in the legend; NULL for none
    PlotMark mark;
    PlotColour colour;
    const double *x, *y; // [count]; points that are not finite (or <= 0 on a logarithmic axis) are
    size_t count;        // left out, and end a line
} PlotSeries;

typedef struct PlotAxis {
    const char *label;
    bool logarithmic;
    double low, high; // low < high: the axis shows this; else all that there is
} PlotAxis;

// A map: values over the whole frame of the data, in equal steps of both axes as they are drawn.
typedef struct PlotMap {
    int columns, rows;
    const double *values; // [rows][columns], the lowest row first
    double low, high;     // the values of the palest and the darkest colour
} PlotMap;

typedef struct Plot {
    const char *title;
    double width, height; // px
    PlotAxis x, y;
    int series_count;
    PlotSeries series[PLOT_SERIES]; // drawn in this order
    const PlotMap *map; // under them, as pixels, where the axes show `low` to `high`; NULL: none
} Plot;

// Draws `plot` on a transparent ground and gives the SVG text, ended by a zero, in *svg; the caller
// frees it with memory_free.
Status plot_svg(char **svg, const Plot *plot, Diagnostic *diagnostic);

#endif
