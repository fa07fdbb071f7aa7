// SPDX-License-Identifier: ISC
#include "dsp/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_digits(const char *text) {
    return text + strspn(text, "0123456789");
}

static const char *skip_sign(const char *text) {
    return *text == '-' || *text == '+' ? text + 1 : text;
}

// Where the number at the head of `text` ends; NULL when there is none. strtod would take more:
// spaces before it, "0x10", "inf", "nan".
static const char *find_end(const char *text) {
    const char *digits = skip_sign(text);
    const char *end = skip_digits(digits);
    long count = end - digits;
    if (*end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction);
        count += end - fraction;
    }
    if (count == 0) {
        return NULL;
    }
    if (*end == 'e' || *end == 'E') {
        const char *exponent = skip_sign(end + 1);
        const char *after = skip_digits(exponent);
        end = after > exponent ? after : end;
    }
    return end;
}

bool number_begin(const char *text, double *value, const char **rest) {
    const char *end = find_end(text);
    if (!end) {
        return false;
    }
    char *read = NULL;
    double number = strtod(text, &read);
    if (read != end || !isfinite(number)) {
        return false;
    }
    *value = number;
    *rest = end;
    return true;
}

bool number_read(const char *text, double *value) {
    const char *rest = NULL;
    double number = 0.0;
    if (!number_begin(text, &number, &rest) || *rest) {
        return false;
    }
    *value = number;
    return true;
}
