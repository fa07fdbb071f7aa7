// SPDX-License-Identifier: ISC
#include <math.h>
#include <stdio.h>

#include "dsp/base/decibels.h"
#include "dsp/files/models/behaviour_record.h"
#include "dsp/files/models/model_file.h"
#include "dsp/measures/speed.h"
#include "plugin/tool/output.h"
#include "plugin/tool/tool.h"

// What running the model shows.
typedef struct Run {
    Isa isa;
    bool runs;       // false: `said` tells why not, and the rest does not count
    Selftest test;   // its frames are 0 when the file has none
    double time;     // s for a sample
    double rate;     // Hz, for the load
    Diagnostic said; // on the self-test
} Run;

static const double usual_rate = 48e3; // for models that do not tell theirs

static const char *own_activation(const Layer *layer) {
    return activation_name(layer->kind == LAYER_DENSE ? layer->activation : ACTIVATION_LINEAR);
}

static void print_text_if_any(const char *label, const char *text) {
    if (*text) {
        printf("%-12s %s\n", label, text);
    }
}

static void print_knobs(const Model *model) {
    printf("%-12s%s", "knobs", model->knobs ? "" : " none");
    for (int i = 0; i < model->knobs; i++) {
        const Knob *knob = &model->knob[i];
        printf("%s %s (%g to %g, %g)", i ? "," : "", *knob->name ? knob->name : "unnamed",
               knob->minimum, knob->maximum, knob->initial);
    }
    putchar('\n');
}

static void print_if_known(const char *label, double value, const char *unit) {
    if (isfinite(value)) {
        printf("%-12s %.4g %s\n", label, value, unit);
    }
}

static void print_levels(const ModelInfo *info) {
    print_if_known("loudness", info->loudness, "dB");
    print_if_known("input level", info->input_level_dbu, "dBu at full scale");
    print_if_known("output level", info->output_level_dbu, "dBu at full scale");
    if (info->latency != 0.0) {
        printf("%-12s %g samples of the device, taken out before training\n", "latency",
               info->latency);
    } else {
        printf("%-12s none\n", "latency");
    }
    if (info->trained_epochs > 0.0) {
        printf("%-12s %.4g epochs", "training", info->trained_epochs);
        if (info->trained_seconds > 0.0) {
            printf(" in %.4g s", info->trained_seconds);
        }
        printf(", seed %lu\n", info->trained_seed);
    }
}

static void print_esr(const ModelInfo *info) {
    if (info->esr < 0.0) {
        return;
    }
    printf("%-12s %.6g (%.1f dB), as the file states it", "ESR", info->esr,
           decibels_of_power(info->esr));
    if (info->esr_seconds > 0.0) {
        printf(", of %.1f s held out in %d stretch%s", info->esr_seconds, info->esr_stretches,
               info->esr_stretches == 1 ? "" : "es");
    }
    putchar('\n');
}

// What its file tells of it away from its recording.
static void print_behaviour(const ModelBehaviour *behaviour) {
    if (behaviour->known) {
        printf("%-12s %s\n", "calm", behaviour->calm_verdict);
        print_text_if_any("aliasing", behaviour->aliasing_verdict);
        print_text_if_any("levels", behaviour->levels_verdict);
    } else {
        printf("%-12s not stated; gruff-model check measures it\n", "calm");
    }
}

// What comes before the first sample.
static void print_start(const Model *model) {
    if (model->settling > 0) {
        printf("%-12s settled: %d samples of silence run first, unheard\n", "start",
               model->settling);
        return;
    }
    bool zero = true;
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        for (int k = 0; layer->initial_state && k < layer->outputs; k++) {
            zero = zero && layer->initial_state[k] == 0.0f;
        }
    }
    printf("%-12s %s\n", "start", zero ? "from zero: may click" : "from a state in the file");
}

static void print_run(const Run *run) {
    printf("%-12s %s\n", "self-test", run->said.text);
    double ns = 1e9 * run->time;
    if (run->runs) {
        printf("%-12s %.*f ns a sample with %s: %.2f %% of one core at %g Hz\n", "speed",
               ns < 1e3 ? 1 : 0, ns, isa_name(run->isa), 100.0 * run->time * run->rate, run->rate);
    }
}

static void print_text(const Model *model, const Run *run, const char *path) {
    printf("%-12s %s\n", "file", path);
    print_text_if_any("name", model->info.name);
    print_text_if_any("author", model->info.author);
    print_text_if_any("license", model->info.license);
    print_text_if_any("models", model->info.gear);
    printf("%-12s", "layers");
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        const char *activation = own_activation(layer);
        printf("%s %s %d -> %d%s%s", i ? "," : "", layer_kind_name(layer->kind), layer->inputs,
               layer->outputs, *activation ? " " : "", activation);
    }
    printf("%s\n", model->skip ? ", plus the input (skip)" : "");
    printf("%-12s %ld\n", "weights", model_weight_count(model));
    print_knobs(model);
    if (model->sample_rate > 0.0) {
        printf("%-12s %g Hz\n", "sample rate", model->sample_rate);
    } else {
        printf("%-12s not stated\n", "sample rate");
    }
    printf("%-12s %+g dB in, %+g dB out\n", "gain", model->input_gain, model->output_gain);
    print_levels(&model->info);
    print_start(model);
    print_esr(&model->info);
    print_behaviour(&model->info.behaviour);
    print_run(run);
}

static Tree *describe_layer(const Layer *layer) {
    Tree *object = tree_object();
    bool whole = tree_put_text(object, "type", layer_kind_name(layer->kind)) &&
                 tree_put_text(object, "activation", own_activation(layer)) &&
                 tree_put_integer(object, "inputs", layer->inputs) &&
                 tree_put_integer(object, "outputs", layer->outputs);
    return tree_if_whole(object, whole);
}

static Tree *describe_layers(const Model *model) {
    Tree *layers = tree_array();
    bool whole = layers != NULL;
    for (int i = 0; whole && i < model->layer_count; i++) {
        whole = tree_put(layers, NULL, describe_layer(&model->layers[i]));
    }
    return tree_if_whole(layers, whole);
}

static Tree *describe_knobs(const Model *model) {
    Tree *knobs = tree_array();
    bool whole = knobs != NULL;
    for (int i = 0; whole && i < model->knobs; i++) {
        const Knob *knob = &model->knob[i];
        Tree *object = tree_object();
        whole = tree_put_text(object, "name", knob->name) &&
                tree_put_float(object, "minimum", knob->minimum) &&
                tree_put_float(object, "maximum", knob->maximum) &&
                tree_put_float(object, "default", knob->initial);
        whole = tree_put(knobs, NULL, object) && whole;
    }
    return tree_if_whole(knobs, whole);
}

static bool put_text_or_null(Tree *object, const char *key, const char *text) {
    return *text ? tree_put_text(object, key, text) : tree_put_null(object, key);
}

static bool put_known(Tree *object, const char *key, double value, bool known) {
    return known ? tree_put_number(object, key, value) : tree_put_null(object, key);
}

static bool describe_run(Tree *object, const Run *run) {
    if (!run->runs) {
        return tree_put_null(object, "test") && tree_put_text(object, "message", run->said.text);
    }
    return tree_put(object, "test", tool_describe_test(&run->test)) &&
           tree_put_text(object, "isa", isa_name(run->isa)) &&
           tree_put_number(object, "ns_per_sample", 1e9 * run->time) &&
           tree_put_number(object, "load_percent", 100.0 * run->time * run->rate) &&
           tree_put_number(object, "load_rate", run->rate);
}

static bool describe(Tree *object, const Model *model, const Run *run) {
    const ModelInfo *info = &model->info;
    return put_text_or_null(object, "name", info->name) &&
           put_text_or_null(object, "author", info->author) &&
           put_text_or_null(object, "license", info->license) &&
           put_text_or_null(object, "gear", info->gear) &&
           put_known(object, "esr", info->esr, info->esr >= 0.0) &&
           tree_put_number(object, "esr_seconds", info->esr_seconds) &&
           tree_put_integer(object, "esr_stretches", info->esr_stretches) &&
           tree_put_finite(object, "loudness", info->loudness) &&
           tree_put_finite(object, "input_level_dbu", info->input_level_dbu) &&
           tree_put_finite(object, "output_level_dbu", info->output_level_dbu) &&
           tree_put_number(object, "latency", info->latency) &&
           tree_put_number(object, "trained_epochs", info->trained_epochs) &&
           tree_put_number(object, "trained_seconds", info->trained_seconds) &&
           tree_put_integer(object, "trained_seed", (long long)info->trained_seed) &&
           (info->behaviour.known
                ? tree_put(object, "behaviour", behaviour_record_build(&info->behaviour))
                : tree_put_null(object, "behaviour")) &&
           describe_run(object, run) &&
           put_known(object, "sample_rate", model->sample_rate, model->sample_rate > 0.0) &&
           tree_put_bool(object, "skip", model->skip) &&
           tree_put_number(object, "input_gain_db", model->input_gain) &&
           tree_put_number(object, "output_gain_db", model->output_gain) &&
           tree_put_integer(object, "settling", model->settling) &&
           tree_put(object, "knobs", describe_knobs(model)) &&
           tree_put_integer(object, "hidden", model_hidden(model)) &&
           tree_put_integer(object, "weights", model_weight_count(model)) &&
           tree_put(object, "layers", describe_layers(model));
}

// Replays the test and takes the time.
static Run run_model(const Model *model, const Arguments *arguments) {
    Run run = {.isa = arguments->isa, .rate = usual_rate};
    if (model->sample_rate > 0.0) {
        run.rate = model->sample_rate;
    }
    SpeedCase what = speed_usual();
    what.isa = run.isa;
    Status status = speed_measure(&run.time, &model, 1, &what, &run.said);
    if (status == STATUS_OK) {
        status = selftest_run(&run.test, model, run.isa, &run.said);
    }
    run.runs = status == STATUS_OK;
    if (run.runs) {
        selftest_describe(&run.test, &run.said);
    }
    return run;
}

Status tool_info(const Arguments *arguments, Diagnostic *diagnostic) {
    const char *path = arguments->operands[0];
    Model *model = NULL;
    Status status = model_file_read(&model, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Run run = run_model(model, arguments);
    if (arguments->json) {
        Tree *object = tree_object();
        status = tool_print_json(object, describe(object, model, &run), diagnostic);
    } else {
        print_text(model, &run, path);
    }
    model_free(model);
    return status;
}
