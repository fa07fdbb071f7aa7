// SPDX-License-Identifier: ISC
// Every gradient against central differences of an independent reference in double precision, and
// the float kernels of every ISA of this machine against the double ones.
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/random.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/reference_network.h"
#include "training/network/network.h"
#include "training/network/pass.h"
#include "training/network/spectral.h"

enum { WARM = 37, FRAMES = 75, LENGTH = WARM + FRAMES };

typedef struct Case {
    Network network;
    int lanes; // sequences
    LossScale scale;
    float input[PASS_MAX_LANES][LENGTH], target[PASS_MAX_LANES][LENGTH];
    float knobs[PASS_MAX_LANES][MODEL_MAX_KNOBS];
} Case;

static Case the_case;

static void make_case(Case *c, NetworkShape shape, int lanes, uint64_t seed) {
    c->lanes = lanes;
    Random random = {seed};
    assert_int_equal(network_init(&c->network, &shape, NULL), STATUS_OK);
    network_randomise(&c->network, seed, 2.0);
    for (size_t i = 0; i < c->network.count; i++) {
        c->network.weights[i] += random_within(&random, 0.1); // no weight is zero
    }
    c->scale = (LossScale){.plain = 0.3, .dc = 0.7, .filters = 2, .factor = {0.9, 0.6}};
    c->scale.filter[0] = loss_emphasis();
    c->scale.filter[1] = loss_a_weighting(4000.0);
    for (int lane = 0; lane < PASS_MAX_LANES; lane++) {
        for (int k = 0; k < MODEL_MAX_KNOBS; k++) {
            c->knobs[lane][k] = (float)random_uniform(&random);
        }
        for (int t = 0; t < LENGTH; t++) {
            c->input[lane][t] = (float)(sin(0.1 * t * (lane + 1)) * random_uniform(&random));
            c->target[lane][t] = tanhf(2.0f * c->input[lane][t]) * 0.5f + 0.02f;
        }
    }
}

// State and last error after the warm-up of one lane.
typedef struct Start {
    ReferenceState state;
    double filters[LOSS_FILTERS][LOSS_SECTIONS][2]; // input and output of each section
} Start;

// One step of filter `index` of the loss.
static double weighted_error(const Case *c, Start *s, int index, double e) {
    const LossFilter *filter = &c->scale.filter[index];
    for (int i = 0; i < filter->sections; i++) {
        double *before = s->filters[index][i];
        double y = filter->section[i].b0 * e + filter->section[i].b1 * before[0] +
                   filter->section[i].a * before[1];
        before[0] = e;
        before[1] = y;
        e = y;
    }
    return e;
}

static Start reference_start(const Case *c, int lane) {
    Start start = {0};
    for (int t = 0; t < WARM; t++) {
        double e = reference_step(&c->network, &start.state, (double)c->input[lane][t],
                                  c->knobs[lane]) -
                   (double)c->target[lane][t];
        for (int i = 0; i < c->scale.filters; i++) {
            weighted_error(c, &start, i, e);
        }
    }
    return start;
}

// The loss of the segment after the warm-up; what came before is a constant (truncation).
static double reference_loss(const Case *c, const Start *starts) {
    double total = 0.0;
    for (int lane = 0; lane < c->lanes; lane++) {
        Start s = starts[lane];
        double squares = 0.0, sum = 0.0;
        for (int t = WARM; t < LENGTH; t++) {
            double e = reference_step(&c->network, &s.state, (double)c->input[lane][t],
                                      c->knobs[lane]) -
                       (double)c->target[lane][t];
            squares += e * e;
            sum += e;
            for (int i = 0; i < c->scale.filters; i++) {
                double p = weighted_error(c, &s, i, e);
                total += c->scale.factor[i] * p * p;
            }
        }
        total += c->scale.plain * squares + c->scale.dc * sum * sum / FRAMES;
    }
    return total;
}

typedef struct Group {
    const float *knobs[PASS_MAX_LANES], *input[PASS_MAX_LANES], *target[PASS_MAX_LANES];
} Group;

// The lanes from `lane` on, their audio from `begin` on.
static Group group_at(const Case *c, int lane, int lanes, int begin) {
    Group group = {{NULL}, {NULL}, {NULL}};
    for (int i = 0; i < lanes; i++) {
        group.knobs[i] = c->knobs[lane + i];
        group.input[i] = c->input[lane + i] + begin;
        group.target[i] = c->target[lane + i] + begin;
    }
    return group;
}

// Loss and gradient by the kernels; the segment is run in stretches of `frames`.
static double kernel_gradient(const PassKernels *kernels, const Case *c, int frames,
                              Network *gradient) {
    PassWeights *weights = kernels->weights_new(&c->network.shape);
    Pass *pass = kernels->pass_new(&c->network.shape, FRAMES, false);
    assert_non_null(weights);
    assert_non_null(pass);
    assert_int_equal(network_init(gradient, &c->network.shape, NULL), STATUS_OK);
    kernels->weights_pack(weights, &c->network);
    double loss = 0.0;
    for (int lane = 0; lane < c->lanes; lane += kernels->lanes) {
        Group group = group_at(c, lane, kernels->lanes, 0);
        kernels->start(pass, group.knobs, NULL);
        kernels->warm(pass, weights, &c->scale, group.input, group.target, WARM);
        for (int begin = WARM; begin < LENGTH; begin += frames) {
            group = group_at(c, lane, kernels->lanes, begin);
            loss += kernels->train(pass, weights, &c->scale, group.input, group.target, frames);
        }
        kernels->gradient(pass, gradient);
    }
    kernels->pass_free(pass);
    kernels->weights_free(weights);
    return loss;
}

// From a fresh start without a warm-up: a warm-up's state would depend on the weights.
static double masked_gradient(const Case *c, const PassDropout *dropout, Network *gradient) {
    PassWeights *weights = pass_double.weights_new(&c->network.shape);
    Pass *pass = pass_double.pass_new(&c->network.shape, FRAMES, true);
    assert_non_null(weights);
    assert_non_null(pass);
    assert_int_equal(network_init(gradient, &c->network.shape, NULL), STATUS_OK);
    pass_double.weights_pack(weights, &c->network);
    double loss = 0.0;
    for (int lane = 0; lane < c->lanes; lane += pass_double.lanes) {
        Group group = group_at(c, lane, pass_double.lanes, 0);
        pass_double.start(pass, group.knobs, dropout);
        loss += pass_double.train(pass, weights, &c->scale, group.input, group.target, FRAMES);
        pass_double.gradient(pass, gradient);
    }
    pass_double.pass_free(pass);
    pass_double.weights_free(weights);
    return loss;
}

// Difference quotient of fourth order, so that neither truncation nor rounding blurs the sixth
// digit.
static double numeric_gradient(Case *c, const Start *starts, size_t i) {
    double *w = &c->network.weights[i], kept = *w, step = 1e-3, loss[4];
    const double at[4] = {-2.0, -1.0, 1.0, 2.0};
    for (int k = 0; k < 4; k++) {
        *w = kept + at[k] * step;
        loss[k] = reference_loss(c, starts);
    }
    *w = kept;
    return (loss[0] - 8.0 * loss[1] + 8.0 * loss[2] - loss[3]) / (12.0 * step);
}

static void check_numeric(NetworkShape shape, uint64_t seed) {
    Case *c = &the_case;
    make_case(c, shape, 4, seed);
    Start starts[PASS_MAX_LANES];
    for (int lane = 0; lane < PASS_MAX_LANES; lane++) {
        starts[lane] = reference_start(c, lane);
    }
    Network gradient;
    double loss = kernel_gradient(&pass_double, c, FRAMES, &gradient);
    double expected = reference_loss(c, starts);
    assert_true(fabs(loss - expected) <= 1e-12 * expected);
    double worst = 0.0;
    for (size_t i = 0; i < c->network.count; i++) {
        double numeric = numeric_gradient(c, starts, i);
        double error = fabs(gradient.weights[i] - numeric) / (fabs(numeric) + 1e-6 * expected);
        worst = error > worst ? error : worst;
    }
    printf("%s, %d x %d, %d knobs, %s: %zu gradients, largest relative error %.2g\n",
           layer_kind_title(shape.cell), shape.layers, shape.hidden, shape.knobs,
           shape.skip ? "skip" : "no skip", c->network.count, worst);
    assert_true(worst < 1e-6);
    network_clear(&gradient);
    network_clear(&c->network);
}

static void test_against_differences(void **state) {
    (void)state;
    each_small_network(check_numeric);
}

// Relative difference of the whole gradient between the kernels of `isa` and the double ones.
static double float_error(Isa isa, NetworkShape shape, uint64_t seed) {
    Case *c = &the_case;
    make_case(c, shape, PASS_MAX_LANES, seed);
    Network exact, gradient;
    double loss = kernel_gradient(pass_kernels(isa), c, FRAMES, &gradient);
    double exact_loss = kernel_gradient(&pass_double, c, FRAMES, &exact);
    assert_true(fabs(loss / exact_loss - 1.0) < 1e-5);
    double error = 0.0, norm = 0.0;
    for (size_t i = 0; i < exact.count; i++) {
        double difference = gradient.weights[i] - exact.weights[i];
        error += difference * difference;
        norm += exact.weights[i] * exact.weights[i];
    }
    network_clear(&exact);
    network_clear(&gradient);
    network_clear(&c->network);
    return sqrt(error / norm);
}

static void test_float_kernels(void **state) {
    (void)state;
    static const int sizes[] = {1, 2, 3, 4, 5, 8, 12, 16, 17, 20, 24, 28, 32, 40, 44, 48};
    for (Isa isa = ISA_SSE2; isa < ISA_COUNT; isa++) {
        double worst = 0.0;
        for (int i = 0; isa_available(isa) && i < 3 * 16; i++) {
            NetworkShape shape = {
                .cell = recurrent_cells[i % 3], .layers = 1, .hidden = sizes[i / 3]};
            shape.skip = i % 2;
            worst = fmax(worst, float_error(isa, shape, 10 + (uint64_t)i));
            if (shape.hidden < 20) {
                shape.layers = 2 + i % 2;
                shape.knobs = i % 4;
                worst = fmax(worst, float_error(isa, shape, 50 + (uint64_t)i));
            }
        }
        printf("%s: %s, largest relative gradient error %.2g\n", isa_name(isa),
               isa_available(isa) ? "checked" : "skipped, not available here", worst);
        assert_true(worst < 2e-5);
    }
}

// Carrying the state from segment to segment must not change what the forward pass computes.
static void test_carried_state(void **state) {
    (void)state;
    for (int cell = 0; cell < RECURRENT_CELLS; cell++) {
        Case *c = &the_case;
        make_case(
            c, (NetworkShape){.cell = recurrent_cells[cell], .layers = 2, .hidden = 6, .knobs = 1},
            4, 99);
        c->scale.dc = 0.0; // this term alone depends on where segments end
        Network gradient;
        double whole = kernel_gradient(&pass_double, c, FRAMES, &gradient);
        network_clear(&gradient);
        double parts = kernel_gradient(&pass_double, c, FRAMES / 3, &gradient);
        assert_true(fabs(parts / whole - 1.0) < 1e-12);
        network_clear(&gradient);
        network_clear(&c->network);
    }
}

// With masks the gradient must be that of the masked network: against central differences of the
// kernels' own loss, which the tests above hold to the reference.
static void test_dropout(void **state) {
    (void)state;
    const PassDropout dropout = {.recurrent = 0.3, .head = 0.4, .seed = 5};
    for (int cell = 0; cell < RECURRENT_CELLS; cell++) {
        Case *c = &the_case;
        make_case(c, (NetworkShape){.cell = recurrent_cells[cell], .layers = 2, .hidden = 7}, 4, 3);
        Network gradient, ignored;
        double loss = masked_gradient(c, &dropout, &gradient);
        double worst = 0.0;
        for (size_t i = 0; i < c->network.count; i++) {
            double *w = &c->network.weights[i], kept = *w, at[4];
            const double steps[4] = {-2e-3, -1e-3, 1e-3, 2e-3};
            for (int k = 0; k < 4; k++) {
                *w = kept + steps[k];
                at[k] = masked_gradient(c, &dropout, &ignored);
                network_clear(&ignored);
            }
            *w = kept;
            double numeric = (at[0] - 8.0 * at[1] + 8.0 * at[2] - at[3]) / 12e-3;
            worst = fmax(worst,
                         fabs(gradient.weights[i] - numeric) / (fabs(numeric) + 1e-6 * loss));
        }
        printf("%s with dropout: largest relative error %.2g\n",
               layer_kind_title(recurrent_cells[cell]), worst);
        assert_true(worst < 1e-6);
        Network plain;
        double without = kernel_gradient(&pass_double, c, FRAMES, &plain);
        assert_true(fabs(loss / without - 1.0) > 0.01); // the masks do something
        network_clear(&plain);
        network_clear(&gradient);
        network_clear(&c->network);
    }
}

enum { SPECTRAL_FRAMES = 1024 };

// The spectral loss by its definition: discrete Fourier sums in double precision.
static double reference_spectral(const double *output, const double *target, double energy) {
    double total = 0.0;
    for (int size = 256; size <= SPECTRAL_FRAMES; size *= 2) {
        int windows = (SPECTRAL_FRAMES - size) / (size / 4) + 1;
        double level = sqrt(energy * 0.375 * size); // of a Hann window
        double sum = 0.0;
        for (int i = 0; i < windows * (size / 2 + 1); i++) {
            int begin = i / (size / 2 + 1) * (size / 4), bin = i % (size / 2 + 1);
            double complex y = 0.0, t = 0.0;
            for (int n = 0; n < size; n++) {
                double window = 0.5 - 0.5 * cos(2.0 * M_PI * n / size);
                double complex turn = cexp(-2.0 * M_PI * I * (bin * n % size) / size);
                y += window * output[begin + n] * turn;
                t += window * target[begin + n] * turn;
            }
            double linear = (cabs(y) - cabs(t)) / level;
            double floor = 1e-3 * level;
            sum += linear * linear + fabs(log((cabs(y) + floor) / (cabs(t) + floor)));
        }
        total += sum / ((double)windows * (size / 2 + 1) * 3.0);
    }
    return total;
}

// The transforms are single precision, which sets the bound.
static void test_spectral_loss(void **state) {
    (void)state;
    static double output[SPECTRAL_FRAMES], target[SPECTRAL_FRAMES];
    static float y[SPECTRAL_FRAMES], t[SPECTRAL_FRAMES], gradient[SPECTRAL_FRAMES];
    Random random = {8};
    for (int i = 0; i < SPECTRAL_FRAMES; i++) {
        t[i] = 0.3f * sinf(0.05f * (float)i) + (float)random_within(&random, 0.03);
        y[i] = 0.4f * tanhf(2.0f * t[i]) + (float)random_within(&random, 0.03);
        target[i] = (double)t[i];
        output[i] = (double)y[i];
    }
    Spectral *spectral = NULL;
    assert_int_equal(spectral_new(&spectral, 0.04, NULL), STATUS_OK);
    double loss = spectral_loss(spectral, y, t, SPECTRAL_FRAMES, 1.0, gradient);
    assert_true(fabs(loss / reference_spectral(output, target, 0.04) - 1.0) < 1e-5);
    double error = 0.0, norm = 0.0;
    for (int i = 5; i < SPECTRAL_FRAMES; i += 101) {
        double kept = output[i], step = 1e-6;
        output[i] = kept + step;
        double above = reference_spectral(output, target, 0.04);
        output[i] = kept - step;
        double numeric = (above - reference_spectral(output, target, 0.04)) / (2.0 * step);
        output[i] = kept;
        error += ((double)gradient[i] - numeric) * ((double)gradient[i] - numeric);
        norm += numeric * numeric;
    }
    printf("spectral loss: relative gradient error %.2g\n", sqrt(error / norm));
    assert_true(sqrt(error / norm) < 1e-4);
    assert_true(spectral_loss(spectral, y, t, 100, 1.0, gradient) == 0.0); // too short for a window
    spectral_free(spectral);
}

// test_gradient [PATTERN]: the tests whose names match, all without one.
int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_differences), cmocka_unit_test(test_float_kernels),
        cmocka_unit_test(test_carried_state),       cmocka_unit_test(test_dropout),
        cmocka_unit_test(test_spectral_loss),
    };
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
