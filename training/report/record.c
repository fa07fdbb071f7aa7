// SPDX-License-Identifier: ISC
#include "training/report/record.h"

#include <math.h>

#include "dsp/base/memory.h"
#include "dsp/files/models/behaviour_record.h"
#include "dsp/files/models/tree.h"
#include "training/data/coverage.h"
#include "training/learning/recipe.h"

static Status finish(char **text, Tree *object, bool whole, Diagnostic *diagnostic) {
    *text = whole ? tree_print(object) : NULL;
    tree_free(object);
    return *text ? STATUS_OK
                 : diagnose(diagnostic, STATUS_NO_MEMORY,
                            "no JSON: memory is short, or a name is not UTF-8");
}

// ---- Recordings ----

static Verdict worst(const Checks *checks) {
    Verdict verdict = VERDICT_OK;
    for (int i = 0; i < checks->count; i++) {
        verdict = checks->check[i].verdict > verdict ? checks->check[i].verdict : verdict;
    }
    return verdict;
}

static Tree *describe_check(const Check *check) {
    Tree *object = tree_object();
    return tree_if_whole(object,
                         tree_put_text(object, "id", check->id) &&
                             tree_put_text(object, "verdict", verdict_name(check->verdict)) &&
                             tree_put_finite(object, "value", check->value) &&
                             tree_put_text(object, "unit", check->unit) &&
                             tree_put_text(object, "text", check->text));
}

static Tree *describe_checks(const Checks *checks) {
    Tree *list = tree_array();
    bool whole = list != NULL;
    for (int i = 0; whole && i < checks->count; i++) {
        whole = tree_put(list, NULL, describe_check(&checks->check[i]));
    }
    return tree_if_whole(list, whole);
}

static Tree *describe_knobs(const Dataset *dataset, const Recording *recording) {
    Tree *object = tree_object();
    bool whole = object != NULL;
    for (int k = 0; whole && k < dataset->knobs; k++) {
        whole = tree_put_float(object, dataset->knob[k].name, recording->knobs[k]);
    }
    return tree_if_whole(object, whole);
}

static const char *use_of(const Dataset *dataset, int index) {
    const Recording *recording = &dataset->recordings[index];
    bool trained = recording->training.count > 0, held_out = recording->validation.count > 0;
    return index >= dataset->count ? "test"
           : trained && held_out   ? "training and validation"
           : trained               ? "training"
                                   : "validation";
}

// Each as [begin, end], s of the input's file.
static Tree *describe_held_out(const Recording *recording, double rate) {
    const Ranges *ranges = &recording->validation;
    Tree *list = tree_array();
    bool whole = list != NULL;
    for (int i = 0; whole && i < ranges->count; i++) {
        Tree *range = tree_array();
        double begin = (double)recording_place(recording, ranges->range[i].begin);
        double end = (double)recording_place(recording, ranges->range[i].end);
        whole = tree_put_number(range, NULL, begin / rate) &&
                tree_put_number(range, NULL, end / rate);
        whole = tree_put(list, NULL, range) && whole;
    }
    return tree_if_whole(list, whole);
}

static Tree *describe_recording(const Dataset *dataset, int index) {
    const Recording *recording = &dataset->recordings[index];
    const Checks *checks = &recording->checks;
    const Check *drift = checks_find(checks, "drift");
    Tree *object = tree_object();
    bool whole = tree_put_text(object, "name", recording->name) &&
                 tree_put_text(object, "use", use_of(dataset, index)) &&
                 tree_put_text(object, "verdict", verdict_name(worst(checks))) &&
                 tree_put_integer(object, "frames", (long long)recording->frames) &&
                 tree_put_integer(object, "latency", recording->latency) &&
                 tree_put_finite(object, "drift", drift ? drift->value : (double)NAN) &&
                 tree_put(object, "held_out", describe_held_out(recording, dataset->rate)) &&
                 tree_put(object, "knobs", describe_knobs(dataset, recording)) &&
                 tree_put(object, "checks", describe_checks(checks));
    return tree_if_whole(object, whole);
}

static Tree *describe_recordings(const Dataset *dataset) {
    Tree *list = tree_array();
    bool whole = list != NULL;
    for (int i = 0; whole && i < dataset->count + dataset->tests; i++) {
        whole = tree_put(list, NULL, describe_recording(dataset, i));
    }
    return tree_if_whole(list, whole);
}

// ---- Coverage ----

static Tree *describe_bands(void) {
    Tree *list = tree_array();
    bool whole = list != NULL;
    for (int band = 0; whole && band < MOMENTS_BANDS; band++) {
        whole = tree_put_float(list, NULL, (float)moments_hertz(band));
    }
    return tree_if_whole(list, whole);
}

static Tree *describe_map(const double map[COVERAGE_ROWS][MOMENTS_BANDS]) {
    Tree *rows = tree_array();
    bool whole = rows != NULL;
    for (int row = 0; whole && row < COVERAGE_ROWS; row++) {
        Tree *list = tree_array();
        whole = list != NULL;
        for (int band = 0; whole && band < MOMENTS_BANDS; band++) {
            whole = tree_put_float(list, NULL, (float)map[row][band]);
        }
        whole = tree_put(rows, NULL, list) && whole;
    }
    return tree_if_whole(rows, whole);
}

static Tree *describe_coverage(const Coverage *coverage) {
    Tree *object = tree_object();
    bool whole = tree_put_number(object, "silent", coverage->silent) &&
                 tree_put_number(object, "struck", coverage->struck) &&
                 tree_put_number(object, "sustained", coverage->sustained) &&
                 tree_put_number(object, "ringing", coverage->ringing) &&
                 tree_put_number(object, "likeness", coverage->likeness) &&
                 tree_put(object, "hertz", describe_bands()) &&
                 tree_put_number(object, "lowest_level", COVERAGE_LOWEST) &&
                 tree_put_number(object, "level_step", COVERAGE_ROW) &&
                 tree_put(object, "struck_map", describe_map(coverage->struck_map)) &&
                 tree_put(object, "sustained_map", describe_map(coverage->sustained_map)) &&
                 tree_put(object, "missing", describe_checks(&coverage->missing));
    return tree_if_whole(object, whole);
}

// ---- All of them ----

static bool put_recordings(Tree *object, const Dataset *dataset) {
    double rate = dataset->rate;
    return tree_put_integer(object, "rate", dataset->rate) &&
           tree_put_number(object, "seconds_to_train", (double)dataset->training_frames / rate) &&
           tree_put_number(object, "seconds_held_out", (double)dataset->validation_frames / rate) &&
           tree_put_integer(object, "stretches_held_out", dataset_held_out_count(dataset)) &&
           (dataset->coverage ? tree_put(object, "coverage", describe_coverage(dataset->coverage))
                              : tree_put_null(object, "coverage")) &&
           tree_put(object, "recordings", describe_recordings(dataset));
}

Status record_checks(char **text, const Dataset *dataset, Diagnostic *diagnostic) {
    Tree *object = tree_object();
    Verdict verdict = VERDICT_OK;
    const Check *refusal = NULL;
    for (int i = 0; i < dataset->count + dataset->tests; i++) {
        const Checks *checks = &dataset->recordings[i].checks;
        verdict = worst(checks) > verdict ? worst(checks) : verdict;
        refusal = refusal ? refusal : checks_refusal(checks);
    }
    if (dataset->coverage && worst(&dataset->coverage->missing) > verdict) {
        verdict = worst(&dataset->coverage->missing);
    }
    bool whole = tree_put_text(object, "verdict", verdict_name(verdict)) &&
                 (refusal ? tree_put_text(object, "message", refusal->text)
                          : tree_put_null(object, "message")) &&
                 put_recordings(object, dataset);
    return finish(text, object, whole, diagnostic);
}

Status record_failure(char **text, const char *message, Diagnostic *diagnostic) {
    Tree *object = tree_object();
    bool whole = tree_put_text(object, "verdict", verdict_name(VERDICT_REFUSE)) &&
                 tree_put_text(object, "message", message) &&
                 tree_put(object, "recordings", tree_array());
    return finish(text, object, whole, diagnostic);
}

// ---- A run ----

static Tree *describe_score(const Dataset *dataset, const Score *score) {
    Tree *object = tree_object();
    return tree_if_whole(
        object, tree_put_text(object, "name", score->recording->name) &&
                    tree_put_finite(object, "esr", score->measure.esr) &&
                    tree_put_finite(object, "esr_preemphasis", score->measure.esr_preemphasis) &&
                    tree_put_finite(object, "max_abs", score->measure.max_abs) &&
                    tree_put(object, "knobs", describe_knobs(dataset, score->recording)));
}

static Tree *describe_scores(const Dataset *dataset, const Scores *scores) {
    Tree *list = tree_array();
    bool whole = list != NULL;
    for (int i = 0; whole && i < scores->count; i++) {
        whole = tree_put(list, NULL, describe_score(dataset, &scores->score[i]));
    }
    return tree_if_whole(list, whole);
}

static Tree *describe_agreement(const Agreement *agreement) {
    Tree *object = tree_object();
    bool whole = tree_put_bool(object, "passed", agreement->test.passed) &&
                 tree_put_text(object, "isa", isa_name(agreement->isa)) &&
                 tree_put_finite(object, "max_abs", agreement->test.max_abs);
    return tree_if_whole(object, whole);
}

Status record_run(char **text, const Record *record, Diagnostic *diagnostic) {
    const TrainerResult *result = record->result;
    const NetworkShape *shape = &record->options->shape;
    Tree *object = tree_object();
    bool whole = tree_put_text(object, "model", record->model_path) &&
                 tree_put_text(object, "report", record->report_path) &&
                 tree_put_finite(object, "esr", record->esr) &&
                 tree_put_finite(object, "test_esr", record->scores->esr) &&
                 tree_put(object, "tests", describe_scores(record->dataset, record->scores)) &&
                 tree_put_text(object, "cell", layer_kind_name(shape->cell)) &&
                 tree_put_integer(object, "layers", shape->layers) &&
                 tree_put_integer(object, "hidden", shape->hidden) &&
                 tree_put_integer(object, "seed", (long long)result->seed) &&
                 tree_put_integer(object, "threads", record->options->threads) &&
                 tree_put_number(object, "epochs", result->epoch) &&
                 tree_put_number(object, "seconds", result->seconds) &&
                 tree_put_number(object, "samples", result->samples) &&
                 tree_put_finite(object, "ns_per_sample",
                                 1e9 * result->seconds / fmax(result->samples, 1.0)) &&
                 tree_put_integer(object, "rollbacks", result->rollbacks) &&
                 tree_put_bool(object, "stopped", result->stopped) &&
                 tree_put_number(object, "peak_memory", record->peak_memory) &&
                 tree_put(object, "self_test", describe_agreement(record->agreement)) &&
                 tree_put(object, "behaviour", behaviour_record_build(record->behaviour)) &&
                 put_recordings(object, record->dataset);
    return finish(text, object, whole, diagnostic);
}
