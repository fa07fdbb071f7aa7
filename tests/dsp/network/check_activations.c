// SPDX-License-Identifier: ISC
// Holds tanh and sigmoid of every ISA of this machine, exact and fast, against libm: through dense
// layers with the weight 1. Usage: check_activations [--quick]
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dsp/network/isa_choice.h"
#include "dsp/network/kernels/find.h"
#include "dsp/network/kernels/kernels.h"
#include "tests/rig/check.h"
#include "tests/rig/largest.h"

enum { SWEEP = 1 << 12 };

// Applies an activation of `isa` to `count` values, SWEEP at most.
static void apply(const Kernels *kernels, Activation activation, float *out, const float *in,
                  int count) {
    static _Alignas(64) float weight[64];
    static _Alignas(64) float bias[64];
    static _Alignas(64) float rows[SWEEP * 16];
    weight[0] = 1.0f;
    DenseJob job = {.weights = weight,
                    .bias = bias,
                    .inputs = 1,
                    .outputs = kernels->lanes,
                    .activation = activation,
                    .in = in,
                    .out = rows,
                    .in_stride = 1,
                    .out_stride = (size_t)kernels->lanes,
                    .frames = count};
    kernels->dense(&job);
    for (int i = 0; i < count; i++) {
        out[i] = rows[i * kernels->lanes];
    }
}

// Bounds: activations.h states them.
static double tanh_bound(Isa isa, bool fast) {
    if (fast) {
        return isa == ISA_AVX512 ? 1.2e-4 : 5e-5;
    }
    return isa == ISA_SSE2 ? 3.5e-7 : 3e-7;
}

static double sigmoid_bound(Isa isa, bool fast) {
    return !fast ? 3e-7 : isa == ISA_AVX512 ? 1.5e-4 : 1e-4;
}

static void check_activations(Isa isa, bool fast, int steps) {
    const Kernels *kernels = kernels_find(isa, fast);
    double tanh_error = 0.0;
    double sigmoid_error = 0.0; // relative, beyond what the rounding of the argument allows
    float in[SWEEP];
    float out[SWEEP];
    for (int step = 0; step < steps; step++) {
        // Half of the steps sweep -10 .. 10, the others go over all magnitudes.
        for (int i = 0; i < SWEEP; i++) {
            double position = ((double)step + (double)i / SWEEP) / steps;
            in[i] = i % 2 ? (float)(20.0 * position - 10.0)
                          : (float)copysign(exp(200.0 * position - 110.0), i % 4 ? 1.0 : -1.0);
        }
        apply(kernels, ACTIVATION_TANH, out, in, SWEEP);
        for (int i = 0; i < SWEEP; i++) {
            tanh_error = largest_of(tanh_error, fabs((double)out[i] - tanh((double)in[i])));
            check(fabs((double)out[i]) <= 1.0 + tanh_bound(isa, fast), "%s: tanh(%g) = %g",
                  isa_name(isa), (double)in[i], (double)out[i]);
        }
        apply(kernels, ACTIVATION_SIGMOID, out, in, SWEEP);
        for (int i = 0; i < SWEEP; i++) {
            double x = (double)in[i];
            if (x < -85.0) {
                check(out[i] >= 0.0f && out[i] < 1e-36f, "%s: sigmoid(%g) = %g", isa_name(isa), x,
                      (double)out[i]);
                continue;
            }
            double exact = 1.0 / (1.0 + exp(-x));
            double error = fabs((double)out[i] / exact - 1.0) - 1.2e-7 * (x < 0.0 ? -x : 0.0);
            sigmoid_error = largest_of(sigmoid_error, error);
        }
    }
    printf("%-7s%s tanh error %.2g, sigmoid relative error %.2g\n", isa_name(isa),
           fast ? " fast" : "", tanh_error, sigmoid_error);
    check(tanh_error < tanh_bound(isa, fast), "%s: tanh error %.3g", isa_name(isa), tanh_error);
    check(sigmoid_error < sigmoid_bound(isa, fast), "%s: sigmoid relative error %.3g",
          isa_name(isa), sigmoid_error);
}

int main(int argc, char **argv) {
    int steps = argc > 1 && strcmp(argv[1], "--quick") == 0 ? 20 : 200;
    for (int isa = ISA_SCALAR + 1; isa < ISA_COUNT; isa++) {
        if (isa_available((Isa)isa)) {
            check_activations((Isa)isa, false, steps);
            check_activations((Isa)isa, true, steps);
        } else {
            printf("%-7s not on this machine\n", isa_name((Isa)isa));
        }
    }
    return check_report();
}
