// SPDX-License-Identifier: ISC
#define PASS_NAME pass_avx512
#define PASS_ISA ISA_AVX512
#define LANES 16
#define TILE 24
#define GRAD_ROWS 6
#define GRAD_ROWS_EVEN 4
#include "training/network/pass_body.h"
