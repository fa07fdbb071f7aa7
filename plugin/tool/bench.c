// SPDX-License-Identifier: ISC
// gruff-model bench: goes through cells, sizes, instruction sets and channels, and prints.

#include <stdio.h>

#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "plugin/tool/bench_measure.h"
#include "plugin/tool/output.h"
#include "plugin/tool/tool.h"

static const int sizes[] = {8, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128};
static const int blocks[] = {1, SPEED_BLOCK, SPEED_MAX_BLOCK};
enum { SIZES = sizeof sizes / sizeof *sizes, BLOCKS = sizeof blocks / sizeof *blocks };

static const LayerKind cells[] = {LAYER_GRU, LAYER_GRU_RESET_BEFORE, LAYER_LSTM};
enum { CELLS = sizeof cells / sizeof *cells };
_Static_assert(CELLS <= (size_t)SPEED_MAX_MODELS, "all cells are measured together");

typedef struct Bench {
    const Arguments *arguments;
    Probe probes[ISA_COUNT];
    int probe_count;
    Selftest test;           // of the model that is measured
    Tree *machine, *results; // for JSON
    bool whole;              // nothing of these failed
} Bench;

// ---- The machine ----

static void report_probe(Bench *bench, const Probe *probe) {
    if (!bench->arguments->json) {
        printf("  %-7s %6.1f multiply-adds and %6.1f bytes loaded per ns\n", isa_name(probe->isa),
               probe->macs_per_ns, probe->near_bytes_per_ns);
        fflush(stdout);
        return;
    }
    Tree *object = tree_object();
    bool whole = tree_put_text(object, "isa", isa_name(probe->isa)) &&
                 tree_put_integer(object, "number_bytes", probe->number) &&
                 tree_put_number(object, "macs_per_ns", probe->macs_per_ns) &&
                 tree_put_number(object, "near_bytes_per_ns", probe->near_bytes_per_ns);
    bench->whole = tree_put(bench->machine, NULL, object) && whole && bench->whole;
}

static Status probe_machine(Bench *bench, Diagnostic *diagnostic) {
    const Arguments *arguments = bench->arguments;
    if (!arguments->json) {
        puts("One core of this machine, at most:");
    }
    for (int i = 0; i < ISA_COUNT; i++) {
        bool asked = arguments->one_isa ? (Isa)i == arguments->isa : isa_available((Isa)i);
        if (!asked || (arguments->fast && i == ISA_SCALAR)) {
            continue;
        }
        Probe *probe = &bench->probes[bench->probe_count];
        Status status = probe_begin(probe, (Isa)i, diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
        bench->probe_count++;
        report_probe(bench, probe);
    }
    return STATUS_OK;
}

// ---- Results ----

static void print_head(const Bench *bench, const char *model, int channels) {
    printf("\n%s%s%s: ns for a sample of a channel%s, load at %d Hz, share of the limit%s\n"
           "hidden block %-16s",
           model ? model : "", model ? ", " : "", channels == 1 ? "one channel" : "two channels",
           model ? "" : ", times the GRU's", BENCH_RATE,
           bench->arguments->fast ? ", fast activations" : "", "");
    for (int i = 0; i < bench->probe_count; i++) {
        printf("  |  %*s", model ? 17 : 22, isa_name(bench->probes[i].isa));
    }
    putchar('\n');
}

static void print_result(const BenchResult *result, bool several) {
    printf("  | %7.*f", result->ns < 1e3 ? 1 : 0, result->ns);
    if (several) {
        printf(" %4.2f", result->times_first);
    }
    printf(" %5.2f%% %3.0f%%", 100.0 * result->load, 100.0 * result->share);
}

static void put_result(Bench *bench, const char *cell, int hidden, const SpeedCase *what,
                       const BenchResult *result, bool several) {
    Tree *object = tree_object();
    bool whole = tree_put_text(object, "cell", cell) &&
                 tree_put_integer(object, "hidden", hidden) &&
                 tree_put_text(object, "isa", isa_name(what->isa)) &&
                 tree_put_integer(object, "channels", what->channels) &&
                 tree_put_integer(object, "block", what->block) &&
                 tree_put_number(object, "ns_per_sample", result->ns) &&
                 (!several || tree_put_number(object, "times_gru", result->times_first)) &&
                 tree_put_number(object, "load_percent", 100.0 * result->load) &&
                 tree_put_number(object, "limit_ns", result->limit) &&
                 tree_put_number(object, "share", result->share);
    bench->whole = tree_put(bench->results, NULL, object) && whole && bench->whole;
}

static Status print_json(Bench *bench, Diagnostic *diagnostic) {
    Tree *object = tree_object();
    bool whole = tree_put(object, "machine", bench->machine);
    whole = tree_put(object, "results", bench->results) && whole &&
            tree_put_integer(object, "rate", BENCH_RATE) &&
            tree_put_integer(object, "runs", SPEED_RUNS) &&
            tree_put_bool(object, "fast", bench->arguments->fast) &&
            (!bench->arguments->operands[0] ||
             tree_put(object, "test", tool_describe_test(&bench->test)));
    bench->machine = bench->results = NULL;
    return tool_print_json(object, whole && bench->whole, diagnostic);
}

// ---- Going through all ----

// What is measured together: a network of each cell, or the one model that was asked for.
typedef struct Group {
    const char *names[CELLS];
    const Model *models[CELLS];
    int count;
} Group;

// Every ISA; a line for each model.
static Status measure_lines(Bench *bench, const Group *group, int channels, int block,
                            Diagnostic *diagnostic) {
    BenchResult results[ISA_COUNT][CELLS];
    SpeedCase what = {.fast = bench->arguments->fast, .channels = channels, .block = block};
    for (int i = 0; i < bench->probe_count; i++) {
        what.isa = bench->probes[i].isa;
        Status status = bench_measure(results[i], group->models, group->count, &what,
                                      &bench->probes[i], diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
    }
    for (int k = 0; k < group->count; k++) {
        int hidden = model_hidden(group->models[k]);
        if (!bench->arguments->json) {
            printf("%6d %5d %-16s", hidden, block, group->names[k]);
        }
        for (int i = 0; i < bench->probe_count; i++) {
            what.isa = bench->probes[i].isa;
            if (bench->arguments->json) {
                put_result(bench, group->names[k], hidden, &what, &results[i][k], group->count > 1);
            } else {
                print_result(&results[i][k], group->count > 1);
            }
        }
        if (!bench->arguments->json) {
            putchar('\n');
            fflush(stdout);
        }
    }
    return STATUS_OK;
}

static Status measure_group(Bench *bench, const Group *group, int channels,
                            Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < BLOCKS; i++) {
        if (bench->arguments->blocks || blocks[i] == SPEED_BLOCK) {
            status = measure_lines(bench, group, channels, blocks[i], diagnostic);
        }
    }
    return status;
}

static Status measure_size(Bench *bench, int hidden, int channels, Diagnostic *diagnostic) {
    Model *models[CELLS] = {NULL};
    Group group = {.count = CELLS};
    Status status = STATUS_OK;
    for (int k = 0; status == STATUS_OK && k < CELLS; k++) {
        group.names[k] = layer_kind_name(cells[k]);
        status = bench_make_model(&models[k], cells[k], hidden, diagnostic);
        group.models[k] = models[k];
    }
    if (status == STATUS_OK) {
        status = measure_group(bench, &group, channels, diagnostic);
    }
    for (int k = 0; k < CELLS; k++) {
        model_free(models[k]);
    }
    return status;
}

// All sizes, or the one that was asked for; or the model.
static Status measure_table(Bench *bench, Model *model, int channels, Diagnostic *diagnostic) {
    const Arguments *arguments = bench->arguments;
    if (!arguments->json) {
        print_head(bench, model ? arguments->operands[0] : NULL, channels);
    }
    if (model) {
        Group group = {.names = {"model"}, .models = {model}, .count = 1};
        return measure_group(bench, &group, channels, diagnostic);
    }
    if (arguments->hidden > 0) {
        return measure_size(bench, arguments->hidden, channels, diagnostic);
    }
    Status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < SIZES; i++) {
        status = measure_size(bench, sizes[i], channels, diagnostic);
    }
    return status;
}

static Status measure_all(Bench *bench, Model *model, Diagnostic *diagnostic) {
    Status status = probe_machine(bench, diagnostic);
    int asked = bench->arguments->channels;
    for (int channels = 1; channels <= ENGINE_MAX_CHANNELS; channels++) {
        if (status == STATUS_OK && (asked == 0 || asked == channels)) {
            status = measure_table(bench, model, channels, diagnostic);
        }
    }
    return status;
}

static Status run(const Arguments *arguments, Model *model, const Selftest *test,
                  Diagnostic *diagnostic) {
    Bench bench = {.arguments = arguments, .whole = true, .test = *test};
    if (arguments->json) {
        bench.machine = tree_array();
        bench.results = tree_array();
    }
    Status status = measure_all(&bench, model, diagnostic);
    if (status == STATUS_OK && arguments->json) {
        status = print_json(&bench, diagnostic);
    } else if (status == STATUS_OK) {
        tool_print_test(test);
    }
    for (int i = 0; i < bench.probe_count; i++) {
        probe_end(&bench.probes[i]);
    }
    tree_free(bench.machine);
    tree_free(bench.results);
    return status;
}

Status tool_bench(const Arguments *arguments, Diagnostic *diagnostic) {
    Model *model = NULL;
    Selftest test = {0};
    if (arguments->one_isa && !isa_available(arguments->isa)) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "instruction set '%s' is not available on this machine",
                        isa_name(arguments->isa));
    }
    if (arguments->fast && arguments->one_isa && arguments->isa == ISA_SCALAR) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "'scalar' has no fast activations: it is the exact reference");
    }
    if (arguments->operands[0]) {
        Status status = tool_read_model(&model, &test, arguments, diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
    }
    Status status = run(arguments, model, &test, diagnostic);
    model_free(model);
    return status;
}
