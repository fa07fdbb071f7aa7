// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_neon.h"

#include "dsp/network/kernels/dense_body.h"
#include "dsp/network/kernels/tables.h"

// Accumulators of a general kernel.
#define GENERAL_REGISTERS 24
#define GRU_KERNELS(KERNEL) // the general kernels do for all sizes

#include "dsp/network/kernels/gru_table.h"

#define LSTM_KERNELS(KERNEL)
#define RESET_BEFORE_KERNELS(KERNEL)

#include "dsp/network/kernels/cell_table.h"

static GruKernel gru(int hidden, int channels) {
    GruKernel kernel = special_gru(hidden, channels);
    return kernel.run ? kernel : general_gru(hidden, channels);
}

const Kernels KERNELS(neon) = {
    .isa = ISA_NEON,
    .fast = KERNELS_FAST,
    .number = sizeof(float),
    .lanes = LANES,
    .gru = gru,
    .reset_before = reset_before,
    .lstm = lstm,
    .dense = dense,
};
