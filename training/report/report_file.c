// SPDX-License-Identifier: ISC
#include "training/report/report_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dsp/files/atomic_file.h"
#include "training/report/page.h"

// Makes the folder MODEL.report for MODEL.json; the page's path in it goes to path[size].
static Status make_folder(char *path, size_t size, const char *model_path, Diagnostic *diagnostic) {
    size_t length = strlen(model_path);
    if (length > 5 && strcmp(model_path + length - 5, ".json") == 0) {
        length -= 5;
    }
    int written = snprintf(path, size, "%.*s.report", (int)length, model_path);
    if (written < 0 || (size_t)written + sizeof "/index.html" > size) {
        return diagnose(diagnostic, STATUS_CANNOT_WRITE, "%s: the name is too long", model_path);
    }
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        return diagnose(diagnostic, STATUS_CANNOT_WRITE, "%s: the folder cannot be made: %s", path,
                        strerror(errno));
    }
    snprintf(path + written, size - (size_t)written, "/index.html");
    return STATUS_OK;
}

static Status write_page(const char *path, const Report *report, const Findings *findings,
                         Diagnostic *diagnostic) {
    char *text = NULL;
    size_t length = 0;
    FILE *page = open_memstream(&text, &length);
    if (!page) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report");
    }
    Status status = report_page(page, report, findings, diagnostic);
    if (fclose(page) != 0 && status == STATUS_OK) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report");
    }
    if (status == STATUS_OK) {
        status = atomic_file_write(path, text, length, diagnostic);
    }
    free(text);
    return status;
}

Status report_file_write(char *path, size_t size, const Report *report, Diagnostic *diagnostic) {
    if (!isfinite(report->esr)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "%s: there is nothing to report: the model gives no numbers",
                        report->model_path);
    }
    Findings findings;
    Status status = findings_measure(&findings, report, diagnostic);
    if (status == STATUS_OK) {
        status = make_folder(path, size, report->model_path, diagnostic);
    }
    if (status == STATUS_OK) {
        status = write_page(path, report, &findings, diagnostic);
    }
    findings_clear(&findings);
    return status;
}
