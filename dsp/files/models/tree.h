// SPDX-License-Identifier: ISC
// JSON as a tree of values: the only module that knows jansson. Never the audio thread.
#ifndef GRUFF_DSP_FILES_MODELS_TREE_H
#define GRUFF_DSP_FILES_MODELS_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"

enum { TREE_MAX_DEPTH = 64 };

// One value: object, array, text, number, true, false or null. Functions that read take NULL as
// "not there" and answer the same.
typedef struct Tree Tree;

// ---- Reading ----

// Parses `length` bytes; `name` stands for the file in the diagnostic, which tells line and column.
// On success the caller owns *tree, which must be an object or an array.
Status tree_parse(Tree **tree, const char *text, size_t length, const char *name,
                  Diagnostic *diagnostic);

// NULL is fine. Only for what tree_parse or tree_object gave and tree_put did not take.
void tree_free(Tree *tree);

// "an object", "a number", ...; "nothing" for NULL.
const char *tree_kind(const Tree *tree);

bool tree_is_object(const Tree *tree);
bool tree_is_array(const Tree *tree);
bool tree_is_null(const Tree *tree);

// A member or an item, owned by the tree; NULL when there is none.
const Tree *tree_member(const Tree *object, const char *key);
const Tree *tree_item(const Tree *array, size_t index);

// Number of items of an array, 0 for anything else.
size_t tree_count(const Tree *array);

// A number (true and false count as 1 and 0); false when the value is anything else.
bool tree_number(const Tree *tree, double *value);

// UTF-8 text, owned by the tree; NULL when the value is anything else.
const char *tree_text(const Tree *tree);

// ---- Building ----

// New empty values; NULL when memory is short.
Tree *tree_object(void);
Tree *tree_array(void);

// Sets a member, or appends to an array when `key` is NULL. False when memory is short, `to` or
// `child` is NULL, a number is not finite or a text is not UTF-8. tree_put takes `child` in any
// case.
bool tree_put(Tree *to, const char *key, Tree *child);
bool tree_put_number(Tree *to, const char *key, double value);
bool tree_put_integer(Tree *to, const char *key, long long value);
bool tree_put_bool(Tree *to, const char *key, bool value);
bool tree_put_text(Tree *to, const char *key, const char *value);
bool tree_put_null(Tree *to, const char *key);

// As tree_put_number; null for what is not finite.
bool tree_put_finite(Tree *to, const char *key, double value);

// As tree_put_number, in the shortest form from which the same float is read again.
bool tree_put_float(Tree *to, const char *key, float value);

// `tree` when it is whole; else NULL, and it is freed. For the end of a function that builds one.
Tree *tree_if_whole(Tree *tree, bool whole);

// The tree as text that ends in a newline; members keep their order, numbers have up to 9 digits.
// Free it with memory_free. NULL when memory is short.
char *tree_print(const Tree *tree);

#endif
