// SPDX-License-Identifier: ISC
// Every gradient against central differences of an independent reference in double precision, and
// the float kernels of every ISA of this machine against the double ones.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/memory.h"
#include "dsp/random.h"
#include "training/network.h"
#include "training/pass.h"

enum { WARM = 37, FRAMES = 75, LENGTH = WARM + FRAMES, MAX_HIDDEN = 48 };

typedef struct Case {
    Network network;
    LossScale scale;
    float input[PASS_MAX_LANES][LENGTH], target[PASS_MAX_LANES][LENGTH];
} Case;

static Case the_case;

static void make_case(Case *c, int hidden, bool skip, uint64_t seed) {
    Random random = {seed};
    assert_int_equal(network_init(&c->network, hidden, skip, NULL), STATUS_OK);
    network_randomise(&c->network, seed, 2.0);
    for (size_t i = 0; i < c->network.count; i++) {
        c->network.weights[i] += random_within(&random, 0.1); // no weight is zero
    }
    c->scale = (LossScale){0.3, 0.9, 0.7};
    for (int lane = 0; lane < PASS_MAX_LANES; lane++) {
        for (int t = 0; t < LENGTH; t++) {
            c->input[lane][t] = (float)(sin(0.1 * t * (lane + 1)) * random_uniform(&random));
            c->target[lane][t] = tanhf(2.0f * c->input[lane][t]) * 0.5f + 0.02f;
        }
    }
}

// One step of the network in plain loops; `h` is replaced. Gives y.
static double reference_step(const Network *n, double *h, double x) {
    double next[MAX_HIDDEN], y = n->head_bias[0] + (n->skip ? x : 0.0);
    int size = n->hidden;
    for (int j = 0; j < size; j++) {
        double product[3] = {0.0, 0.0, 0.0};
        for (int gate = 0; gate < 3; gate++) {
            for (int k = 0; k < size; k++) {
                product[gate] += n->recurrent_kernel[(gate * size + j) * size + k] * h[k];
            }
        }
        double z = 1.0 / (1.0 + exp(-(n->kernel[j] * x + n->bias[j] + product[0])));
        double r = 1.0 / (1.0 + exp(-(n->kernel[size + j] * x + n->bias[size + j] + product[1])));
        double c = tanh(n->kernel[2 * size + j] * x + n->bias[2 * size + j] +
                        r * (product[2] + n->recurrent_bias[j]));
        next[j] = (1.0 - z) * c + z * h[j];
        y += n->head[j] * next[j];
    }
    memcpy(h, next, (size_t)size * sizeof *h);
    return y;
}

// State and last error after the warm-up of one lane.
typedef struct Start {
    double h[MAX_HIDDEN], error;
} Start;

static Start reference_start(const Case *c, int lane) {
    Start start = {{0.0}, 0.0};
    for (int t = 0; t < WARM; t++) {
        start.error = reference_step(&c->network, start.h, c->input[lane][t]) - c->target[lane][t];
    }
    return start;
}

// The loss of the segment after the warm-up; what came before is a constant (truncation).
static double reference_loss(const Case *c, const Start *starts, int lanes) {
    double total = 0.0;
    for (int lane = 0; lane < lanes; lane++) {
        Start s = starts[lane];
        double squares = 0.0, emphasised = 0.0, sum = 0.0;
        for (int t = WARM; t < LENGTH; t++) {
            double e = reference_step(&c->network, s.h, c->input[lane][t]) - c->target[lane][t];
            double p = e - PASS_EMPHASIS * s.error;
            squares += e * e;
            emphasised += p * p;
            sum += e;
            s.error = e;
        }
        total += c->scale.plain * squares + c->scale.emphasised * emphasised +
                 c->scale.dc * sum * sum / FRAMES;
    }
    return total;
}

// Loss and gradient by the kernels; the segment is run as one.
static double kernel_gradient(const PassKernels *kernels, const Case *c, double *gradient) {
    PassWeights *weights = kernels->weights_new(c->network.hidden);
    Pass *pass = kernels->pass_new(c->network.hidden, c->network.skip, FRAMES);
    assert_non_null(weights);
    assert_non_null(pass);
    const float *input[PASS_MAX_LANES], *target[PASS_MAX_LANES];
    const float *later_input[PASS_MAX_LANES], *later_target[PASS_MAX_LANES];
    for (int lane = 0; lane < PASS_MAX_LANES; lane++) {
        input[lane] = c->input[lane];
        target[lane] = c->target[lane];
        later_input[lane] = input[lane] + WARM;
        later_target[lane] = target[lane] + WARM;
    }
    double loss = 0.0;
    for (int lane = 0; lane < PASS_MAX_LANES; lane += kernels->lanes) {
        kernels->weights_pack(weights, c->network.weights);
        kernels->reset(pass);
        kernels->warm(pass, weights, input + lane, target + lane, WARM);
        loss += kernels->train(pass, weights, &c->scale, later_input + lane, later_target + lane,
                               FRAMES);
    }
    memset(gradient, 0, c->network.count * sizeof *gradient);
    kernels->gradient(pass, gradient);
    kernels->pass_free(pass);
    kernels->weights_free(weights);
    return loss;
}

// Difference quotient of fourth order, so that neither truncation nor rounding blurs the sixth
// digit.
static double numeric_gradient(Case *c, const Start *starts, size_t i) {
    double *w = &c->network.weights[i], kept = *w, step = 1e-3, loss[4];
    const double at[4] = {-2.0, -1.0, 1.0, 2.0};
    for (int k = 0; k < 4; k++) {
        *w = kept + at[k] * step;
        loss[k] = reference_loss(c, starts, PASS_MAX_LANES);
    }
    *w = kept;
    return (loss[0] - 8.0 * loss[1] + 8.0 * loss[2] - loss[3]) / (12.0 * step);
}

static void check_numeric(int hidden, bool skip, uint64_t seed) {
    Case *c = &the_case;
    make_case(c, hidden, skip, seed);
    Start starts[PASS_MAX_LANES];
    for (int lane = 0; lane < PASS_MAX_LANES; lane++) {
        starts[lane] = reference_start(c, lane);
    }
    double *gradient = memory_new(c->network.count, sizeof *gradient);
    double loss = kernel_gradient(&pass_double, c, gradient);
    double expected = reference_loss(c, starts, PASS_MAX_LANES);
    assert_true(fabs(loss - expected) <= 1e-12 * expected);
    double worst = 0.0;
    for (size_t i = 0; i < c->network.count; i++) {
        double numeric = numeric_gradient(c, starts, i);
        double error = fabs(gradient[i] - numeric) / (fabs(numeric) + 1e-6 * expected);
        worst = error > worst ? error : worst;
    }
    printf("hidden %2d skip %d: %zu gradients, largest relative error %.2g\n", hidden, skip,
           c->network.count, worst);
    assert_true(worst < 1e-6);
    memory_free(gradient);
    network_clear(&c->network);
}

static void test_against_differences(void **state) {
    (void)state;
    check_numeric(1, true, 1);
    check_numeric(3, false, 2);
    check_numeric(8, true, 3);
    check_numeric(13, true, 4);
}

static void test_float_kernels(void **state) {
    (void)state;
    static const int sizes[] = {1, 2, 3, 4, 5, 8, 12, 16, 17, 20, 24, 28, 32, 40, 44, 48};
    for (Isa isa = ISA_SSE2; isa < ISA_COUNT; isa++) {
        double worst = 0.0;
        for (size_t s = 0; isa_available(isa) && s < sizeof sizes / sizeof *sizes; s++) {
            Case *c = &the_case;
            make_case(c, sizes[s], s % 2, 10 + s);
            size_t count = c->network.count;
            double *exact = memory_new(count, sizeof *exact);
            double *gradient = memory_new(count, sizeof *gradient);
            double loss = kernel_gradient(pass_kernels(isa), c, gradient);
            assert_true(fabs(loss / kernel_gradient(&pass_double, c, exact) - 1.0) < 1e-5);
            double error = 0.0, norm = 0.0;
            for (size_t i = 0; i < count; i++) {
                error += (gradient[i] - exact[i]) * (gradient[i] - exact[i]);
                norm += exact[i] * exact[i];
            }
            worst = fmax(worst, sqrt(error / norm));
            memory_free(exact);
            memory_free(gradient);
            network_clear(&c->network);
        }
        printf("%s: %s, largest relative gradient error %.2g\n", isa_name(isa),
               isa_available(isa) ? "checked" : "skipped, not available here", worst);
        assert_true(worst < 1e-5);
    }
}

// Carrying the state from segment to segment must not change what the forward pass computes.
static void test_carried_state(void **state) {
    (void)state;
    Case *c = &the_case;
    make_case(c, 6, true, 99);
    double *gradient = memory_new(c->network.count, sizeof *gradient);
    c->scale = (LossScale){0.3, 0.9, 0.0}; // the DC term alone depends on where segments end
    double whole = kernel_gradient(&pass_double, c, gradient);
    PassWeights *weights = pass_double.weights_new(6);
    Pass *pass = pass_double.pass_new(6, true, FRAMES);
    pass_double.weights_pack(weights, c->network.weights);
    double parts = 0.0;
    for (int lane = 0; lane < PASS_MAX_LANES; lane += pass_double.lanes) {
        pass_double.reset(pass);
        for (int begin = 0, frames = WARM; begin < LENGTH; begin += frames, frames = 25) {
            const float *input[PASS_MAX_LANES], *target[PASS_MAX_LANES];
            for (int i = 0; i < pass_double.lanes; i++) {
                input[i] = c->input[lane + i] + begin;
                target[i] = c->target[lane + i] + begin;
            }
            if (begin == 0) {
                pass_double.warm(pass, weights, input, target, frames);
            } else {
                parts += pass_double.train(pass, weights, &c->scale, input, target, frames);
            }
        }
    }
    assert_true(fabs(parts / whole - 1.0) < 1e-12);
    pass_double.pass_free(pass);
    pass_double.weights_free(weights);
    memory_free(gradient);
    network_clear(&c->network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_differences),
        cmocka_unit_test(test_float_kernels),
        cmocka_unit_test(test_carried_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
