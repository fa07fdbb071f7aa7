// SPDX-License-Identifier: ISC
// Matrix products of the training kernels, in tiles whose sums stay in registers. The including
// file sets TILE (outputs of a transposed tile), GRAD_ROWS (rows of an outer-product tile where
// they divide the matrix's) and GRAD_ROWS_EVEN (where they do not).
#ifndef GRUFF_TRAINING_NETWORK_PASS_TILES_H
#define GRUFF_TRAINING_NETWORK_PASS_TILES_H

#include <stddef.h>

#include "training/network/vector.h"

enum { GRAD_COLUMNS = 4, GRAD_ROWS_MOST = GRAD_ROWS > GRAD_ROWS_EVEN ? GRAD_ROWS : GRAD_ROWS_EVEN };

// Adds the product of a tile's weights [columns][count] with x[columns] to its sums.
INLINE void tile_product(Vector *sums, const Real *w, const Vector *x, int columns,
                         const int count) {
    for (int k = 0; k < columns; k++, w += count) {
        Vector value = x[k];
        UNROLL for (int i = 0; i < count; i++) {
            sums[i] += w[i] * value;
        }
    }
}

// ---- Transposed products: from the deltas of rows back to columns ----

// Columns of tile `tile` when `padded` columns are shared out evenly over tiles of TILE at most.
static int tile_width(int padded, int tile) {
    int quads = padded / 4;
    int tiles = (padded + TILE - 1) / TILE;
    return 4 * (quads / tiles + (tile < quads % tiles));
}

INLINE void transposed_tile(const Real *w, const Vector *deltas, int rows, const Vector *start,
                            const Vector *mask, Vector *out, const int width) {
    Vector sums[TILE];
    UNROLL for (int c = 0; c < width; c++) {
        sums[c] = start && !mask ? start[c] : splat(0);
    }
    for (int row = 0; row < rows; row++, w += width) {
        Vector delta = deltas[row];
        UNROLL for (int c = 0; c < width; c++) {
            sums[c] += w[c] * delta;
        }
    }
    UNROLL for (int c = 0; c < width; c++) {
        out[c] = mask ? (start ? start[c] : splat(0)) + mask[c] * sums[c] : sums[c];
    }
}

// out[padded] = start[padded] + mask[padded] * W^T deltas[rows]; NULL: no start, no mask. W is
// packed tile by tile, in a tile row by row.
static void transposed_product(const Real *w, const Vector *deltas, int rows, const Vector *start,
                               const Vector *mask, Vector *out, int padded) {
    for (int tile = 0, first = 0; first < padded; first += tile_width(padded, tile++)) {
        const Real *weights = w + first * rows;
        const Vector *from = start ? start + first : NULL, *by = mask ? mask + first : NULL;
        switch (tile_width(padded, tile)) {
        case 4:
            transposed_tile(weights, deltas, rows, from, by, out + first, 4);
            break;
        case 8:
            transposed_tile(weights, deltas, rows, from, by, out + first, 8);
            break;
        case 12:
            transposed_tile(weights, deltas, rows, from, by, out + first, 12);
            break;
#if TILE >= 24
        case 16:
            transposed_tile(weights, deltas, rows, from, by, out + first, 16);
            break;
        case 20:
            transposed_tile(weights, deltas, rows, from, by, out + first, 20);
            break;
        case 24:
            transposed_tile(weights, deltas, rows, from, by, out + first, 24);
            break;
#endif
        default:
            break;
        }
    }
}

// ---- Outer products: gradients of weights ----

// Rows of a tile for a matrix of `rows` rows.
static int outer_rows(int rows) {
    return rows % GRAD_ROWS ? GRAD_ROWS_EVEN : GRAD_ROWS;
}

INLINE void outer_tile(Vector *tile, const Vector *delta, size_t delta_stride, const Vector *state,
                       size_t state_stride, int frames, const int rows) {
    Vector sums[GRAD_ROWS_MOST][GRAD_COLUMNS];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < GRAD_COLUMNS; k++) {
            sums[i][k] = tile[i * GRAD_COLUMNS + k];
        }
    }
    for (int t = 0; t < frames; t++, delta += delta_stride, state += state_stride) {
        UNROLL for (int k = 0; k < GRAD_COLUMNS; k++) {
            Vector h = state[k];
            UNROLL for (int i = 0; i < rows; i++) {
                sums[i][k] += delta[i] * h;
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < GRAD_COLUMNS; k++) {
            tile[i * GRAD_COLUMNS + k] = sums[i][k];
        }
    }
}

// Adds the outer products of `frames` steps' deltas[rows] and states[columns] to tiles[rows *
// columns]; both are multiples of four.
static void outer_products(Vector *tiles, const Vector *deltas, size_t delta_stride, int rows,
                           const Vector *states, size_t state_stride, int columns, int frames) {
    const int height = outer_rows(rows);
    for (int column = 0; column < columns; column += GRAD_COLUMNS) {
        for (int row = 0; row < rows; row += height, tiles += height * GRAD_COLUMNS) {
            const Vector *delta = deltas + row, *state = states + column;
            if (height == GRAD_ROWS) {
                outer_tile(tiles, delta, delta_stride, state, state_stride, frames, GRAD_ROWS);
            } else {
                outer_tile(tiles, delta, delta_stride, state, state_stride, frames, GRAD_ROWS_EVEN);
            }
        }
    }
}

// The sum for (row, column) in what outer_products filled.
static double outer_sum(const Vector *tiles, int rows, int row, int column) {
    const int height = outer_rows(rows);
    int tile = column / GRAD_COLUMNS * (rows / height) + row / height;
    int place = row % height * GRAD_COLUMNS + column % GRAD_COLUMNS;
    return lane_sum(tiles[tile * height * GRAD_COLUMNS + place]);
}

// Adds to sums[rows][2] what `frames` steps' deltas give times x[t], and times one.
static void row_sums(Vector *sums, const Vector *deltas, size_t delta_stride, int rows,
                     const Vector *x, int frames) {
    for (int row = 0; row < rows; row += 4, sums += 8) {
        Vector by_x[4], by_one[4];
        UNROLL for (int i = 0; i < 4; i++) {
            by_x[i] = sums[2 * i];
            by_one[i] = sums[2 * i + 1];
        }
        const Vector *delta = deltas + row;
        for (int t = 0; t < frames; t++, delta += delta_stride) {
            UNROLL for (int i = 0; i < 4; i++) {
                by_x[i] += delta[i] * x[t];
                by_one[i] += delta[i];
            }
        }
        UNROLL for (int i = 0; i < 4; i++) {
            sums[2 * i] = by_x[i];
            sums[2 * i + 1] = by_one[i];
        }
    }
}

#endif
