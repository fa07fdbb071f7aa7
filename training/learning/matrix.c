// SPDX-License-Identifier: ISC
#include "training/learning/matrix.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { LANES = 8 }; // sums side by side

static size_t area(int rows, int columns) {
    return (size_t)rows * (size_t)columns;
}

void matrix_identity(double *a, int side) {
    memset(a, 0, area(side, side) * sizeof(double));
    for (int i = 0; i < side; i++) {
        a[area(i, side) + (size_t)i] = 1.0;
    }
}

void matrix_transpose(double *restrict to, const double *restrict from, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            to[area(j, rows) + (size_t)i] = from[area(i, columns) + (size_t)j];
        }
    }
}

void matrix_multiply(double *restrict c, const double *restrict a, const double *restrict b,
                     int rows, int inner, int columns) {
    memset(c, 0, area(rows, columns) * sizeof(double));
    for (int i = 0; i < rows; i++) {
        double *restrict to = c + area(i, columns);
        for (int k = 0; k < inner; k++) {
            double factor = a[area(i, inner) + (size_t)k];
            const double *restrict from = b + area(k, columns);
            for (int j = 0; j < columns; j++) {
                to[j] += factor * from[j];
            }
        }
    }
}

static double dot(const double *restrict a, const double *restrict b, int count) {
    double sums[LANES] = {0.0};
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            sums[lane] += a[i + lane] * b[i + lane];
        }
    }
    double sum = 0.0;
    for (; i < count; i++) {
        sum += a[i] * b[i];
    }
    for (int lane = 0; lane < LANES; lane++) {
        sum += sums[lane];
    }
    return sum;
}

void matrix_orthonormalise(double *a, int side) {
    for (int i = 0; i < side; i++) {
        double *row = a + area(i, side);
        for (int pass = 0; pass < 2; pass++) {
            for (int k = 0; k < i; k++) {
                const double *other = a + area(k, side);
                double along = dot(row, other, side);
                for (int j = 0; j < side; j++) {
                    row[j] -= along * other[j];
                }
            }
            double scale = 1.0 / sqrt(dot(row, row, side));
            for (int j = 0; j < side; j++) {
                row[j] *= scale;
            }
        }
    }
}
