// SPDX-License-Identifier: ISC
#define PASS_NAME pass_sse2
#define PASS_ISA ISA_SSE2
#define LANES 4
#define TILE 12
#define GRAD_ROWS 3
#define GRAD_ROWS_EVEN 2
#include "training/network/pass_body.h"
