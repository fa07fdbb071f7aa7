// SPDX-License-Identifier: ISC
#include "dsp/files/models/tree.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/memory.h"

enum { REAL_DIGITS = 9 }; // enough for every float

// A Tree is a json_t under a name that keeps jansson out of other files.
static json_t *value_of(const Tree *tree) {
    return (json_t *)tree;
}

static Tree *tree_of(json_t *value) {
    return (Tree *)value;
}

static size_t count_space(const char *text, size_t length) {
    size_t i = 0;
    while (i < length &&
           (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n')) {
        i++;
    }
    return i;
}

// jansson descends by recursion as deep as the text says; threads of hosts have small stacks.
static Status check_depth(const char *text, size_t length, const char *name,
                          Diagnostic *diagnostic) {
    size_t start = count_space(text, length);
    if (start == length || (text[start] != '{' && text[start] != '[')) {
        return STATUS_OK; // the parser will say what it is not
    }
    int depth = 0, line = 1;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '\n') {
            line++;
        }
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[' || c == '{') {
            if (++depth > TREE_MAX_DEPTH) {
                return diagnose(diagnostic, STATUS_BAD_MODEL,
                                "%s: line %d: values are nested more than %d deep", name, line,
                                TREE_MAX_DEPTH);
            }
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return STATUS_OK;
}

Status tree_parse(Tree **tree, const char *text, size_t length, const char *name,
                  Diagnostic *diagnostic) {
    *tree = NULL;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { // byte order mark
        text += 3;
        length -= 3;
    }
    Status status = check_depth(text, length, name, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    json_error_t error;
    json_t *root = json_loadb(length > 0 ? text : "", length, 0, &error);
    if (root) {
        *tree = tree_of(root);
        return STATUS_OK;
    }
    // jansson does not always say that memory was short; it never fails without a word otherwise.
    if (json_error_code(&error) == json_error_out_of_memory || !*error.text) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory to read it", name);
    }
    return diagnose(diagnostic, STATUS_BAD_MODEL, "%s: line %d, column %d: not JSON: %s", name,
                    error.line, error.column, error.text);
}

void tree_free(Tree *tree) {
    json_decref(value_of(tree));
}

const char *tree_kind(const Tree *tree) {
    if (!tree) {
        return "nothing";
    }
    switch (json_typeof(value_of(tree))) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    default:
        return "null";
    }
}

bool tree_is_object(const Tree *tree) {
    return json_is_object(value_of(tree));
}

bool tree_is_array(const Tree *tree) {
    return json_is_array(value_of(tree));
}

bool tree_is_null(const Tree *tree) {
    return json_is_null(value_of(tree));
}

const Tree *tree_member(const Tree *object, const char *key) {
    return tree_of(json_object_get(value_of(object), key));
}

const Tree *tree_item(const Tree *array, size_t index) {
    return tree_of(json_array_get(value_of(array), index));
}

size_t tree_count(const Tree *array) {
    return json_array_size(value_of(array));
}

bool tree_number(const Tree *tree, double *value) {
    const json_t *json = value_of(tree);
    if (json_is_boolean(json)) {
        *value = json_is_true(json) ? 1.0 : 0.0;
        return true;
    }
    if (!json_is_number(json)) {
        return false;
    }
    *value = json_number_value(json);
    return true;
}

const char *tree_text(const Tree *tree) {
    return json_string_value(value_of(tree));
}

Tree *tree_object(void) {
    return tree_of(json_object());
}

Tree *tree_array(void) {
    return tree_of(json_array());
}

bool tree_put(Tree *to, const char *key, Tree *child) {
    json_t *value = value_of(child); // both calls take it, and refuse NULL
    return key ? json_object_set_new(value_of(to), key, value) == 0
               : json_array_append_new(value_of(to), value) == 0;
}

bool tree_put_number(Tree *to, const char *key, double value) {
    return tree_put(to, key, tree_of(json_real(value)));
}

bool tree_put_integer(Tree *to, const char *key, long long value) {
    return tree_put(to, key, tree_of(json_integer(value)));
}

bool tree_put_bool(Tree *to, const char *key, bool value) {
    return tree_put(to, key, tree_of(json_boolean(value)));
}

bool tree_put_text(Tree *to, const char *key, const char *value) {
    return tree_put(to, key, tree_of(json_string(value)));
}

bool tree_put_null(Tree *to, const char *key) {
    return tree_put(to, key, tree_of(json_null()));
}

// 0.1f is 0.100000001 in nine digits, but the double 0.1 prints as 0.1 and reads as the same float.
bool tree_put_finite(Tree *to, const char *key, double value) {
    return isfinite(value) ? tree_put_number(to, key, value) : tree_put_null(to, key);
}

bool tree_put_float(Tree *to, const char *key, float value) {
    for (int digits = 1; digits <= REAL_DIGITS; digits++) {
        char text[40];
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        double shorter = strtod(text, NULL); // the locale's decimal point both ways
        if ((float)shorter == value) {
            return tree_put_number(to, key, shorter);
        }
    }
    return tree_put_number(to, key, (double)value);
}

Tree *tree_if_whole(Tree *tree, bool whole) {
    if (!whole) {
        tree_free(tree);
        return NULL;
    }
    return tree;
}

char *tree_print(const Tree *tree) {
    char *text = json_dumps(value_of(tree), JSON_REAL_PRECISION(REAL_DIGITS));
    size_t length = text ? strlen(text) : 0;
    char *line = text ? memory_new(length + 2, 1) : NULL;
    if (line) {
        memcpy(line, text, length);
        line[length] = '\n';
    }
    free(text);
    return line;
}
