// SPDX-License-Identifier: ISC
// Puts a model's weights in the order in which the kernels of an ISA read them. Counts are in
// numbers of that ISA; the destination is zeroed memory, aligned to MEMORY_ALIGNMENT.
#ifndef GRUFF_DSP_NETWORK_KERNELS_PACK_H
#define GRUFF_DSP_NETWORK_KERNELS_PACK_H

#include "dsp/network/kernels/kernels.h"

// `count` rounded up to whole vectors.
int pack_padded(int count, int lanes);

// Writes number `index` of an array of numbers; `count` of them, from number `first` on.
void pack_put(const Kernels *kernels, void *numbers, size_t index, double value) REALTIME;
void pack_put_all(const Kernels *kernels, void *numbers, size_t first, const double *values,
                  size_t count) REALTIME;

// Numbers of the packed recurrent weights of a layer, and those themselves.
size_t pack_recurrent_count(const CellLayout *layout, const Layer *layer);
void pack_recurrent(const Kernels *kernels, void *weights, const CellLayout *layout,
                    const Layer *layer);

// Weights of input `input` of a recurrent layer, or (input < 0) its bias, as a scaled row for each
// gate. The two biases are merged, but not those of c of a LAYER_GRU. To doubles, since knobs are
// added to them.
void pack_cell_input(double *rows, const CellLayout *layout, const Layer *layer, int input);

// The recurrent bias of c of a LAYER_GRU: a row.
void pack_recurrent_bias(const Kernels *kernels, void *row, const CellLayout *layout,
                         const Layer *layer);

// Packs the kernel of a dense layer for DenseJob: columns[input][output], outputs padded.
void pack_dense(const Kernels *kernels, void *packed, const double *columns, int inputs,
                int outputs);

#endif
