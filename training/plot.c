// SPDX-License-Identifier: ISC
#include "training/plot.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dsp/memory.h"

#define WIDTH 760.0
#define HEIGHT 300.0
#define LEFT 70.0
#define RIGHT 20.0
#define TOP 34.0
#define BOTTOM 44.0

static const double colours[PLOT_SERIES][3] = {
    {0.12, 0.37, 0.66}, {0.84, 0.33, 0.10}, {0.20, 0.55, 0.25}, {0.45, 0.45, 0.45}};

typedef struct Range {
    double low, high;
} Range;

typedef struct Text {
    char *bytes;
    size_t length, room;
} Text;

static cairo_status_t append(void *closure, const unsigned char *data, unsigned int length) {
    Text *text = closure;
    if (text->length + length + 1 > text->room) {
        size_t room = 2 * (text->length + length + 1);
        char *bytes = memory_new(room, 1);
        if (!bytes) {
            return CAIRO_STATUS_NO_MEMORY;
        }
        if (text->bytes) {
            memcpy(bytes, text->bytes, text->length);
        }
        memory_free(text->bytes);
        text->bytes = bytes;
        text->room = room;
    }
    memcpy(text->bytes + text->length, data, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return CAIRO_STATUS_SUCCESS;
}

// The value on the y axis; NaN when it has no place there.
static double y_value(const Plot *plot, double y) {
    return plot->logarithmic ? (y > 0.0 ? log10(y) : (double)NAN) : y;
}

static void widen(Range *range, double value) {
    if (isfinite(value)) {
        range->low = fmin(range->low, value);
        range->high = fmax(range->high, value);
    }
}

static Range settle(Range range) {
    if (!(range.low <= range.high)) {
        return (Range){0.0, 1.0};
    }
    if (range.low == range.high) {
        range.low -= 0.5;
        range.high += 0.5;
    }
    return range;
}

static void ranges(const Plot *plot, Range *x, Range *y) {
    *x = *y = (Range){INFINITY, -INFINITY};
    for (int s = 0; s < plot->series_count; s++) {
        for (size_t i = 0; i < plot->series[s].count; i++) {
            widen(x, plot->series[s].x[i]);
            widen(y, y_value(plot, plot->series[s].y[i]));
        }
    }
    *x = settle(*x);
    *y = settle(*y);
    double room = 0.05 * (y->high - y->low);
    y->low -= room;
    y->high += room;
}

static double place(Range range, double value, double begin, double end) {
    return begin + (value - range.low) / (range.high - range.low) * (end - begin);
}

// A step of 1, 2 or 5 times a power of ten that gives about `count` marks.
static double mark_step(Range range, int count) {
    double rough = (range.high - range.low) / count;
    double power = pow(10.0, floor(log10(rough)));
    double digit = rough / power;
    return power * (digit < 1.5 ? 1.0 : digit < 3.5 ? 2.0 : digit < 7.5 ? 5.0 : 10.0);
}

static void show(cairo_t *cairo, double x, double y, double align, const char *text) {
    cairo_text_extents_t extents = {0};
    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - align * extents.x_advance, y);
    cairo_show_text(cairo, text);
}

static void draw_grid_line(cairo_t *cairo, double x0, double y0, double x1, double y1) {
    cairo_set_source_rgb(cairo, 0.85, 0.85, 0.85);
    cairo_move_to(cairo, x0, y0);
    cairo_line_to(cairo, x1, y1);
    cairo_stroke(cairo);
    cairo_set_source_rgb(cairo, 0.2, 0.2, 0.2);
}

static void draw_x_axis(cairo_t *cairo, Range x) {
    double step = mark_step(x, 8);
    for (long i = lround(ceil(x.low / step)); (double)i * step <= x.high; i++) {
        char text[32];
        double at = place(x, (double)i * step, LEFT, WIDTH - RIGHT);
        draw_grid_line(cairo, at, TOP, at, HEIGHT - BOTTOM);
        snprintf(text, sizeof text, "%.6g", (double)i * step);
        show(cairo, at, HEIGHT - BOTTOM + 15.0, 0.5, text);
    }
}

static void draw_y_axis(cairo_t *cairo, Range y, bool logarithmic) {
    double step = mark_step(y, 6);
    for (long i = lround(ceil(y.low / step)); (double)i * step <= y.high; i++) {
        char text[32];
        double mark = (double)i * step, at = place(y, mark, HEIGHT - BOTTOM, TOP);
        draw_grid_line(cairo, LEFT, at, WIDTH - RIGHT, at);
        snprintf(text, sizeof text, logarithmic ? "%.2g" : "%.4g",
                 logarithmic ? pow(10.0, mark) : mark);
        show(cairo, LEFT - 6.0, at + 4.0, 1.0, text);
    }
}

static void draw_labels(cairo_t *cairo, const Plot *plot) {
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    show(cairo, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0, 0.5, plot->x_label);
    cairo_save(cairo);
    cairo_translate(cairo, 14.0, (TOP + HEIGHT - BOTTOM) / 2.0);
    cairo_rotate(cairo, -M_PI / 2.0);
    show(cairo, 0.0, 0.0, 0.5, plot->y_label);
    cairo_restore(cairo);
    double right = WIDTH - RIGHT;
    for (int s = PLOT_SERIES - 1; s >= 0; s--) {
        if (s >= plot->series_count) {
            continue;
        }
        cairo_text_extents_t extents = {0};
        cairo_text_extents(cairo, plot->series[s].name, &extents);
        cairo_set_source_rgb(cairo, colours[s][0], colours[s][1], colours[s][2]);
        show(cairo, right, TOP - 12.0, 1.0, plot->series[s].name);
        right -= extents.x_advance + 16.0;
    }
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    show(cairo, LEFT, TOP - 12.0, 0.0, plot->title);
}

static void draw_series(cairo_t *cairo, const Plot *plot, int index, Range x, Range y) {
    const PlotSeries *series = &plot->series[index];
    cairo_set_source_rgb(cairo, colours[index][0], colours[index][1], colours[index][2]);
    cairo_set_line_width(cairo, index == 0 ? 2.2 : 1.1); // the first shows from under the others
    cairo_new_path(cairo);
    for (size_t i = 0; i < series->count; i++) {
        double value = y_value(plot, series->y[i]);
        if (isfinite(value) && isfinite(series->x[i])) {
            cairo_line_to(cairo, place(x, series->x[i], LEFT, WIDTH - RIGHT),
                          place(y, value, HEIGHT - BOTTOM, TOP));
        }
    }
    cairo_stroke(cairo);
}

Status plot_svg(char **svg, const Plot *plot, Diagnostic *diagnostic) {
    Text text = {0};
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(append, &text, WIDTH, HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    Range x, y;
    ranges(plot, &x, &y);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, 11.0);
    cairo_set_line_width(cairo, 0.5);
    draw_x_axis(cairo, x);
    draw_y_axis(cairo, y, plot->logarithmic);
    for (int s = 0; s < plot->series_count; s++) {
        draw_series(cairo, plot, s, x, y);
    }
    draw_labels(cairo, plot);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS || !text.bytes) {
        memory_free(text.bytes);
        *svg = NULL;
        return diagnose(diagnostic, STATUS_NO_MEMORY, "the plot \"%s\" cannot be drawn: %s",
                        plot->title, cairo_status_to_string(status));
    }
    *svg = text.bytes;
    return STATUS_OK;
}
