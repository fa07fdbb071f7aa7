// SPDX-License-Identifier: ISC
#include "dsp/files/models/weights.h"

#include <math.h>

bool weights_has_count(const Tree *array, size_t count) {
    return tree_is_array(array) && tree_count(array) == count;
}

Status weights_wrong_count(const Place *place, const char *what, size_t expected,
                           const Tree *found) {
    if (!tree_is_array(found)) {
        return diagnose(place->diagnostic, STATUS_BAD_MODEL,
                        "%s, %s: an array of %zu %s expected, %s found", place->owner, place->array,
                        expected, what, tree_kind(found));
    }
    return diagnose(place->diagnostic, STATUS_BAD_MODEL, "%s, %s: %zu %s expected, %zu found",
                    place->owner, place->array, expected, what, tree_count(found));
}

Status weights_read(const Place *place, const Tree *tree, size_t number, float *value) {
    double exact = 0.0;
    if (!tree_number(tree, &exact)) {
        return diagnose(place->diagnostic, STATUS_BAD_MODEL,
                        "%s, %s: item %zu is %s instead of a number", place->owner, place->array,
                        number, tree_kind(tree));
    }
    *value = (float)exact;
    if (!isfinite(*value)) {
        return diagnose(place->diagnostic, STATUS_BAD_MODEL, "%s, %s: item %zu (%g) is too large",
                        place->owner, place->array, number, exact);
    }
    return STATUS_OK;
}

Status weights_read_row(const Place *place, const Tree *row, float *values, size_t count,
                        size_t stride) {
    if (!weights_has_count(row, count)) {
        return weights_wrong_count(place, "numbers", count, row);
    }
    for (size_t i = 0; i < count; i++) {
        Status status = weights_read(place, tree_item(row, i), i + 1, &values[i * stride]);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

Status weights_read_matrix(const Place *place, const Tree *matrix, float *values, size_t rows,
                           size_t columns, size_t row_stride, size_t column_stride) {
    if (!weights_has_count(matrix, rows)) {
        return weights_wrong_count(place, "rows", rows, matrix);
    }
    for (size_t i = 0; i < rows; i++) {
        Status status = weights_read_row(place, tree_item(matrix, i), values + i * row_stride,
                                         columns, column_stride);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

void weights_swap(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float value = values[i];
        values[i] = values[count + i];
        values[count + i] = value;
    }
}
