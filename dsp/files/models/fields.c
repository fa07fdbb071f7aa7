// SPDX-License-Identifier: ISC
#include "dsp/files/models/fields.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double rate_limit = 1e6; // Hz

const Tree *field_find(const Tree *object, const char *key) {
    const Tree *tree = tree_member(object, key);
    return tree_is_null(tree) ? NULL : tree;
}

Status field_number(const Tree *object, const char *key, double least, double most, double *value,
                    Diagnostic *diagnostic) {
    const Tree *tree = field_find(object, key);
    double number = 0.0;
    if (!tree) {
        return STATUS_OK;
    }
    if (!tree_number(tree, &number)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"%s\" is %s instead of a number", key,
                        tree_kind(tree));
    }
    if (!(number >= least && number <= most)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"%s\" is %g; it must be from %g to %g", key,
                        number, least, most);
    }
    *value = number;
    return STATUS_OK;
}

Status field_integer(const Tree *object, const char *key, int least, int most, int *value,
                     Diagnostic *diagnostic) {
    double number = *value;
    Status status = field_number(object, key, least, most, &number, diagnostic);
    if (status == STATUS_OK && number != floor(number)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"%s\" is %g instead of a whole number", key,
                        number);
    }
    if (status == STATUS_OK) {
        *value = (int)number;
    }
    return status;
}

// Digits, or digits and a point and zeros: what trainers write. Not strtod, which follows the
// locale.
static bool rate_from_text(const char *text, double *rate) {
    char *end = NULL;
    if (*text < '0' || *text > '9') {
        return false;
    }
    *rate = (double)strtol(text, &end, 10);
    if (*end == '.') {
        end += 1 + strspn(end + 1, "0");
    }
    return *end == '\0';
}

Status field_rate(const Tree *object, const char *key, double *rate, Diagnostic *diagnostic) {
    const Tree *tree = field_find(object, key);
    if (!tree) {
        return STATUS_OK;
    }
    const char *text = tree_text(tree);
    double number = 0.0;
    bool known = text ? rate_from_text(text, &number) : tree_number(tree, &number);
    if (!known || !(number >= 1.0 && number <= rate_limit)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"%s\" must be a number of Hz from 1 to %g",
                        key, rate_limit);
    }
    *rate = number;
    return STATUS_OK;
}

Status field_object(const Tree *object, const char *key, const Tree **found,
                    Diagnostic *diagnostic) {
    *found = field_find(object, key);
    if (*found && !tree_is_object(*found)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"%s\" is %s instead of an object", key,
                        tree_kind(*found));
    }
    return STATUS_OK;
}

void field_text(const Tree *object, const char *key, char to[MODEL_TEXT]) {
    const char *text = tree_text(tree_member(object, key));
    if (!text) {
        return;
    }
    size_t length = strlen(text);
    if (length > MODEL_TEXT - 1) {
        length = MODEL_TEXT - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    for (size_t i = 0; i < length; i++) {
        to[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i];
    }
    to[length] = '\0';
}

void field_hint(const Tree *object, const char *key, double *value) {
    double number = 0.0;
    if (tree_number(tree_member(object, key), &number) && isfinite(number)) {
        *value = number;
    }
}
