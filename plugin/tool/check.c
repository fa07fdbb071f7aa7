// SPDX-License-Identifier: ISC
#include <math.h>
#include <stdio.h>

#include "dsp/base/decibels.h"
#include "dsp/base/denormals.h"
#include "dsp/base/random.h"
#include "dsp/files/models/model_file.h"
#include "dsp/network/engine.h"
#include "plugin/tool/behaviour.h"
#include "plugin/tool/knobs.h"
#include "plugin/tool/output.h"
#include "plugin/tool/tool.h"

enum { BLOCK = 1024, SECONDS = 20, MAX_ISAS = 2 };

static const double loudest = 20.0;    // an output beyond this is no sound
static const double most_swing = 0.01; // peak to peak in the last second of silence
static const double default_rate = 48e3;

typedef enum Signal {
    SIGNAL_SILENCE,
    SIGNAL_NOISE,
    SIGNAL_DC,
    SIGNAL_IMPULSE,
    SIGNAL_COUNT
} Signal;

static const struct {
    const char *name;
    bool ends_in_silence; // so that the output must come to rest
} signals[SIGNAL_COUNT] = {
    [SIGNAL_SILENCE] = {"silence", true},
    [SIGNAL_NOISE] = {"noise", false},
    [SIGNAL_DC] = {"dc", false},
    [SIGNAL_IMPULSE] = {"impulse", true},
};

typedef struct Stability {
    double peak;  // over all
    double swing; // peak to peak in the last second
    double away;  // farthest from where it ended
    bool passed;
} Stability;

// What one ISA shows.
typedef struct Outcome {
    Isa isa;
    Selftest test;
    Stability stability[SIGNAL_COUNT];
    bool passed;
} Outcome;

// Full-scale noise, a full-scale constant, one full-scale sample at the start, or nothing.
static void fill(float *block, Signal signal, bool first, Random *random) {
    for (int i = 0; i < BLOCK; i++) {
        block[i] = signal == SIGNAL_NOISE ? (float)random_within(random, 1.0)
                   : signal == SIGNAL_DC  ? 1.0f
                                          : 0.0f;
    }
    if (first && signal == SIGNAL_IMPULSE) {
        block[0] = 1.0f;
    }
}

// Runs SECONDS of a signal from the initial state.
static Stability run_signal(Engine *engine, double rate, Signal signal) {
    Random random = {1};
    float block[BLOCK], *out = block;
    const float *in = block;
    double low = INFINITY, high = -INFINITY, lowest = INFINITY, highest = -INFINITY, value = 0.0;
    Stability stability = {.passed = true};
    int blocks = (int)(SECONDS * rate / BLOCK), last = blocks - (int)(rate / BLOCK);
    engine_reset(engine);
    for (int i = 0; i < blocks; i++) {
        fill(block, signal, i == 0, &random);
        engine_run(engine, &out, &in, BLOCK);
        for (int k = 0; k < BLOCK; k++) {
            value = block[k];
            stability.passed = stability.passed && fabs(value) <= loudest; // false for NaN
            lowest = fmin(lowest, value);
            highest = fmax(highest, value);
            if (i >= last) {
                low = fmin(low, value);
                high = fmax(high, value);
            }
        }
    }
    stability.peak = fmax(fabs(lowest), fabs(highest));
    stability.away = fmax(highest - value, value - lowest);
    stability.swing = high - low;
    if (signals[signal].ends_in_silence) {
        stability.passed = stability.passed && stability.swing <= most_swing;
    }
    return stability;
}

// ---- The result ----

// The most that silence gives before it is at rest: what is heard when the model starts to play.
static double click(const Outcome *outcome) {
    return outcome->stability[SIGNAL_SILENCE].away;
}

static Tree *describe_stability(const Stability *stability) {
    Tree *object = tree_object();
    bool whole = tree_put_bool(object, "passed", stability->passed) &&
                 tree_put_finite(object, "peak", stability->peak) &&
                 tree_put_finite(object, "swing", stability->swing);
    return tree_if_whole(object, whole);
}

static Tree *describe_outcome(const Outcome *outcome) {
    Tree *object = tree_object();
    bool whole = tree_put_text(object, "isa", isa_name(outcome->isa)) &&
                 tree_put_bool(object, "passed", outcome->passed) &&
                 tree_put(object, "test", tool_describe_test(&outcome->test)) &&
                 tree_put_finite(object, "click", click(outcome)) &&
                 tree_put_finite(object, "click_db", decibels_of_amplitude(click(outcome)));
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        whole = whole &&
                tree_put(object, signals[i].name, describe_stability(&outcome->stability[i]));
    }
    return tree_if_whole(object, whole);
}

static Status print_json(const Outcome *outcomes, int count, bool passed, double rate,
                         const Behaviour *behaviour, Diagnostic *diagnostic) {
    Tree *object = tree_object(), *results = tree_array();
    bool whole = tree_put_bool(object, "passed", passed) &&
                 tree_put_integer(object, "seconds", SECONDS) &&
                 tree_put_number(object, "rate", rate);
    for (int i = 0; i < count; i++) {
        whole = tree_put(results, NULL, describe_outcome(&outcomes[i])) && whole;
    }
    whole = tree_put(object, "results", results) && whole;
    whole = whole && tree_put(object, "behaviour", behaviour_describe(behaviour));
    return tool_print_json(object, whole, diagnostic);
}

static void print_text(const Outcome *outcome) {
    const char *isa = isa_name(outcome->isa);
    Diagnostic said;
    selftest_describe(&outcome->test, &said);
    printf("%-7s %-10s %s\n", isa, "self-test", said.text);
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        const Stability *stability = &outcome->stability[i];
        printf("%-7s %-10s %s: %d s, peak %.4f, moves by %.2g in the last second\n", isa,
               signals[i].name, stability->passed ? "passed" : "FAILED", SECONDS, stability->peak,
               stability->swing);
    }
    printf("%-7s %-10s %.2g (%.1f dB) when it starts from its initial state\n", isa, "click",
           click(outcome), decibels_of_amplitude(click(outcome)));
}

// The first thing that is wrong.
static const char *first_failure(const Outcome *outcome) {
    if (outcome->test.frames > 0 && !outcome->test.passed) {
        return "its self-test";
    }
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        if (!outcome->stability[i].passed) {
            return signals[i].name;
        }
    }
    return "nothing";
}

// ---- Checking ----

static Status try_isa(Outcome *outcome, const Model *model, Isa isa, double rate,
                      Diagnostic *diagnostic) {
    Engine *engine = NULL;
    *outcome = (Outcome){.isa = isa};
    Status status = selftest_run(&outcome->test, model, isa, diagnostic);
    if (status == STATUS_OK) {
        status = engine_new(&engine, model, isa, 1, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    outcome->passed = outcome->test.frames == 0 || outcome->test.passed;
    DenormalState before = denormals_off();
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        outcome->stability[i] = run_signal(engine, rate, (Signal)i);
        outcome->passed = outcome->passed && outcome->stability[i].passed;
    }
    denormals_restore(before);
    engine_free(engine);
    return STATUS_OK;
}

// With the ISA that was asked for, or with the reference and the fastest one.
static Status check(const Model *model, const Arguments *arguments, Diagnostic *diagnostic) {
    const Isa isas[MAX_ISAS] = {arguments->one_isa ? arguments->isa : ISA_SCALAR, arguments->isa};
    double rate = model->sample_rate > 0.0 ? model->sample_rate : default_rate;
    int count = isas[0] == isas[1] ? 1 : 2;
    const Outcome *worst = NULL;
    Outcome outcomes[MAX_ISAS];
    Diagnostic cause = {""};
    for (int i = 0; i < count; i++) {
        Status status = try_isa(&outcomes[i], model, isas[i], rate, &cause);
        if (status != STATUS_OK) {
            return diagnose(diagnostic, status, "%.500s: %s", arguments->operands[0], cause.text);
        }
        worst = worst || outcomes[i].passed ? worst : &outcomes[i];
        if (!arguments->json) {
            print_text(&outcomes[i]);
        }
    }
    Behaviour behaviour;
    Status status = behaviour_measure(&behaviour, model, diagnostic);
    if (status == STATUS_OK && arguments->json) {
        status = print_json(outcomes, count, !worst, rate, &behaviour, diagnostic);
    } else if (status == STATUS_OK) {
        behaviour_print(&behaviour);
        printf("%-7s %s\n", "verdict", worst ? "FAILED" : "passed");
    }
    if (status == STATUS_OK && worst) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "%.500s: does not pass: %s, with %s",
                        arguments->operands[0], first_failure(worst), isa_name(worst->isa));
    }
    return status;
}

// What is set stands there, whatever is tried; other knobs are tried at their ends, too.
static Status hold_knobs(Model *model, const Arguments *arguments, Diagnostic *diagnostic) {
    Knobs knobs;
    Status status = knobs_read(&knobs, model, arguments, diagnostic);
    for (int k = 0; status == STATUS_OK && k < model->knobs; k++) {
        if (knobs.given[k]) {
            Knob *knob = &model->knob[k];
            knob->initial = knob->minimum = knob->maximum = knobs.value[k];
        }
    }
    return status;
}

Status tool_check(const Arguments *arguments, Diagnostic *diagnostic) {
    Model *model = NULL;
    Status status = model_file_read(&model, arguments->operands[0], diagnostic);
    if (status == STATUS_OK) {
        status = hold_knobs(model, arguments, diagnostic);
    }
    if (status == STATUS_OK) {
        status = check(model, arguments, diagnostic);
    }
    model_free(model);
    return status;
}
