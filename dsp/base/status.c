// SPDX-License-Identifier: ISC
#include "dsp/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dsp/base/utf8.h"

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
static void make_printable(Diagnostic *diagnostic) {
    char *text = diagnostic->text;
    utf8_copy(text, sizeof diagnostic->text, text);
    for (; *text; text++) {
        const unsigned char *at = (const unsigned char *)text;
        if (at[0] < 0x20 || at[0] == 0x7f) {
            *text = ' ';
        } else if (at[0] == 0xC2 && at[1] < 0xA0) { // U+0080 to U+009F
            *text++ = ' ';
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
        make_printable(diagnostic);
    }
    return status;
}

void diagnose_also(Diagnostic *diagnostic, const char *format, ...) {
    char *text = diagnostic->text;
    size_t length = strlen(text);
    if (length > 0) {
        utf8_copy(text + length, sizeof diagnostic->text - length, ", ");
        length = strlen(text);
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, sizeof diagnostic->text - length, format, arguments);
    va_end(arguments);
    make_printable(diagnostic);
}
