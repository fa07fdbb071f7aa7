// SPDX-License-Identifier: ISC
// What a diagnostic of a file must be.
#ifndef GRUFF_TESTS_DSP_FILES_LINE_H
#define GRUFF_TESTS_DSP_FILES_LINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/status.h"

// One line that has both in it.
static inline void assert_line(const Diagnostic *diagnostic, const char *first,
                               const char *second) {
    if (!strstr(diagnostic->text, first) || !strstr(diagnostic->text, second) ||
        strchr(diagnostic->text, '\n')) {
        fail_msg("'%s' should be one line with '%s' and '%s'", diagnostic->text, first, second);
    }
}

#endif
