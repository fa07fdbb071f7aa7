// SPDX-License-Identifier: ISC
// What the report's tables and curves say of a run, option by option.
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
#include "tests/rig/page.h"
#include "training/report/plots.h"
#include "training/report/responses.h"
#include "training/report/tables.h"

static TrainerOptions options;
static TrainerResult result;
static Model *model;
static Report report;
static char *page;
static FILE *stream;
static size_t size;

static int begin(void **state) {
    (void)state;
    options = trainer_defaults();
    options.threads = 1;
    result = (TrainerResult){.seed = 9, .epoch = 12.5, .seconds = 4.0, .samples = 2e6};
    model = model_new();
    report = (Report){
        .model_path = "amp.json", .model = model, .options = &options, .result = &result};
    return model ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    model_free(model);
    free(page);
    page = NULL;
    return 0;
}

static void open_page(void) {
    free(page);
    page = NULL;
    stream = open_memstream(&page, &size);
    assert_non_null(stream);
}

static void close_page(void) {
    assert_int_equal(fclose(stream), 0);
}

static void expect(const char *text) {
    if (!strstr(page, text)) {
        fail_msg("\"%s\" is not in %s", text, page);
    }
}

static void print_recipe(void) {
    open_page();
    report_recipe(stream, &report);
    close_page();
}

static void test_defaults(void **state) {
    (void)state;
    print_recipe();
    expect("<tr><th>Network</th><td>GRU, 1 layer, hidden size 16, with skip, 897 weights</td>");
    expect("12.5</data> epochs in <data id=\"seconds-training\" value=\"4\">4.0</data> s on 1 "
           "thread;");
    expect("asked for: 45 s</td>");
    expect("<tr><th>Seed</th><td>9</td>");
    expect("<tr><th>Loss</th><td>plain ESR 0.5, pre-emphasised ESR 0.5, DC 0.05</td>");
    expect("rate 0.02 at its peak, warm-up and cosine");
    expect("<tr><th>Regularisation</th><td>weight decay 0.003, contraction 0.2</td>");
    expect("started by least squares");
    assert_null(strstr(page, "Went astray"));
}

static void test_all_else(void **state) {
    (void)state;
    options.shape = (NetworkShape){.cell = LAYER_LSTM, .layers = 2, .hidden = 5, .knobs = 1};
    options.threads = 3;
    options.epochs = 20.0;
    options.race = 4;
    options.seed = 7;
    options.rate = 0.125;
    options.optimiser = OPTIMISER_ADAM;
    options.schedule = SCHEDULE_PLATEAU;
    options.fit_head = false;
    options.weight_decay = 0.5;
    options.loss = (LossMix){.a_weighted = 0.25, .spectral = 0.01};
    options.regularisation = (Regularisation){0.1, 0.2, 0.3, 0.4, 0.6, true};
    result.stopped = true;
    result.rollbacks = 2;
    print_recipe();
    expect("LSTM, 2 layers, hidden size 5, 1 knob, without skip, 386 weights");
    expect("s on 3 threads; asked for: 20 epochs; stopped early</td>");
    expect("<tr><th>Went astray</th><td>2 times, each time back to its best and at four fifths of");
    expect("<tr><th>Seed</th><td>9, the best of 4 from 7 on</td>");
    expect("<tr><th>Loss</th><td>A-weighted ESR 0.25, spectral (last phase) 0.01</td>");
    expect("<tr><th>Optimiser</th><td>Adam, rate 0.12 at its peak, halved on plateaus</td>");
    expect("weight decay 0.5, recurrent dropout 0.1, head dropout 0.2, input dropout 0.3, "
           "noise 0.4, contraction 0.6, antialias 0.15");
    expect("started small");
    result.rollbacks = 1;
    options.weight_decay = 0.0;
    options.regularisation = (Regularisation){0};
    print_recipe();
    expect("1 time, each time back");
    expect("<tr><th>Regularisation</th><td>none</td>");
}

static void test_file(void **state) {
    (void)state;
    snprintf(model->info.name, sizeof model->info.name, "a<b");
    model->info.input_level_dbu = 12.5;
    model->info.output_level_dbu = (double)NAN;
    model->info.loudness = -20.25;
    model->info.latency = 17.0;
    open_page();
    report_file(stream, &report);
    close_page();
    expect("<tr><th>Path</th><td>amp.json</td>");
    expect("<tr><th>Name</th><td>a&lt;b</td>");
    expect("<tr><th>Input level</th><td>12.5 dBu");
    expect("<data id=\"loudness\" value=\"-20.25\">-20.2");
    expect("<tr><th>Delay taken out</th><td>17 samples</td>");
    assert_null(strstr(page, "Output level"));
    assert_null(strstr(page, "Author"));
}

static void test_speed(void **state) {
    (void)state;
    static const Dataset dataset = {.rate = 50000};
    static const Validation validation = {.dataset = &dataset};
    const Findings findings = {.engine_time = 4e-8};
    report.validation = &validation;
    open_page();
    report_speed(stream, &report, &findings);
    close_page();
    expect("<data id=\"training-ns\" value=\"2000\">2000</data> ns a sample (1 thread,");
    expect("40.0</data> ns of CPU a sample, ");
    expect(">500</data> times real time");
}

// ---- Pictures ----

// The picture number `index` of the page. free() it.
static char *picture(int index) {
    const char *at = page;
    char *svg = NULL;
    for (int i = 0; i <= index; i++) {
        size_t length;
        free(svg);
        svg = page_next_data(&at, "image/svg+xml", &length);
        assert_non_null(svg);
    }
    return svg;
}

static void print_curves(double epoch, double loss) {
    for (int i = 0; i < 6; i++) {
        // No three in a row: cairo would drop one.
        double zigzag = i % 2 ? 1.5 : 1.0;
        result.history[i] = (TrainerCheck){
            .epoch = i + 1.0, .loss = zigzag / (i + 1), .esr = 0.5 / zigzag};
    }
    result.history[5].epoch = epoch;
    result.history[5].loss = loss;
    result.checks = 6;
    open_page();
    assert_int_equal(report_curves(stream, &result, NULL), STATUS_OK);
    close_page();
}

// The mean loss over the moment between the last two checks is not drawn; over an epoch it is.
static void test_curves(void **state) {
    (void)state;
    static PagePath path;
    for (int moment = 0; moment < 2; moment++) {
        print_curves(moment ? 5.05 : 6.0, 0.1);
        char *svg = picture(0);
        page_path(&path, svg, 0, 5);
        assert_int_equal(path.count, moment ? 5 : 6);
        page_path(&path, svg, 1, 5);
        assert_int_equal(path.count, 6); // the validation's
        free(svg);
    }
}

// A model that errs in one moment only: it is shown closely, wherever it is.
static void test_worst_moment(void **state) {
    (void)state;
    enum { RATE = 8000, CLOSE = 120 }; // 15 ms
    static float target[RATE], output[RATE];
    static PagePath path;
    const Recording recording = {.frames = RATE, .target = target};
    Second second = {.recording = &recording, .frames = RATE, .output = output, .esr = 0.1};
    for (int place = 1; place < 4; place++) {
        for (int i = 0; i < RATE; i++) {
            bool wrong = i >= place * 2000 - 40 && i < place * 2000 + 40;
            target[i] = 0.1f * sinf(0.3f * (float)i);
            output[i] = target[i] + (wrong ? 0.3f * cosf(2.0f * (float)i) : 0.0f);
        }
        open_page();
        assert_int_equal(report_second(stream, "Worst", &second, RATE, NULL), STATUS_OK);
        close_page();
        char *svg = picture(3); // the second plot, for wide screens
        page_path(&path, svg, 2, CLOSE / 2);
        double least = INFINITY, most = -INFINITY;
        for (int i = 0; i < path.count; i++) {
            least = fmin(least, path.y[i]);
            most = fmax(most, path.y[i]);
        }
        assert_true(most - least > 100.0);
        free(svg);
    }
}

// Of a model that makes no mistake target and output lie on each other, over all recordings.
static void test_transfer(void **state) {
    (void)state;
    enum { FRAMES = 900 };
    static float input[FRAMES], target[FRAMES];
    static PagePath targets, outputs;
    Dataset dataset = {.rate = 1000};
    Validation validation;
    assert_int_equal(dataset_room(&dataset, 2, NULL), STATUS_OK);
    for (int i = 0; i < FRAMES; i++) {
        input[i] = sinf(0.1f * (float)i);
        target[i] = tanhf(3.0f * input[i]);
    }
    for (int r = 0; r < 2; r++) {
        dataset.recordings[r] = (Recording){.frames = FRAMES, .input = input, .target = target};
        dataset.recordings[r].validation = ranges_of(r ? 0 : 200, r ? 300 : 400);
    }
    dataset.recordings[0].validation.range[1] = (Range){450, 650};
    dataset.recordings[0].validation.count = 2;
    dataset.validation_frames = 700;
    assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
    memcpy(validation.output, target + 200, 200 * sizeof *target);
    memcpy(validation.output + 200, target + 450, 200 * sizeof *target);
    memcpy(validation.output + 400, target, 300 * sizeof *target);
    open_page();
    assert_int_equal(report_transfer(stream, &validation, NULL), STATUS_OK);
    close_page();
    char *svg = picture(1);
    page_path(&targets, svg, 0, 500);
    page_path(&outputs, svg, 1, 500);
    assert_int_equal(targets.count, 2 * 700);
    assert_int_equal(outputs.count, targets.count);
    assert_memory_equal(targets.x, outputs.x, (size_t)targets.count * sizeof(double));
    assert_memory_equal(targets.y, outputs.y, (size_t)targets.count * sizeof(double));
    free(svg);
    validation_clear(&validation);
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_defaults, begin, end),
        cmocka_unit_test_setup_teardown(test_all_else, begin, end),
        cmocka_unit_test_setup_teardown(test_file, begin, end),
        cmocka_unit_test_setup_teardown(test_speed, begin, end),
        cmocka_unit_test_setup_teardown(test_curves, begin, end),
        cmocka_unit_test_setup_teardown(test_worst_moment, begin, end),
        cmocka_unit_test_setup_teardown(test_transfer, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
