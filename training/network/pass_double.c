// SPDX-License-Identifier: ISC
// The same body in double precision with libm's activations: the gradient test's reference.
#define PASS_NAME pass_double
#define PASS_ISA ISA_SCALAR
#define DOUBLE
#define LANES 2
#define TILE 12
#define GRAD_ROWS 3
#define GRAD_ROWS_EVEN 2
#include "training/network/pass_body.h"
