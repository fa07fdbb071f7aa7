// SPDX-License-Identifier: ISC
// Where what a plot shows is drawn: lines, bars and maps on axes that are known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cairo.h>
#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/page.h"
#include "training/report/axis.h"
#include "training/report/plot.h"

enum { COUNT = 5 };

static const double along[COUNT] = {0.0, 1.0, 2.0, 3.0, 4.0}, up[COUNT] = {1.0, 5.0, 2.0, 7.0, 3.0};
static PagePath path;

// A plot with the axes 0 .. 4 and 0 .. 10.
static Plot plot_of(PlotMark mark) {
    Plot plot = {.title = "Title",
                 .width = 400.0,
                 .height = 300.0,
                 .x = {.label = "x", .low = 0.0, .high = 4.0},
                 .y = {.label = "y", .low = 0.0, .high = 10.0},
                 .series_count = 1};
    plot.series[0] = (PlotSeries){NULL, mark, PLOT_BLUE, along, up, COUNT};
    return plot;
}

static char *draw(const Plot *plot) {
    char *svg = NULL;
    assert_int_equal(plot_svg(&svg, plot, NULL), STATUS_OK);
    assert_non_null(svg);
    return svg;
}

// The frame of the data: the grid's lines at the ends of the axes.
typedef struct Frame {
    double left, right, top, bottom;
} Frame;

static Frame frame_of(const char *svg) {
    Frame frame = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int i = 0; i < 11; i++) { // 0 to 4, and 0, 2, 4 ... 10
        page_path(&path, svg, i, 2);
        frame.left = fmin(frame.left, path.x[0]);
        frame.right = fmax(frame.right, path.x[1]);
        frame.top = fmin(frame.top, path.y[0]);
        frame.bottom = fmax(frame.bottom, path.y[1]);
    }
    return frame;
}

static void assert_near(double value, double wanted) {
    if (!(fabs(value - wanted) < 0.01)) {
        fail_msg("%g, not %g", value, wanted);
    }
}

// Points lie where their values are, upwards and to the right.
static void test_places(void **state) {
    (void)state;
    Plot plot = plot_of(PLOT_LINE);
    char *svg = draw(&plot);
    Frame frame = frame_of(svg);
    assert_true(frame.left > 20.0 && frame.right < 400.0 && frame.top > 15.0 && frame.bottom < 270);
    page_path(&path, svg, 0, COUNT);
    assert_int_equal(path.count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_near(path.x[i], frame.left + (frame.right - frame.left) * along[i] / 4.0);
        assert_near(path.y[i], frame.bottom + (frame.top - frame.bottom) * up[i] / 10.0);
    }
    memory_free(svg);
}

// Bars from the bottom, three quarters of the way to the next one wide; stems are always thin.
static void test_bars(void **state) {
    (void)state;
    static const double close[COUNT] = {0.0, 0.2, 0.4, 0.6, 0.8};
    for (int stems = 0; stems < 2; stems++) {
        Plot plot = plot_of(stems ? PLOT_STEMS : PLOT_BARS);
        plot.series[0].x = close;
        char *svg = draw(&plot);
        Frame frame = frame_of(svg);
        page_path(&path, svg, 0, 2 * COUNT);
        assert_int_equal(path.count, 2 * COUNT);
        for (int i = 0; i < COUNT; i++) {
            assert_near(path.x[2 * i], path.x[2 * i + 1]);
            assert_near(path.y[2 * i], frame.bottom);
            assert_near(path.y[2 * i + 1],
                        frame.bottom + (frame.top - frame.bottom) * up[i] / 10.0);
        }
        double apart = path.x[2] - path.x[0];
        if (stems) {
            assert_near(path.width, 2.2);
        } else {
            assert_near(path.width, 0.75 * apart);
        }
        memory_free(svg);
    }
}

// An axis without ends of its own shows all that there is, with a margin at both ends.
static void test_ends(void **state) {
    (void)state;
    Plot plot = plot_of(PLOT_LINE);
    plot.y.high = 0.0;
    char *svg = draw(&plot);
    page_path(&path, svg, 0, COUNT);
    double low = path.y[0], high = path.y[3]; // of 1 and 7
    page_path(&path, svg, 0, 2);              // the first of the vertical lines
    double length = path.y[1] - path.y[0], margin = 0.04 / 1.08 * length;
    assert_near(path.y[1] - low, margin);
    assert_near(high - path.y[0], margin);
    memory_free(svg);
    Scale scale = scale_empty(false);
    scale_include(&scale, -2.0);
    scale_include(&scale, 8.0);
    scale_settle(&scale, 0.1);
    assert_true(fabs(scale.low + 3.0) < 1e-12 && fabs(scale.high - 9.0) < 1e-12);
    scale = scale_empty(false);
    scale_include(&scale, 5.0);
    scale_settle(&scale, 0.0);
    assert_near(scale_place(&scale, 5.0, 0.0, 1.0), 0.5);
}

static int letters_of(const Plot *plot) {
    static const char letter[] = "<use";
    char *svg = draw(plot);
    int count = 0;
    for (size_t i = 0; svg[i]; i++) {
        count += strncmp(svg + i, letter, sizeof letter - 1) == 0;
    }
    memory_free(svg);
    return count;
}

// A series with a name stands in the legend by it.
static void test_legend(void **state) {
    (void)state;
    Plot plot = plot_of(PLOT_LINE);
    int without = letters_of(&plot);
    plot.series[0].name = "abcdef";
    plot.height += 17.0; // of the row that it takes
    assert_int_equal(letters_of(&plot), without + 6);
}

// ---- Maps ----

typedef struct Bytes {
    const char *at, *end;
} Bytes;

static cairo_status_t read_bytes(void *closure, unsigned char *data, unsigned length) {
    Bytes *bytes = closure;
    if (bytes->end - bytes->at < (long)length) {
        return CAIRO_STATUS_READ_ERROR;
    }
    memcpy(data, bytes->at, length);
    bytes->at += length;
    return CAIRO_STATUS_SUCCESS;
}

// Values from white, at the low end and below, to nearly black at the high end; the lowest row
// below the others. What is no number is white.
static void test_map(void **state) {
    (void)state;
    static const double values[] = {-80.0, -40.0, 0.0, (double)NAN, 20.0, -200.0};
    static const uint32_t wanted[2][3] = {{0xFFFFFF, 0x1A0533, 0xFFFFFF},
                                          {0xFFFFFF, 0x4291C7, 0x1A0533}};
    const PlotMap map = {3, 2, values, -80.0, 0.0};
    Plot plot = plot_of(PLOT_LINE);
    plot.map = &map;
    char *svg = draw(&plot);
    const char *at = svg;
    size_t length;
    char *png = page_next_data(&at, "image/png", &length);
    assert_non_null(png);
    Bytes bytes = {png, png + length};
    cairo_surface_t *image = cairo_image_surface_create_from_png_stream(read_bytes, &bytes);
    assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(image), 3);
    assert_int_equal(cairo_image_surface_get_height(image), 2);
    for (int row = 0; row < 2; row++) {
        const unsigned char *line = cairo_image_surface_get_data(image) +
                                    row * cairo_image_surface_get_stride(image);
        for (int column = 0; column < 3; column++) {
            uint32_t pixel;
            memcpy(&pixel, line + (size_t)column * sizeof pixel, sizeof pixel);
            assert_int_equal(pixel & 0xFFFFFF, wanted[row][column]);
        }
    }
    cairo_surface_destroy(image);
    free(png);
    memory_free(svg);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places), cmocka_unit_test(test_bars), cmocka_unit_test(test_ends),
        cmocka_unit_test(test_legend), cmocka_unit_test(test_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
