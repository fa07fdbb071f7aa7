// SPDX-License-Identifier: ISC
// The little linear algebra of the optimiser: dense matrices of doubles, row after row. Sums are
// taken in a fixed order, so the same bytes come out on every machine.
#ifndef GRUFF_TRAINING_LEARNING_MATRIX_H
#define GRUFF_TRAINING_LEARNING_MATRIX_H

void matrix_identity(double *a, int side);

// to[columns][rows] = from[rows][columns]^T
void matrix_transpose(double *restrict to, const double *restrict from, int rows, int columns);

// c[rows][columns] = a[rows][inner] b[inner][columns]
void matrix_multiply(double *restrict c, const double *restrict a, const double *restrict b,
                     int rows, int inner, int columns);

// Makes the rows of a[side][side] orthonormal, the first rows' directions first (modified
// Gram-Schmidt, twice: Björck 1994). No row may depend on the others to within rounding.
void matrix_orthonormalise(double *a, int side);

#endif
