// SPDX-License-Identifier: ISC
#include <math.h>
#include <stdio.h>

#include "dsp/denormals.h"
#include "dsp/engine.h"
#include "dsp/files/model_file.h"
#include "dsp/random.h"
#include "plugin/tool/tool.h"

enum { BLOCK = 1024, SECONDS = 30 };

static const double loudest = 20.0;  // an output beyond this is no sound
static const double restless = 0.01; // peak to peak in the last second of silence
static const double default_rate = 48e3;

typedef enum Signal { SIGNAL_SILENCE, SIGNAL_NOISE, SIGNAL_DC, SIGNAL_COUNT } Signal;

static const char *const signal_names[SIGNAL_COUNT] = {"silence", "noise", "dc"};

typedef struct Calm {
    double peak;  // over all
    double swing; // peak to peak in the last second
    bool passed;
} Calm;

// Full-scale noise, a full-scale constant, or nothing.
static void fill(float *block, Signal signal, Random *random) {
    for (int i = 0; i < BLOCK; i++) {
        block[i] = signal == SIGNAL_NOISE ? (float)random_within(random, 1.0)
                   : signal == SIGNAL_DC  ? 1.0f
                                          : 0.0f;
    }
}

// Runs SECONDS of a signal. Silence must end in silence or at least in a constant.
static Calm listen(Engine *engine, double rate, Signal signal) {
    Random random = {1};
    float block[BLOCK], *out = block;
    const float *in = block;
    double lowest = INFINITY, highest = -INFINITY;
    Calm calm = {.passed = true};
    int blocks = (int)(SECONDS * rate / BLOCK), last = blocks - (int)(rate / BLOCK);
    engine_reset(engine);
    for (int i = 0; i < blocks; i++) {
        fill(block, signal, &random);
        engine_run(engine, &out, &in, BLOCK);
        for (int k = 0; k < BLOCK; k++) {
            double value = block[k];
            calm.passed = calm.passed && fabs(value) <= loudest; // false for NaN
            calm.peak = fmax(calm.peak, fabs(value));
            if (i >= last) {
                lowest = fmin(lowest, value);
                highest = fmax(highest, value);
            }
        }
    }
    calm.swing = highest - lowest;
    calm.passed = calm.passed && (signal != SIGNAL_SILENCE || calm.swing <= restless);
    return calm;
}

static Tree *describe_calm(const Calm *calm) {
    Tree *object = tree_object();
    bool whole = tree_put_bool(object, "passed", calm->passed) &&
                 tool_put_number(object, "peak", calm->peak) &&
                 tool_put_number(object, "swing", calm->swing);
    if (!whole) {
        tree_free(object);
        return NULL;
    }
    return object;
}

static Status print_json(const Selftest *test, const Calm *calm, bool passed,
                         Diagnostic *diagnostic) {
    Tree *object = tree_object();
    bool whole = tree_put_bool(object, "passed", passed) &&
                 tree_put(object, "test", tool_describe_test(test));
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        whole = whole && tree_put(object, signal_names[i], describe_calm(&calm[i]));
    }
    return tool_print_json(object, whole, diagnostic);
}

static void print_text(const Selftest *test, const Calm *calm) {
    Diagnostic said;
    selftest_describe(test, &said);
    printf("%-10s %s\n", "self-test", said.text);
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        printf("%-10s %s: %d s, peak %.4f, moves by %.2g in the last second\n", signal_names[i],
               calm[i].passed ? "passed" : "FAILED", SECONDS, calm[i].peak, calm[i].swing);
    }
}

static Status check(const Model *model, Engine *engine, const Arguments *arguments,
                    Diagnostic *diagnostic) {
    Selftest test;
    Status status = selftest_run(&test, model, arguments->isa, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    double rate = model->sample_rate > 0.0 ? model->sample_rate : default_rate;
    Calm calm[SIGNAL_COUNT];
    bool passed = test.frames == 0 || test.passed;
    DenormalState before = denormals_off();
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        calm[i] = listen(engine, rate, (Signal)i);
        passed = passed && calm[i].passed;
    }
    denormals_restore(before);
    if (arguments->json) {
        status = print_json(&test, calm, passed, diagnostic);
    } else {
        print_text(&test, calm);
    }
    if (status == STATUS_OK && !passed) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "%s: does not pass", arguments->operands[0]);
    }
    return status;
}

Status tool_check(const Arguments *arguments, Diagnostic *diagnostic) {
    Model *model = NULL;
    Engine *engine = NULL;
    Diagnostic cause = {""};
    Status status = model_file_read(&model, arguments->operands[0], diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    status = engine_new(&engine, model, arguments->isa, 1, &cause);
    if (status == STATUS_OK) {
        status = check(model, engine, arguments, diagnostic);
    } else {
        diagnose(diagnostic, status, "%.500s: %s", arguments->operands[0], cause.text);
    }
    engine_free(engine);
    model_free(model);
    return status;
}
