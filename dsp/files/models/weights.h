// SPDX-License-Identifier: ISC
// Arrays of numbers in model files: every count is checked, every number is finite as a float, and
// what is wrong is told with its place.
#ifndef GRUFF_DSP_FILES_MODELS_WEIGHTS_H
#define GRUFF_DSP_FILES_MODELS_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/files/models/tree.h"

// What is being read, for diagnostics: "layer 2 (gru)", "recurrent kernel".
typedef struct Place {
    char owner[48];
    const char *array;
    Diagnostic *diagnostic;
} Place;

// Whether `array` is one of `count` items.
bool weights_has_count(const Tree *array, size_t count);

// STATUS_BAD_MODEL with what was expected and what was found.
Status weights_wrong_count(const Place *place, const char *what, size_t expected,
                           const Tree *found);

// Reads one number.
Status weights_read(const Place *place, const Tree *tree, size_t number, float *value);

// Reads `count` numbers into values[0], values[stride], ...
Status weights_read_row(const Place *place, const Tree *row, float *values, size_t count,
                        size_t stride);

// Reads [rows][columns] into values[row * row_stride + column * column_stride].
Status weights_read_matrix(const Place *place, const Tree *matrix, float *values, size_t rows,
                           size_t columns, size_t row_stride, size_t column_stride);

// Swaps the first `count` values with the next `count`.
void weights_swap(float *values, size_t count);

#endif
