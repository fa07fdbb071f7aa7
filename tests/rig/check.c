// SPDX-License-Identifier: ISC
#include "tests/rig/check.h"

#include <stdarg.h>
#include <stdio.h>

static int failures;
static int checks;

void check(bool ok, const char *format, ...) {
    checks++;
    if (ok) {
        return;
    }
    failures++;
    va_list arguments;
    va_start(arguments, format);
    printf("FAILED: ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

int check_report(void) {
    printf("%d checks, %d failures\n", checks, failures);
    return failures ? 1 : 0;
}
