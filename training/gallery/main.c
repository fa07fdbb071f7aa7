// SPDX-License-Identifier: ISC
// gruff-gallery OUT.html MODEL.json TEST.csv [MODEL.json TEST.csv ...]: one page that needs nothing
// else, to look at models and to hear them beside their devices.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/files/atomic_file.h"
#include "training/gallery/entry.h"
#include "training/gallery/page.h"
#include "training/report/html.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "Usage: gruff-gallery OUT.html MODEL.json TEST.csv [MODEL.json TEST.csv ...]\n"
    "Writes a page with a part for each model: its error on the test recordings that\n"
    "TEST.csv lists, sounds, spectrograms and transfer curves. The list has a line of\n"
    "names (input, target, split, seen and the model's knobs; split and seen may be\n"
    "missing), and a line for each recording. 'seen' is no where the knobs stood as in no\n"
    "training.\n";

// The lines of the table go to `top`, all else to `rest`.
static Status show(FILE *top, FILE *rest, int count, char **files, Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    page_begin(top);
    for (int i = 0; i < count && status == STATUS_OK; i++) {
        GalleryEntry entry;
        status = entry_read(&entry, files[2 * i], files[2 * i + 1], diagnostic);
        if (status == STATUS_OK) {
            page_line(top, i + 1, &entry);
            status = page_exhibit(rest, i + 1, &entry, diagnostic);
            entry_clear(&entry);
        }
    }
    page_end_lines(top);
    html_end(rest);
    return status;
}

static Status make(const char *path, int count, char **files, Diagnostic *diagnostic) {
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
    Diagnostic diagnostic = {""};
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    if (argc < 4 || argc % 2 != 0) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (make(argv[1], (argc - 2) / 2, argv + 2, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff-gallery: %s\n", diagnostic.text);
        return EXIT_FAILURE;
    }
    printf("%s\n", argv[1]);
    return EXIT_SUCCESS;
}
