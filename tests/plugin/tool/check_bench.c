// SPDX-License-Identifier: ISC
// check_bench all|SIZE|model FILE: whether FILE is what gruff-model bench --json must print: one
// object, everything in it that was asked for, every number possible.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/files/models/tree.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

enum { MAX_BYTES = 1 << 20 };

static const char *const cells[] = {"gru", "gru-before", "lstm"};
static const int sizes[] = {8, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128};

static void expect(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "check_bench: not so: %s\n", what);
        exit(EXIT_FAILURE);
    }
}

static double number(const Tree *object, const char *key) {
    double value = 0.0;
    if (!tree_number(tree_member(object, key), &value)) {
        fprintf(stderr, "check_bench: no number \"%s\"\n", key);
        exit(EXIT_FAILURE);
    }
    return value;
}

static const char *text(const Tree *object, const char *key) {
    const char *value = tree_text(tree_member(object, key));
    expect(value != NULL, key);
    return value;
}

static Tree *read_object(const char *path) {
    static char bytes[MAX_BYTES];
    FILE *file = fopen(path, "rb");
    expect(file != NULL, "the file is there");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    Tree *root = NULL;
    Diagnostic diagnostic = {""};
    expect(tree_parse(&root, bytes, length, path, &diagnostic) == STATUS_OK, diagnostic.text);
    expect(tree_is_object(root), "it is one object");
    expect(memchr(bytes, '\n', length) == bytes + length - 1, "it is one line");
    return root;
}

// The result of one measurement, which must be there exactly once.
static void expect_result(const Tree *results, const char *cell, int hidden, const char *isa,
                          int channels, int block) {
    int found = 0;
    for (size_t i = 0; i < tree_count(results); i++) {
        const Tree *result = tree_item(results, i);
        found += strcmp(text(result, "cell"), cell) == 0 && strcmp(text(result, "isa"), isa) == 0 &&
                 number(result, "hidden") == (double)hidden &&
                 number(result, "channels") == (double)channels &&
                 number(result, "block") == (double)block;
    }
    if (found != 1) {
        fprintf(stderr, "check_bench: %d results for %s %d, %s, %d channels, block %d\n", found,
                cell, hidden, isa, channels, block);
        exit(EXIT_FAILURE);
    }
}

static void expect_possible(const Tree *result) {
    double ns = number(result, "ns_per_sample"), limit = number(result, "limit_ns");
    double share = number(result, "share"), load = number(result, "load_percent");
    expect(ns > 0.0 && limit > 0.0, "times are positive");
    expect(share > 0.0 && share <= 1.2, "nothing is faster than the machine");
    expect(share > 0.999 * limit / ns && share < 1.001 * limit / ns, "share = limit / time");
    double whole = ns * 1e-7 * number(result, "channels") * 48000.0;
    expect(load > 0.999 * whole && load < 1.001 * whole, "load = time of all channels at 48 kHz");
}

// That each cell says how it compares with the GRU of its size, which comes first.
static void expect_ratios(const Tree *results) {
    double gru = 0.0;
    for (size_t i = 0; i < tree_count(results); i++) {
        const Tree *result = tree_item(results, i);
        double ns = number(result, "ns_per_sample"), ratio = number(result, "times_gru");
        if (strcmp(text(result, "cell"), cells[0]) == 0) {
            gru = ns;
        }
        expect(ratio > 0.999 * ns / gru && ratio < 1.001 * ns / gru,
               "times_gru = time / the GRU's");
    }
}

static void expect_all(const Tree *results) {
    size_t count = 0;
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if (!isa_available((Isa)isa)) {
            continue;
        }
        for (size_t cell = 0; cell < sizeof cells / sizeof *cells; cell++) {
            for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++) {
                for (int channels = 1; channels <= ENGINE_MAX_CHANNELS; channels++) {
                    expect_result(results, cells[cell], sizes[size], isa_name((Isa)isa), channels,
                                  64);
                    count++;
                }
            }
        }
    }
    expect(tree_count(results) == count, "nothing else is there");
}

static void expect_size(const Tree *results, int hidden) {
    static const int blocks[] = {1, 64, 4096};
    for (size_t cell = 0; cell < sizeof cells / sizeof *cells; cell++) {
        for (int i = 0; i < 3; i++) {
            expect_result(results, cells[cell], hidden, "scalar", 2, blocks[i]);
        }
    }
    expect(tree_count(results) == 3 * (sizeof cells / sizeof *cells), "nothing else is there");
}

int main(int argc, char **argv) {
    expect(argc == 3, "there are two arguments");
    Tree *root = read_object(argv[2]);
    const Tree *machine = tree_member(root, "machine"), *results = tree_member(root, "results");
    expect(tree_count(machine) > 0 && tree_count(results) > 0, "there is something");
    for (size_t i = 0; i < tree_count(machine); i++) {
        const Tree *limits = tree_item(machine, i);
        expect(*text(limits, "isa") != '\0' && number(limits, "macs_per_ns") > 0.0 &&
                   number(limits, "near_bytes_per_ns") > 0.0,
               "the machine's limits are positive");
    }
    for (size_t i = 0; i < tree_count(results); i++) {
        expect_possible(tree_item(results, i));
    }
    if (strcmp(argv[1], "all") == 0) {
        expect_all(results);
    } else if (strcmp(argv[1], "model") == 0) {
        expect_result(results, "model", (int)number(tree_item(results, 0), "hidden"),
                      isa_name(isa_best()), 1, 64);
    } else {
        expect_size(results, (int)strtol(argv[1], NULL, 10));
        expect_ratios(results);
    }
    printf("%zu results\n", tree_count(results));
    tree_free(root);
    return EXIT_SUCCESS;
}
