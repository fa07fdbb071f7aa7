// SPDX-License-Identifier: ISC
#include "training/data/source_find.h"

#include <stdbool.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/folder.h"
#include "training/data/manifest.h"

// ---- Folders ----

// The part of `name` before "input" and the ending of a sound; -1 when it is no such name.
static long stem_of(const char *name) {
    const char *dot = strrchr(name, '.');
    if (!audio_file_is_named(name) || dot - name < 5 || strncmp(dot - 5, "input", 5) != 0) {
        return -1;
    }
    return dot - 5 - name;
}

static const char *target_of(const char *input, long stem, const char *names, size_t length) {
    for (const char *name = names; name < names + length; name += strlen(name) + 1) {
        size_t size = (size_t)stem;
        if (strncmp(name, input, size) == 0 && strncmp(name + size, "target.", 7) == 0 &&
            strrchr(name, '.') == name + size + 6 && audio_file_is_named(name)) {
            return name;
        }
    }
    return NULL;
}

// Adds the pairs of one folder.
static Status add_folder(Source *source, const char *folder, SourceSplit split,
                         Diagnostic *diagnostic) {
    char *names = NULL;
    size_t length = 0;
    Status status = folder_read(&names, &length, folder, diagnostic);
    for (const char *name = names; status == STATUS_OK && name < names + length;
         name += strlen(name) + 1) {
        long stem = stem_of(name);
        if (stem < 0 || (stem > 0 && name[stem - 1] != '-')) {
            continue;
        }
        bool test = stem >= 5 && strncmp(name, "test-", 5) == 0;
        const char *target = target_of(name, stem, names, length);
        if (target) {
            status = source_add(source, folder, name, target, test ? SPLIT_TEST : split,
                                diagnostic);
        } else {
            status = diagnose(diagnostic, STATUS_CANNOT_READ,
                              "%s/%s: there is no %.*starget.wav beside it", folder, name,
                              (int)stem, name);
        }
    }
    memory_free(names);
    return status;
}

static Status add_folders(Source *source, const char *folder, Diagnostic *diagnostic) {
    char *train = source_path(folder, "train"), *val = source_path(folder, "val"),
         *test = source_path(folder, "test");
    Status status = STATUS_OK;
    if (!train || !val || !test) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the name of a folder");
    } else if (!folder_is(train)) {
        status = add_folder(source, folder, SPLIT_AUTO, diagnostic);
    } else {
        bool held_out = folder_is(val);
        status = add_folder(source, train, held_out ? SPLIT_TRAINING : SPLIT_AUTO, diagnostic);
        if (status == STATUS_OK && held_out) {
            status = add_folder(source, val, SPLIT_VALIDATION, diagnostic);
        }
        if (status == STATUS_OK && folder_is(test)) {
            status = add_folder(source, test, SPLIT_TEST, diagnostic);
        }
    }
    memory_free(train);
    memory_free(val);
    memory_free(test);
    if (status == STATUS_OK && source->count == 0) {
        status = diagnose(diagnostic, STATUS_CANNOT_READ,
                          "%s: holds no pairs: train/NAME-input.wav with train/NAME-target.wav, or "
                          "input.wav with target.wav, are looked for",
                          folder);
    }
    return status;
}

// Puts the test pairs behind the others, each in their order.
static Status put_tests_last(Source *source, Diagnostic *diagnostic) {
    SourcePair *sorted = memory_new((size_t)source->room, sizeof *sorted);
    if (!sorted) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the names of the recordings");
    }
    int count = 0;
    for (int test = 0; test < 2; test++) {
        for (int i = 0; i < source->count; i++) {
            if ((source->pairs[i].split == SPLIT_TEST) == test) {
                sorted[count++] = source->pairs[i];
                source->tests += test;
            }
        }
    }
    memory_free(source->pairs);
    source->pairs = sorted;
    return STATUS_OK;
}

Status source_find(Source *source, const char *const *paths, int count, Diagnostic *diagnostic) {
    *source = (Source){0};
    Status status = STATUS_OK;
    if (count == 2) {
        status = source_add(source, "", paths[0], paths[1], SPLIT_AUTO, diagnostic);
    } else if (count != 1) {
        status = diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                          "two files, a folder or a list are expected, not %d names", count);
    } else if (audio_file_is_named(paths[0])) {
        status = diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                          "%s: two files expected, the dry input and the target", paths[0]);
    } else if (folder_is(paths[0])) {
        status = add_folders(source, paths[0], diagnostic);
    } else {
        status = manifest_read(source, paths[0], diagnostic);
    }
    if (status == STATUS_OK) {
        status = put_tests_last(source, diagnostic);
    }
    if (status == STATUS_OK && source->tests == source->count) {
        status = diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                          "%s: all its pairs are for tests; there is nothing to train on",
                          paths[0]);
    }
    if (status != STATUS_OK) {
        source_clear(source);
    }
    return status;
}
