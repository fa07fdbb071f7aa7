// SPDX-License-Identifier: ISC
// Pictures and pieces of HTML: marks on axes, what of the data is drawn and where, escaping.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "training/report/axis.h"
#include "training/report/html.h"
#include "training/report/plot.h"

// ---- Axes ----

static Scale scale_over(bool logarithmic, double low, double high) {
    Scale scale = scale_empty(logarithmic);
    scale_include(&scale, low);
    scale_include(&scale, high);
    scale_settle(&scale, 0.0);
    return scale;
}

// The marks of an axis, with blanks between.
static const char *marks_of(bool logarithmic, double low, double high, int wanted) {
    static char line[400];
    double marks[SCALE_MARKS];
    Scale scale = scale_over(logarithmic, low, high);
    int count = scale_marks(&scale, wanted, marks);
    line[0] = '\0';
    for (int i = 0; i < count; i++) {
        char text[32];
        scale_text(text, sizeof text, &scale, marks[i]);
        size_t length = strlen(line);
        snprintf(line + length, sizeof line - length, "%s%s", i ? " " : "", text);
    }
    return line;
}

static void test_marks(void **state) {
    (void)state;
    assert_string_equal(marks_of(false, 0.0, 20.0, 10), "0 2 4 6 8 10 12 14 16 18 20");
    assert_string_equal(marks_of(false, -0.25, 0.45, 3), "-0.2 0 0.2 0.4");
    assert_string_equal(marks_of(false, 11.0, 12.0, 5), "11 11.2 11.4 11.6 11.8 12");
    assert_string_equal(marks_of(false, -1e-7, 1e-7, 2), "-1e-07 0 1e-07");
    assert_string_equal(marks_of(true, 20.0, 20000.0, 12), "20 50 100 200 500 1k 2k 5k 10k 20k");
    assert_string_equal(marks_of(true, 20.0, 20000.0, 4), "100 1k 10k");
    assert_string_equal(marks_of(true, 1000.0, 6000.0, 5), "1k 2k 3k 4k 5k 6k");
    assert_string_equal(marks_of(true, 1e-6, 0.1, 5), "1e-06 1e-05 0.0001 0.001 0.01 0.1");
    assert_string_equal(marks_of(true, 1e-20, 1.0, 5), "1e-20 1e-16 1e-12 1e-08 0.0001 1");
    double marks[SCALE_MARKS];
    Scale scale = scale_over(false, 0.0, 1.0);
    assert_int_equal(scale_marks(&scale, 10000, marks), SCALE_MARKS);
}

static void test_places(void **state) {
    (void)state;
    Scale scale = scale_over(true, 10.0, 1000.0);
    assert_true(fabs(scale_place(&scale, 100.0, 50.0, 150.0) - 100.0) < 1e-9);
    assert_true(isnan(scale_place(&scale, 0.0, 0.0, 1.0)));
    assert_true(isnan(scale_place(&scale, -1.0, 0.0, 1.0)));
    assert_true(isnan(scale_place(&scale, INFINITY, 0.0, 1.0)));
    // Nothing, or one value, still makes an axis.
    scale = scale_empty(false);
    scale_include(&scale, NAN);
    scale_settle(&scale, 0.1);
    assert_true(scale.low < scale.high);
    scale = scale_over(false, 7.0, 7.0);
    assert_true(scale.low < 7.0 && scale.high > 7.0);
    scale = scale_over(true, 1e-3, 1e-3);
    assert_true(fabs(scale_place(&scale, 1e-3, 0.0, 1.0) - 0.5) < 1e-9);
}

// ---- Plots ----

enum { COUNT = 50 };

static double ramp[COUNT], line[COUNT];

static Plot plain_plot(void) {
    for (int i = 0; i < COUNT; i++) {
        ramp[i] = i;
        line[i] = 0.1 + i % 2 + 0.01 * i * i; // no three in a row: cairo would drop one
    }
    Plot plot = {.title = "Title",
                 .width = 500.0,
                 .height = 300.0,
                 .x = {.label = "x"},
                 .y = {.label = "y"},
                 .series_count = 1};
    plot.series[0] = (PlotSeries){"a", PLOT_LINE, PLOT_BLUE, ramp, line, COUNT};
    return plot;
}

static char *draw(const Plot *plot) {
    char *svg = NULL;
    Diagnostic diagnostic = {""};
    assert_int_equal(plot_svg(&svg, plot, &diagnostic), STATUS_OK);
    assert_non_null(svg);
    assert_non_null(strstr(svg, "</svg>"));
    assert_null(strstr(svg, "nan"));
    assert_null(strstr(svg, "inf"));
    return svg;
}

// The data's path: the longest one behind the definitions, which hold the letters.
static const char *longest_path(const char *svg, size_t *length) {
    const char *longest = NULL;
    *length = 0;
    for (const char *next = svg; next; next = strstr(next + 1, "</defs>")) {
        svg = next;
    }
    for (const char *at = strstr(svg, " d=\""); at; at = strstr(at + 1, " d=\"")) {
        size_t here = strcspn(at + 4, "\"");
        if (here > *length) {
            *length = here;
            longest = at + 4;
        }
    }
    assert_non_null(longest);
    return longest;
}

static void test_map(void **state) {
    (void)state;
    const double values[] = {-80.0, -40.0, 0.0, NAN, 20.0, -200.0};
    const PlotMap map = {3, 2, values, -80.0, 0.0};
    Plot plot = plain_plot();
    char *svg = draw(&plot);
    assert_null(strstr(svg, "<image"));
    memory_free(svg);
    plot.map = &map;
    svg = draw(&plot);
    const char *image = strstr(svg, "<image");
    assert_non_null(image);
    assert_null(strstr(image + 1, "<image"));
    assert_non_null(strstr(image, "width=\"3\" height=\"2\""));
    assert_non_null(strstr(image, "data:image/png;base64,"));
    memory_free(svg);
}

// How many of these commands the data's path has.
static int commands(const Plot *plot, char command) {
    char *svg = draw(plot);
    size_t length;
    int count = 0;
    const char *path = longest_path(svg, &length);
    for (size_t i = 0; i < length; i++) {
        count += path[i] == command;
    }
    memory_free(svg);
    return count;
}

static void test_lines(void **state) {
    (void)state;
    Plot plot = plain_plot();
    assert_int_equal(commands(&plot, 'M'), 1);
    assert_int_equal(commands(&plot, 'L'), COUNT - 1);
    line[10] = NAN; // a gap
    line[20] = INFINITY;
    assert_int_equal(commands(&plot, 'M'), 3);
    assert_int_equal(commands(&plot, 'L'), COUNT - 2 - 3);
    plot = plain_plot();
    plot.y.logarithmic = true;
    line[30] = 0.0;
    line[31] = -1.0;
    assert_int_equal(commands(&plot, 'M'), 2);
    assert_int_equal(commands(&plot, 'L'), COUNT - 2 - 2);
}

static void test_marks_of_data(void **state) {
    (void)state;
    Plot plot = plain_plot();
    const PlotMark marks[] = {PLOT_POINTS, PLOT_BARS, PLOT_STEMS};
    for (int i = 0; i < 3; i++) {
        plot.series[0].mark = marks[i];
        line[3] = NAN;
        assert_int_equal(commands(&plot, 'M'), COUNT - 1);
        assert_int_equal(commands(&plot, 'L'), COUNT - 1);
    }
}

// All of the data lies inside the picture, whatever the axes.
static void test_frame(void **state) {
    (void)state;
    Plot plot = plain_plot();
    for (int logarithmic = 0; logarithmic < 2; logarithmic++) {
        plot.y.logarithmic = logarithmic == 1;
        char *svg = draw(&plot);
        size_t length;
        const char *path = longest_path(svg, &length), *end = path + length;
        int points = 0;
        while (path < end) {
            char *after;
            double x = strtod(path + 1, &after), y = strtod(after, &after);
            assert_true(x >= 0.0 && x <= plot.width && y >= 0.0 && y <= plot.height);
            path = after + strspn(after, " ");
            points++;
        }
        assert_int_equal(points, COUNT);
        memory_free(svg);
    }
}

// Nothing to show is no mistake.
static void test_empty(void **state) {
    (void)state;
    Plot plot = plain_plot();
    plot.series[0].count = 0;
    memory_free(draw(&plot));
    plot.series_count = 0;
    memory_free(draw(&plot));
    plot = plain_plot();
    plot.y = (PlotAxis){.label = "y", .low = 100.0, .high = 200.0}; // beside the data
    memory_free(draw(&plot));
    plot.width = 60.0; // hardly any room
    plot.height = 40.0;
    memory_free(draw(&plot));
}

static void test_short_memory(void **state) {
    (void)state;
    Plot plot = plain_plot();
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 100 && status != STATUS_OK; n++) {
        char *svg = NULL;
        Diagnostic diagnostic = {""};
        memory_fail_after(n);
        status = plot_svg(&svg, &plot, &diagnostic);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || (!svg && strstr(diagnostic.text, "Title")));
        memory_free(svg);
    }
    assert_int_equal(status, STATUS_OK);
}

// ---- HTML ----

// What `print` writes; good until the next call.
static const char *written(void (*print)(FILE *page, const char *text), const char *text) {
    static char all[1000];
    all[0] = '\0';
    FILE *page = fmemopen(all, sizeof all, "w");
    assert_non_null(page);
    print(page, text);
    assert_int_equal(fclose(page), 0);
    return all;
}

static void print_base64(FILE *page, const char *text) {
    html_base64(page, text, strlen(text));
}

static void print_row(FILE *page, const char *text) {
    html_row(page, "a<b", "%s %d", text, 7);
}

static void print_number(FILE *page, const char *text) {
    html_number(page, text, 1.0 / 3.0, "%.2f");
}

static void test_html(void **state) {
    (void)state;
    assert_string_equal(written(html_text, "<b> & \"q\" ü"), "&lt;b&gt; &amp; &quot;q&quot; ü");
    // RFC 4648, section 10
    assert_string_equal(written(print_base64, ""), "");
    assert_string_equal(written(print_base64, "f"), "Zg==");
    assert_string_equal(written(print_base64, "fo"), "Zm8=");
    assert_string_equal(written(print_base64, "foo"), "Zm9v");
    assert_string_equal(written(print_base64, "foob"), "Zm9vYg==");
    assert_string_equal(written(print_base64, "fooba"), "Zm9vYmE=");
    assert_string_equal(written(print_base64, "foobar"), "Zm9vYmFy");
    assert_string_equal(written(print_row, "&"), "<tr><th>a&lt;b</th><td>&amp; 7</td></tr>\n");
    assert_string_equal(written(print_number, "third"),
                        "<data id=\"third\" value=\"0.33333333333333331\">0.33</data>");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),         cmocka_unit_test(test_places),
        cmocka_unit_test(test_map),           cmocka_unit_test(test_lines),
        cmocka_unit_test(test_marks_of_data), cmocka_unit_test(test_frame),
        cmocka_unit_test(test_empty),         cmocka_unit_test(test_short_memory),
        cmocka_unit_test(test_html),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
