// SPDX-License-Identifier: ISC
#include "training/report/plot.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "training/report/axis.h"

#define FONT 12.0    // px
#define ROW 17.0     // px from one line of text to the next
#define SWATCH 16.0  // px: a sample of a series in the legend
#define MARGIN 12.0  // px at the right, so that the last mark's text has room
#define MARK_GAP 8.0 // px between the texts of marks

static const double colours[][3] = {
    [PLOT_BLUE] = {0.12, 0.37, 0.70},
    [PLOT_ORANGE] = {0.85, 0.35, 0.08},
    [PLOT_GREEN] = {0.13, 0.52, 0.25},
    [PLOT_GREY] = {0.45, 0.45, 0.45},
};

typedef struct Canvas {
    cairo_t *cairo;
    const Plot *plot;
    Scale x, y;
    double left, right, top, bottom; // px: the frame of the data
} Canvas;

// ---- The SVG text ----

typedef struct Text {
    char *bytes;
    size_t length, room;
} Text;

static cairo_status_t append(void *closure, const unsigned char *data, unsigned int length) {
    Text *text = closure;
    if (text->length + length + 1 > text->room) {
        size_t room = 2 * (text->length + length + 1);
        char *bytes = memory_resize(text->bytes, text->length, room, 1);
        if (!bytes) {
            return CAIRO_STATUS_NO_MEMORY;
        }
        text->bytes = bytes;
        text->room = room;
    }
    memcpy(text->bytes + text->length, data, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return CAIRO_STATUS_SUCCESS;
}

// ---- Words ----

static double text_width(cairo_t *cairo, const char *text) {
    cairo_text_extents_t extents = {0};
    cairo_text_extents(cairo, text, &extents);
    return extents.x_advance;
}

// Text at (x, y): left of it for `align` 1, right of it for 0, about it for 0.5.
static void show(cairo_t *cairo, double x, double y, double align, const char *text) {
    cairo_move_to(cairo, x - align * text_width(cairo, text), y);
    cairo_show_text(cairo, text);
}

static void set_ink(cairo_t *cairo) {
    cairo_set_source_rgb(cairo, 0.13, 0.13, 0.13);
}

static void set_colour(cairo_t *cairo, PlotColour colour, double alpha) {
    cairo_set_source_rgba(cairo, colours[colour][0], colours[colour][1], colours[colour][2], alpha);
}

static void select_font(cairo_t *cairo, cairo_font_weight_t weight) {
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, weight);
    cairo_set_font_size(cairo, FONT);
}

// Title and legend, in as many rows as the width asks for. Gives the height they take.
static double head(const Canvas *canvas) {
    cairo_t *cairo = canvas->cairo;
    const Plot *plot = canvas->plot;
    double x = 0.0, y = ROW;
    select_font(cairo, CAIRO_FONT_WEIGHT_BOLD);
    set_ink(cairo);
    show(cairo, 0.0, y - 5.0, 0.0, plot->title);
    select_font(cairo, CAIRO_FONT_WEIGHT_NORMAL);
    for (int s = 0; s < plot->series_count; s++) {
        const char *name = plot->series[s].name;
        if (!name) {
            continue;
        }
        double width = SWATCH + 5.0 + text_width(cairo, name);
        if (x == 0.0 || x + width > plot->width) {
            x = 0.0;
            y += ROW;
        }
        set_colour(cairo, plot->series[s].colour, 1.0);
        cairo_rectangle(cairo, x, y - 10.5, SWATCH, 4.0);
        cairo_fill(cairo);
        set_ink(cairo);
        show(cairo, x + SWATCH + 5.0, y - 5.0, 0.0, name);
        x += width + 14.0;
    }
    return y;
}

// ---- Axes ----

static Scale axis_scale(const Plot *plot, bool vertical) {
    const PlotAxis *axis = vertical ? &plot->y : &plot->x;
    Scale scale = scale_empty(axis->logarithmic);
    double margin = vertical ? 0.04 : 0.0;
    if (axis->low < axis->high) {
        scale_include(&scale, axis->low);
        scale_include(&scale, axis->high);
        scale_settle(&scale, 0.0);
        return scale;
    }
    for (int s = 0; s < plot->series_count; s++) {
        const PlotSeries *series = &plot->series[s];
        const double *values = vertical ? series->y : series->x;
        for (size_t i = 0; i < series->count; i++) {
            scale_include(&scale, values[i]);
        }
        if (!vertical && series->mark == PLOT_BARS && series->count > 0) {
            double half = series->count > 1 ? 0.5 * (series->x[1] - series->x[0]) : 0.5;
            scale_include(&scale, series->x[0] - half);
            scale_include(&scale, series->x[series->count - 1] + half);
        }
        margin = !vertical && series->mark == PLOT_POINTS ? 0.02 : margin;
    }
    scale_settle(&scale, margin);
    return scale;
}

static void grid_line(cairo_t *cairo, double x0, double y0, double x1, double y1) {
    cairo_set_source_rgb(cairo, 0.82, 0.82, 0.82);
    cairo_set_line_width(cairo, 0.6);
    cairo_move_to(cairo, x0, y0);
    cairo_line_to(cairo, x1, y1);
    cairo_stroke(cairo);
    set_ink(cairo);
}

static int y_marks(const Canvas *canvas, double marks[SCALE_MARKS]) {
    int wanted = (int)((canvas->bottom - canvas->top) / 32.0);
    return scale_marks(&canvas->y, wanted < 2 ? 2 : wanted, marks);
}

// Width of the widest text at the y axis.
static double y_texts(const Canvas *canvas) {
    double marks[SCALE_MARKS], widest = 0.0;
    int count = y_marks(canvas, marks);
    for (int i = 0; i < count; i++) {
        char text[32];
        scale_text(text, sizeof text, &canvas->y, marks[i]);
        widest = fmax(widest, text_width(canvas->cairo, text));
    }
    return widest;
}

static void draw_y_axis(const Canvas *canvas) {
    cairo_t *cairo = canvas->cairo;
    double marks[SCALE_MARKS], last = canvas->bottom + ROW;
    int count = y_marks(canvas, marks);
    for (int i = 0; i < count; i++) {
        char text[32];
        double at = scale_place(&canvas->y, marks[i], canvas->bottom, canvas->top);
        grid_line(cairo, canvas->left, at, canvas->right, at);
        if (last - at >= FONT + 2.0) {
            scale_text(text, sizeof text, &canvas->y, marks[i]);
            show(cairo, canvas->left - 6.0, at + 4.0, 1.0, text);
            last = at;
        }
    }
    cairo_save(cairo);
    cairo_translate(cairo, 11.0, (canvas->top + canvas->bottom) / 2.0);
    cairo_rotate(cairo, -M_PI / 2.0);
    show(cairo, 0.0, 0.0, 0.5, canvas->plot->y.label);
    cairo_restore(cairo);
}

static void draw_x_axis(const Canvas *canvas) {
    cairo_t *cairo = canvas->cairo;
    double marks[SCALE_MARKS], end = -MARK_GAP;
    int wanted = (int)((canvas->right - canvas->left) / 60.0);
    int count = scale_marks(&canvas->x, wanted < 2 ? 2 : wanted, marks);
    for (int i = 0; i < count; i++) {
        char text[32];
        double at = scale_place(&canvas->x, marks[i], canvas->left, canvas->right);
        grid_line(cairo, at, canvas->top, at, canvas->bottom);
        scale_text(text, sizeof text, &canvas->x, marks[i]);
        double half = 0.5 * text_width(cairo, text);
        if (at - half >= end + MARK_GAP && at + half <= canvas->plot->width) {
            show(cairo, at, canvas->bottom + 15.0, 0.5, text);
            end = at + half;
        }
    }
    show(cairo, (canvas->left + canvas->right) / 2.0, canvas->bottom + 32.0, 0.5,
         canvas->plot->x.label);
}

// ---- Data ----

// Puts the point where it belongs on the canvas; false when it has no place.
static bool point(const Canvas *canvas, const PlotSeries *series, size_t i, double *x, double *y) {
    *x = scale_place(&canvas->x, series->x[i], canvas->left, canvas->right);
    *y = scale_place(&canvas->y, series->y[i], canvas->bottom, canvas->top);
    return !isnan(*x) && !isnan(*y);
}

static void draw_line(const Canvas *canvas, const PlotSeries *series, bool first) {
    double x, y;
    cairo_new_path(canvas->cairo);
    for (size_t i = 0; i < series->count; i++) {
        if (point(canvas, series, i, &x, &y)) {
            cairo_line_to(canvas->cairo, x, y);
        } else {
            cairo_new_sub_path(canvas->cairo);
        }
    }
    cairo_set_line_width(canvas->cairo, first ? 2.4 : 1.2); // it shows from under the others
    cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(canvas->cairo);
}

static void draw_points(const Canvas *canvas, const PlotSeries *series) {
    double x, y;
    cairo_new_path(canvas->cairo);
    for (size_t i = 0; i < series->count; i++) {
        if (point(canvas, series, i, &x, &y)) {
            cairo_move_to(canvas->cairo, x, y);
            cairo_line_to(canvas->cairo, x, y);
        }
    }
    cairo_set_line_cap(canvas->cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(canvas->cairo, 2.6);
    cairo_stroke(canvas->cairo);
    cairo_set_line_cap(canvas->cairo, CAIRO_LINE_CAP_BUTT);
}

static void draw_bars(const Canvas *canvas, const PlotSeries *series) {
    double x, y, width = 2.2;
    if (series->mark == PLOT_BARS) {
        double apart = series->count > 1 ? series->x[1] - series->x[0] : 1.0;
        width = apart / (canvas->x.high - canvas->x.low) * (canvas->right - canvas->left);
        width = fmin(fmax(0.75 * width, 0.5), 24.0);
    }
    cairo_new_path(canvas->cairo);
    for (size_t i = 0; i < series->count; i++) {
        if (point(canvas, series, i, &x, &y)) {
            cairo_move_to(canvas->cairo, x, canvas->bottom);
            cairo_line_to(canvas->cairo, x, fmin(y, canvas->bottom));
        }
    }
    cairo_set_line_width(canvas->cairo, width);
    cairo_stroke(canvas->cairo);
}

// The colour of a value of a map, from white over blue to nearly black.
static uint32_t shade(const PlotMap *map, double value) {
    static const double stops[][3] = {{1.0, 1.0, 1.0},
                                      {0.72, 0.86, 0.95},
                                      {0.26, 0.57, 0.78},
                                      {0.18, 0.26, 0.55},
                                      {0.1, 0.02, 0.2}};
    enum { LAST = sizeof stops / sizeof *stops - 1 };
    double place = LAST * (value - map->low) / (map->high - map->low);
    place = isnan(place) ? 0.0 : fmin(fmax(place, 0.0), LAST);
    int stop = (int)fmin(place, LAST - 1);
    uint32_t pixel = 0;
    for (int c = 0; c < 3; c++) {
        double from = stops[stop][c], to = stops[stop + 1][c];
        pixel = pixel << 8 | (uint32_t)lround(255.0 * (from + (place - stop) * (to - from)));
    }
    return pixel;
}

// cairo puts it into the SVG as a picture of its own.
static void draw_map(const Canvas *canvas, const PlotMap *map) {
    cairo_t *cairo = canvas->cairo;
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, map->columns,
                                                        map->rows);
    unsigned char *pixels = cairo_image_surface_get_data(image);
    size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (int row = 0; pixels && row < map->rows; row++) {
        unsigned char *line = pixels + (size_t)(map->rows - 1 - row) * stride;
        for (int column = 0; column < map->columns; column++) {
            uint32_t pixel = shade(
                map, map->values[(size_t)row * (size_t)map->columns + (size_t)column]);
            memcpy(line + (size_t)column * sizeof pixel, &pixel, sizeof pixel);
        }
    }
    cairo_surface_mark_dirty(image);
    cairo_save(cairo);
    cairo_translate(cairo, canvas->left, canvas->top);
    cairo_scale(cairo, (canvas->right - canvas->left) / map->columns,
                (canvas->bottom - canvas->top) / map->rows);
    cairo_set_source_surface(cairo, image, 0.0, 0.0);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(image);
}

static void draw_series(const Canvas *canvas) {
    cairo_t *cairo = canvas->cairo;
    cairo_save(cairo);
    cairo_rectangle(cairo, canvas->left, canvas->top, canvas->right - canvas->left,
                    canvas->bottom - canvas->top);
    cairo_clip(cairo);
    for (int s = 0; s < canvas->plot->series_count; s++) {
        const PlotSeries *series = &canvas->plot->series[s];
        set_colour(cairo, series->colour, series->mark == PLOT_POINTS ? 0.6 : 1.0);
        if (series->mark == PLOT_LINE) {
            draw_line(canvas, series, s == 0);
        } else if (series->mark == PLOT_POINTS) {
            draw_points(canvas, series);
        } else {
            draw_bars(canvas, series);
        }
    }
    cairo_restore(cairo);
}

static void draw(cairo_t *cairo, const Plot *plot) {
    Canvas canvas = {.cairo = cairo, .plot = plot};
    canvas.x = axis_scale(plot, false);
    canvas.y = axis_scale(plot, true);
    canvas.top = head(&canvas) + 6.0;
    canvas.bottom = plot->height - 38.0;
    canvas.right = plot->width - MARGIN;
    canvas.left = 26.0 + y_texts(&canvas);
    if (plot->map) {
        draw_map(&canvas, plot->map);
    }
    draw_x_axis(&canvas);
    draw_y_axis(&canvas);
    draw_series(&canvas);
}

Status plot_svg(char **svg, const Plot *plot, Diagnostic *diagnostic) {
    Text text = {0};
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(append, &text, plot->width,
                                                                   plot->height);
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
    cairo_t *cairo = cairo_create(surface);
    draw(cairo, plot);
    cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_status(surface);
    }
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
