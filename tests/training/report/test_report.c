// SPDX-License-Identifier: ISC
// The report as a whole: a sound page that needs nothing else, with the numbers that validation
// gives, pictures without holes, and the audio that was played.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/models/model_file.h"
#include "dsp/measures/esr.h"
#include "dsp/measures/sines.h"
#include "tests/rig/page.h"
#include "tests/rig/sample_model.h"
#include "tests/rig/scratch.h"
#include "training/data/coverage.h"
#include "training/learning/export.h"
#include "training/report/report_file.h"
#include "training/report/seconds.h"

enum { RATE = 8000, FRAMES = 100 * RATE, HELD = 15 * RATE, SILENT = 4, PICTURES = 2 * 17 };

static const char name[] = "Old <amp> & \"co\"";

static struct {
    Dataset dataset;
    Validation validation;
    Behaviour behaviour;
    Model *model;
    TrainerOptions options;
    TrainerResult result;
    Report report;
    char *page; // index.html
    char model_path[1000];
} made;

// ---- A report to look at ----

static void make_dataset(Dataset *dataset) {
    float *input = memory_new(FRAMES, sizeof(float)), *target = memory_new(FRAMES, sizeof(float));
    sample_signal(input, FRAMES, RATE, 5);
    for (int i = 0; i < FRAMES; i++) {
        target[i] = tanhf(3.0f * input[i]);
    }
    assert_int_equal(dataset_make(dataset, input, target, FRAMES, RATE, NULL), STATUS_OK);
    const Ranges *held = &dataset->recordings[0].validation; // the first second of one of them
    memset(dataset->recordings[0].target_memory + held->range[SILENT].begin, 0,
           RATE * sizeof(float));
    dataset->coverage = memory_new(1, sizeof *dataset->coverage);
    assert_int_equal(coverage_measure(dataset->coverage, dataset, NULL), STATUS_OK);
    memory_free(input);
    memory_free(target);
}

// A run that never was: its third check went wrong.
static void make_result(TrainerResult *result) {
    *result = (TrainerResult){.esr = 0.5, .epoch = 12.5, .seconds = 31.25, .samples = 2.5e7};
    result->seed = 9;
    result->rollbacks = 1;
    result->checks = 5;
    for (int i = 0; i < result->checks; i++) {
        result->history[i] = (TrainerCheck){
            .epoch = 2.5 * (i + 1), .loss = 1.0 / (i + 1), .esr = i == 2 ? (double)NAN : 0.6};
    }
    result->history[2].loss = INFINITY;
}

static int make_report(void **state) {
    assert_int_equal(scratch_begin(state), 0);
    char path[1000];
    make_dataset(&made.dataset);
    make_result(&made.result);
    made.model = sample_model_new(4, 2, true);
    made.model->sample_rate = RATE;
    made.options = trainer_defaults();
    made.options.shape.hidden = 4;
    made.options.labels.name = name;
    made.options.labels.gear = "a clipper";
    assert_int_equal(export_describe(made.model, &made.options.labels, &(TrainingRecord){0},
                                     &made.dataset, NULL),
                     STATUS_OK);
    assert_int_equal(validation_init(&made.validation, &made.dataset, NULL), STATUS_OK);
    assert_int_equal(behaviour_measure(&made.behaviour, made.model, NULL), STATUS_OK);
    snprintf(made.model_path, sizeof made.model_path, "%s", scratch_path("amp.json"));
    made.report = (Report){.model_path = made.model_path,
                           .model = made.model,
                           .options = &made.options,
                           .result = &made.result,
                           .validation = &made.validation,
                           .behaviour = &made.behaviour,
                           .esr = validation_esr(&made.validation, made.model)};
    assert_int_equal(report_file_write(path, sizeof path, &made.report, NULL), STATUS_OK);
    assert_string_equal(path, scratch_path("amp.report/index.html"));
    size_t length;
    made.page = scratch_read("amp.report/index.html", &length);
    assert_int_equal(strlen(made.page), length);
    assert_true(length < 5000000);
    return 0;
}

static int remove_report(void **state) {
    free(made.page);
    model_free(made.model);
    validation_clear(&made.validation);
    dataset_clear(&made.dataset);
    unlink(scratch_path("amp.report/index.html"));
    rmdir(scratch_path("amp.report"));
    return scratch_end(state);
}

// ---- Reading it ----

// The number that stands under `id`; checks that people read the same.
static double number(const char *id) {
    char tag[80], *end;
    snprintf(tag, sizeof tag, "<data id=\"%s\" value=\"", id);
    const char *at = strstr(made.page, tag);
    if (!at) {
        fail_msg("no number \"%s\"", id);
        return NAN;
    }
    double value = strtod(at + strlen(tag), &end), shown = strtod(end + 2, NULL);
    assert_memory_equal(end, "\">", 2);
    assert_true(isfinite(value) && fabs(shown - value) <= 0.5 + 0.01 * fabs(value));
    return value;
}

static bool says(const char *text) {
    return strstr(made.page, text) != NULL;
}

// ---- Tests ----

// Every tag is closed, in its turn; every & begins an entity. (Tags without content end in />, so
// that this is XML, too.)
static void test_well_formed(void **state) {
    (void)state;
    char open[20][16];
    int depth = 0, tags = 0;
    const char *at = made.page;
    assert_memory_equal(at, "<!DOCTYPE html>\n", 16);
    for (at = strchr(at + 1, '<'); at; at = strchr(at + 1, '<'), tags++) {
        const char *word = at + 1 + (at[1] == '/'), *end = strchr(at, '>');
        size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789");
        assert_non_null(end);
        assert_true(length > 0 && length < sizeof open[0]);
        if (at[1] == '/') {
            assert_true(depth > 0 && strlen(open[depth - 1]) == length);
            assert_memory_equal(open[--depth], word, length);
        } else if (end[-1] != '/') {
            assert_true(depth < 20);
            snprintf(open[depth++], sizeof open[0], "%.*s", (int)length, word);
        }
        assert_int_equal(strcspn(at + 1, "<") > (size_t)(end - at - 1), true);
    }
    assert_int_equal(depth, 0);
    assert_true(tags > 100);
    for (at = strchr(made.page, '&'); at; at = strchr(at + 1, '&')) {
        assert_true(strncmp(at, "&lt;", 4) == 0 || strncmp(at, "&gt;", 4) == 0 ||
                    strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&quot;", 6) == 0);
    }
}

static void test_sections(void **state) {
    (void)state;
    static const char *const ids[] = {"listen",   "seconds",  "spectra", "transfer",   "aliasing",
                                      "training", "speed",    "recipe",  "recordings", "file",
                                      "esr",      "loudness", "epochs",  "behaviour",  "verdicts",
                                      "coverage", "missing"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char text[40];
        snprintf(text, sizeof text, " id=\"%s\"", ids[i]);
        const char *first = strstr(made.page, text);
        assert_non_null(first);
        assert_null(strstr(first + 1, text));
    }
    assert_true(says("<h1>Old &lt;amp&gt; &amp; &quot;co&quot;</h1>") && !says(name));
    assert_true(says("a clipper") && says("hidden size 4") && says("amp.json"));
    assert_true(says("1 second without a bar"));
    const Checks *checks = &made.dataset.recordings[0].checks;
    assert_true(checks->count > 3);
    for (int i = 0; i < checks->count; i++) {
        char row[400];
        snprintf(row, sizeof row, "<tr class=\"%s\"><th>%s</th><td>%.20s",
                 verdict_name(checks->check[i].verdict), checks->check[i].id,
                 checks->check[i].text);
        assert_true(says(row));
    }
    const Checks *missing = &made.dataset.coverage->missing;
    for (int i = 0; i < missing->count; i++) {
        assert_true(says(missing->check[i].text));
    }
    assert_true(says("s held out, in 7 stretches"));
    // Nothing comes from elsewhere, and no number is none.
    assert_false(says("http") || says("src=\"/") || says("url(") || says("@import"));
    assert_false(says("nan<") || says(">nan") || says(" nan") || says("\"nan"));
    assert_false(says(">inf") || says("-inf") || says(" inf<") || says("\"inf"));
}

static void test_numbers(void **state) {
    (void)state;
    Seconds seconds;
    assert_true(number("esr") == made.report.esr);
    assert_true(number("epochs") == 12.5 && number("seconds-training") == 31.25);
    assert_true(fabs(number("training-ns") - 1250.0) < 1e-6);
    double held = (double)made.dataset.validation_frames;
    assert_true(fabs(held - HELD) < 7.0); // seven equal stretches
    assert_true(number("seconds-held-out") == held / RATE);
    assert_true(number("seconds-trained") == ((double)FRAMES - held) / RATE);
    assert_true(number("likeness") == 100.0 * made.dataset.coverage->likeness);
    assert_true(number("seconds-struck") == made.dataset.coverage->struck);
    assert_true(number("loudness") == made.model->info.loudness);
    assert_int_equal(seconds_init(&seconds, &made.validation, NULL), STATUS_OK);
    assert_int_equal(seconds.audible, seconds.count - 1);
    assert_int_equal(seconds.count, 7 * 2); // what is left of seven stretches is short
    assert_true(number("esr-best") == seconds.ranked[0]->esr);
    assert_true(number("esr-median") == seconds.ranked[seconds.audible / 2]->esr);
    assert_true(number("esr-worst") == seconds.ranked[seconds.audible - 1]->esr);
    seconds_clear(&seconds);
    assert_true(number("aliasing-loud") == made.behaviour.aliasing.loud);
    assert_true(number("aliasing-soft") == made.behaviour.aliasing.soft);
    assert_true(number("calm-margin") == divergence_margin(&made.behaviour.divergence));
    assert_true(says("<tr><th>Calm</th><td>calm to +24 dB"));
    double time = number("engine-ns");
    assert_true(time > 0.0 && fabs(number("real-time-factor") * time * RATE * 1e-9 - 1.0) < 1e-9);
}

static void test_pictures(void **state) {
    (void)state;
    const char *at = made.page;
    size_t length = 0;
    int count = 0;
    for (char *svg; (svg = page_next_data(&at, "image/svg+xml", &length)) != NULL; count++) {
        assert_int_equal(strlen(svg), length);
        assert_true(strncmp(svg, "<?xml", 5) == 0 && strstr(svg, "</svg>"));
        assert_null(strstr(svg, "nan"));
        assert_null(strstr(svg, "inf"));
        free(svg);
    }
    assert_int_equal(count, PICTURES);
}

// Samples of the held-out audio to where two stretches meet.
static double to_joint(size_t frame) {
    double least = INFINITY;
    for (HeldOut held = {0}; dataset_next_held_out(&made.dataset, &held);) {
        double away = fabs((double)frame + 0.5 - (double)held.before);
        least = held.before > 0 ? fmin(least, away) : least;
    }
    return least;
}

// Whether a sample lies within 5 ms of such a joint.
static bool near_joint(size_t frame) {
    return to_joint(frame) < 0.005 * RATE;
}

// Target, model and residual come out of the page as they went in, but that nothing is heard of
// where stretches meet.
static void test_sounds(void **state) {
    (void)state;
    Audio audio[3] = {{0}};
    page_sounds(made.page, audio, 3, 10 * RATE, RATE);
    // Where in the held-out audio they are from.
    static float all[HELD];
    for (HeldOut held = {0}; dataset_next_held_out(&made.dataset, &held);) {
        memcpy(all + held.before, held.recording->target + held.range.begin,
               (held.range.end - held.range.begin) * sizeof(float));
    }
    const float *target = all;
    int best = -1;
    for (int second = 0; second + 10 <= HELD / RATE; second++) {
        float largest = 0.0f;
        for (int i = 0; i < 10 * RATE; i++) {
            size_t at = (size_t)second * RATE + (size_t)i;
            float off = near_joint(at) ? 0.0f : fabsf(target[at] - audio[0].samples[i]);
            largest = fmaxf(largest, off);
        }
        best = largest < 1e-4f ? second : best;
    }
    assert_true(best >= 0);
    const float *output = made.validation.output + (ptrdiff_t)best * RATE;
    target += (ptrdiff_t)best * RATE;
    // The model's output may go beyond full scale: then all are turned down alike.
    float peak = 0.0f;
    for (int i = 0; i < 10 * RATE; i++) {
        peak = fmaxf(peak, fmaxf(fabsf(target[i]), fabsf(output[i])));
    }
    assert_true(peak < 0.999f);
    int joints = 0;
    for (int i = 0; i < 10 * RATE; i++) {
        float heard = audio[0].samples[i], model = audio[1].samples[i];
        assert_true(fabsf(audio[2].samples[i] - (heard - model)) < 1e-4f);
        double away = to_joint((size_t)best * RATE + (size_t)i);
        if (away < 0.005 * RATE) { // the more, the nearer
            float most = away < 4.0 ? 0.1f : 1.0f;
            assert_true(fabsf(heard) <= most * fabsf(target[i]) + 1e-4f);
            joints++;
        } else {
            assert_true(fabsf(heard - target[i]) < 1e-4f);
            assert_true(fabsf(model - output[i]) < 1e-4f);
        }
    }
    assert_true(joints > 0);
    for (int s = 0; s < 3; s++) {
        audio_clear(&audio[s]);
    }
}

static void test_refused(void **state) {
    (void)state;
    char path[1000];
    Diagnostic diagnostic = {""};
    Report report = made.report;
    report.esr = INFINITY;
    assert_int_equal(report_file_write(path, sizeof path, &report, &diagnostic), STATUS_BAD_MODEL);
    assert_non_null(strstr(diagnostic.text, "amp.json"));
    report = made.report;
    report.model_path = scratch_path("missing/amp.json");
    assert_int_equal(report_file_write(path, sizeof path, &report, &diagnostic),
                     STATUS_CANNOT_WRITE);
    assert_non_null(strstr(diagnostic.text, "missing/amp.report"));
    assert_int_equal(report_file_write(path, 10, &made.report, &diagnostic), STATUS_CANNOT_WRITE);
}

// Short memory is told; the page of last time stays whole.
static void test_short_memory(void **state) {
    (void)state;
    char path[1000];
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; status != STATUS_OK && n < 100000; n += 1 + n / 3) {
        memory_fail_after(n);
        status = report_file_write(path, sizeof path, &made.report, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        if (status != STATUS_OK) {
            assert_true(scratch_holds("amp.report/index.html", made.page));
        }
    }
    assert_int_equal(status, STATUS_OK);
}

// A knob model over three recordings, one of them only trained on: each tells its knob, and those
// that are held out in part their ESR.
static void test_several(void **state) {
    (void)state;
    Dataset dataset = {.rate = RATE, .knobs = 1};
    Recording *whole = &made.dataset.recordings[0];
    const SourceSplit splits[] = {SPLIT_TRAINING, SPLIT_AUTO, SPLIT_VALIDATION};
    dataset.knob[0] = (Knob){"tone & \"edge\"", 0.0f, 1.0f, 0.5f};
    assert_int_equal(dataset_room(&dataset, 3, NULL), STATUS_OK);
    for (int i = 0; i < 3; i++) {
        Recording *recording = &dataset.recordings[i];
        size_t from = (size_t)i * 35 * RATE;
        recording->frames = 30 * RATE;
        recording->input = whole->input + from; // still owned by `made`
        recording->target = whole->target + from;
        recording->knobs[0] = 0.25f * (float)i;
        snprintf(recording->name, sizeof recording->name, "part %d", i);
        assert_int_equal(dataset_split(recording, RATE, splits[i], NULL), STATUS_OK);
    }
    assert_int_equal(dataset_finish(&dataset, false, NULL), STATUS_OK);
    Validation validation;
    char path[1000], row[100];
    assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
    Report report = made.report;
    report.validation = &validation;
    report.esr = validation_esr(&validation, made.model);
    assert_int_equal(report_file_write(path, sizeof path, &report, NULL), STATUS_OK);
    size_t length;
    char *page = scratch_read("amp.report/index.html", &length);
    assert_non_null(strstr(page, "part 0: tone &amp; &quot;edge&quot; 0</summary>"));
    Esr esr[3] = {0};
    for (HeldOut held = {0}; dataset_next_held_out(&dataset, &held);) {
        esr_add(&esr[held.recording - dataset.recordings],
                held.recording->target + held.range.begin, validation.output + held.before,
                held.range.end - held.range.begin);
    }
    for (int i = 1; i < 3; i++) {
        snprintf(row, sizeof row, "part %d: tone &amp; &quot;edge&quot; %g (ESR %.3g)</summary>", i,
                 0.25 * i, esr_ratio(&esr[i]));
        assert_non_null(strstr(page, row));
    }
    free(page);
    validation_clear(&validation);
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_well_formed),  cmocka_unit_test(test_sections),
        cmocka_unit_test(test_numbers),      cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_sounds),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_short_memory), cmocka_unit_test(test_several),
    };
    return cmocka_run_group_tests(tests, make_report, remove_report);
}
