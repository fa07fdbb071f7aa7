// SPDX-License-Identifier: ISC
#include "dsp/base/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *status_name(Status status) {
    static const char *const names[STATUS_COUNT] = {
        [STATUS_OK] = "ok",
        [STATUS_NO_MEMORY] = "no memory",
        [STATUS_BAD_ARGUMENT] = "bad argument",
        [STATUS_CANNOT_READ] = "cannot read",
        [STATUS_CANNOT_WRITE] = "cannot write",
        [STATUS_BAD_MODEL] = "bad model",
        [STATUS_UNSUPPORTED] = "unsupported",
        [STATUS_BAD_AUDIO] = "bad audio",
        [STATUS_DIVERGED] = "diverged",
        [STATUS_INTERRUPTED] = "interrupted",
    };
    return (unsigned)status < STATUS_COUNT ? names[status] : "unknown";
}

// Texts quote what files and users give, which may hold anything; a diagnostic is one line, and
// nothing that a terminal obeys.
static void make_printable(char *text) {
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            *text = ' ';
        }
    }
}

#undef diagnose // what status.h tells an analyzer
Status diagnose(Diagnostic *diagnostic, Status status, const char *format, ...) {
    if (diagnostic) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(diagnostic->text, sizeof diagnostic->text, format, arguments);
        va_end(arguments);
        make_printable(diagnostic->text);
    }
    return status;
}
