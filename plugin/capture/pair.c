// SPDX-License-Identifier: ISC
#include "plugin/capture/pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsp/base/path.h"

Status pair_name(const Options *options, const char *ending, char path[PAIR_PATH],
                 Diagnostic *diagnostic) {
    int length = snprintf(path, PAIR_PATH, "%s%s", options->output, ending);
    return length >= 0 && length < PAIR_PATH
               ? STATUS_OK
               : diagnose(diagnostic, STATUS_BAD_ARGUMENT, "the name is too long");
}

// The list that the pair of `input` goes to, or NULL.
static const char *list_for(const Options *options, const char *input, char beside[PAIR_PATH]) {
    snprintf(beside, PAIR_PATH, "%.*slist.csv", (int)(path_name(input) - input), input);
    return options->list ? options->list : options->knob_count > 0 ? beside : NULL;
}

// How the list names a file, which need not be there yet: by its name alone where both are in one
// folder.
static const char *name_in_list(const char *list, const char *path, char absolute[PAIR_PATH]) {
    size_t length = (size_t)(path_name(path) - path);
    char folder[PAIR_PATH], resolved[PAIR_PATH];
    if (length == (size_t)(path_name(list) - list) && memcmp(list, path, length) == 0) {
        return path_name(path);
    }
    snprintf(folder, sizeof folder, "%.*s.", (int)length, path);
    if (!realpath(folder, resolved) ||
        snprintf(absolute, PAIR_PATH, "%s/%s", resolved, path_name(path)) >= PAIR_PATH) {
        return path_name(path);
    }
    return absolute;
}

typedef Status Filing(const char *path, const char *input, const char *target,
                      const KnobSetting *knobs, int count, Diagnostic *diagnostic);

// Has the pair filed by manifest_add, or looked at by manifest_check.
static Status file_pair(const Options *options, Filing *filing, const char *list, const char *input,
                        const char *target, Diagnostic *diagnostic) {
    char absolute[2][PAIR_PATH];
    return filing(list, name_in_list(list, input, absolute[0]),
                  name_in_list(list, target, absolute[1]), options->knobs, options->knob_count,
                  diagnostic);
}

Status pair_check(const Options *options, Diagnostic *diagnostic) {
    static const char *const endings[] = {"-input.wav", "-target.wav"};
    char paths[2][PAIR_PATH], beside[PAIR_PATH];
    Status status = STATUS_OK;
    if (!options->output) {
        return STATUS_OK;
    }
    for (int i = 0; i < 2 && status == STATUS_OK; i++) {
        status = pair_name(options, endings[i], paths[i], diagnostic);
        if (status == STATUS_OK && !options->force && access(paths[i], F_OK) == 0) {
            status = diagnose(diagnostic, STATUS_CANNOT_WRITE,
                              "%.900s: is there already; --force replaces it", paths[i]);
        }
    }
    const char *list = status == STATUS_OK ? list_for(options, paths[0], beside) : NULL;
    return list ? file_pair(options, manifest_check, list, paths[0], paths[1], diagnostic) : status;
}

Status pair_list(const Options *options, const char *input, const char *target,
                 char list[PAIR_PATH], Diagnostic *diagnostic) {
    char beside[PAIR_PATH];
    const char *path = list_for(options, input, beside);
    snprintf(list, PAIR_PATH, "%s", path ? path : "");
    return path ? file_pair(options, manifest_add, path, input, target, diagnostic) : STATUS_OK;
}
