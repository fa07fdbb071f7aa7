// SPDX-License-Identifier: ISC
// gruff-gallery OUT.html MODEL.json TEST.csv [MODEL.json TEST.csv ...]: one page that needs nothing
// else, to look at models and to hear them beside their devices.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/base/options.h"
#include "dsp/files/atomic_file.h"
#include "training/gallery/entry.h"
#include "training/gallery/page.h"
#include "training/report/html.h"

enum { EXIT_USAGE = 2 };

static const OptionGroup *const groups[] = {&options_usual, NULL};
static const OptionProgram program = {
    .name = "gruff-gallery",
    .usage = "gruff-gallery OUT.html MODEL.json TEST.csv [MODEL.json TEST.csv ...]",
    .about = "Writes a page with a part for each model: its error on the test recordings that "
             "TEST.csv lists, sounds, spectrograms and transfer curves. The list has a line of "
             "names (input, target, split, seen and the model's knobs; split and seen may be "
             "missing), and a line for each recording. 'seen' is no where the knobs stood as in no "
             "training.",
    .groups = groups,
};

// The lines of the table go to `top`, all else to `rest`.
static Status show(FILE *top, FILE *rest, int count, char **files, Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    page_begin(top);
    for (int i = 0; i < count && status == STATUS_OK; i++) {
        GalleryEntry entry;
        status = entry_read(&entry, files[2 * i], files[2 * i + 1], diagnostic);
        if (status == STATUS_OK) {
            page_line(top, i + 1, &entry);
            status = page_entry(rest, i + 1, &entry, diagnostic);
            entry_clear(&entry);
        }
    }
    page_end_lines(top);
    html_end(rest);
    return status;
}

static Status make(const char *path, int count, char **files, Diagnostic *diagnostic) {
    for (int i = 0; i < 2 * count; i++) {
        Status spared = atomic_file_spares(path, files[i], diagnostic);
        if (spared != STATUS_OK) {
            return spared;
        }
    }
    char *page = NULL, *parts = NULL;
    size_t length = 0, parts_length = 0;
    FILE *top = open_memstream(&page, &length), *rest = open_memstream(&parts, &parts_length);
    Status status = top && rest ? show(top, rest, count, files, diagnostic) : STATUS_OK;
    bool whole = top && rest && fflush(rest) == 0 &&
                 fwrite(parts, 1, parts_length, top) == parts_length;
    whole = rest && fclose(rest) == 0 && whole;
    whole = top && fclose(top) == 0 && whole;
    if (status == STATUS_OK) {
        status = whole ? atomic_file_write(path, page, length, diagnostic)
                       : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the page");
    }
    free(page);
    free(parts);
    return status;
}

int main(int argc, char **argv) {
    OptionRest rest;
    Diagnostic diagnostic = {""};
    Status status = options_parse(&program, NULL, argc, argv, &rest, &diagnostic);
    if (status == STATUS_OK && options_answer(&program, &rest, GRUFF_VERSION, stdout)) {
        return options_end(&program, EXIT_SUCCESS, stdout, stderr);
    }
    if (status == STATUS_OK && (rest.count < 3 || rest.count % 2 == 0)) {
        status = diagnose(&diagnostic, STATUS_BAD_ARGUMENT,
                          "expected OUT.html, and MODEL.json and TEST.csv once or more often");
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-gallery: %s; see gruff-gallery --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    const char *page = rest.operands[0];
    if (make(page, rest.count / 2, rest.operands + 1, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff-gallery: %s\n", diagnostic.text);
        return EXIT_FAILURE;
    }
    printf("%s\n", page);
    return options_end(&program, EXIT_SUCCESS, stdout, stderr);
}
