// SPDX-License-Identifier: ISC
#define PASS_NAME pass_neon
#define PASS_ISA ISA_NEON
#define LANES 4
#define TILE 24
#define GRAD_ROWS 6
#define GRAD_ROWS_EVEN 4
#include "training/network/pass_body.h"
