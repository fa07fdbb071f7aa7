// SPDX-License-Identifier: ISC
// The network before any training: which shapes there are, where its weights begin, that a Model of
// it plays what it is; and that each ISA has kernels of its own.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/reference_network.h"
#include "training/network/network.h"
#include "training/network/pass.h"

static Network network_of(LayerKind cell, int layers, int hidden, int knobs) {
    const NetworkShape shape = {
        .cell = cell, .layers = layers, .hidden = hidden, .knobs = knobs, .skip = true};
    Network network;
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    return network;
}

static void test_shapes(void **state) {
    (void)state;
    const NetworkShape good = {
        .cell = LAYER_LSTM, .layers = 3, .hidden = MODEL_MAX_HIDDEN, .knobs = MODEL_MAX_KNOBS};
    for (int i = 0; i < 7; i++) {
        NetworkShape shape = good;
        int *const fields[] = {&shape.hidden, &shape.layers, &shape.knobs};
        static const int wrong[][2] = {
            {0, MODEL_MAX_HIDDEN + 1}, {0, NETWORK_MAX_LAYERS + 1}, {-1, MODEL_MAX_KNOBS + 1}};
        Network network;
        if (i < 6) {
            *fields[i / 2] = wrong[i / 2][i % 2];
        }
        Status status = network_init(&network, &shape, NULL);
        assert_int_equal(status, i < 6 ? STATUS_BAD_ARGUMENT : STATUS_OK);
        assert_int_equal(network.weights != NULL, status == STATUS_OK);
        network_clear(&network);
        assert_null(network.weights);
    }
    Network network;
    memory_fail_after(0);
    assert_int_equal(network_init(&network, &good, NULL), STATUS_NO_MEMORY);
    memory_fail_after(-1);
    // Weights of two layers of 5 with one knob and a head: by hand.
    const int inputs = 2 + 5, hidden = 5;
    assert_int_equal(network_count(&(NetworkShape){LAYER_LSTM, 2, 5, 1, true}),
                     4 * hidden * (inputs + 2 * hidden + 2) + hidden + 1);
    assert_int_equal(network_count(&(NetworkShape){LAYER_GRU, 2, 5, 1, true}),
                     3 * hidden * (inputs + 2 * hidden + 2) + 2 * hidden + hidden + 1);
    assert_int_equal(network_count(&(NetworkShape){LAYER_GRU_RESET_BEFORE, 2, 5, 1, true}),
                     3 * hidden * (inputs + 2 * hidden + 2) + hidden + 1);
}

// Uniform between -bound and bound: so many come near both, and their mean square is a third of its
// square.
static void assert_uniform(const double *values, int count, int step, double bound) {
    double least = 0.0, most = 0.0, squares = 0.0;
    for (int i = 0; i < count; i++) {
        double value = values[i * step];
        least = fmin(least, value);
        most = fmax(most, value);
        squares += value * value / count;
    }
    assert_true(least >= -bound && least < -0.8 * bound && most <= bound && most > 0.8 * bound);
    assert_true(fabs(squares / (bound * bound / 3.0) - 1.0) < 0.25);
}

// U U^T = 1
static void assert_orthogonal(const double *u, int side) {
    for (int i = 0; i < side; i++) {
        for (int j = 0; j < side; j++) {
            double sum = 0.0;
            for (int k = 0; k < side; k++) {
                sum += u[i * side + k] * u[j * side + k];
            }
            assert_true(fabs(sum - (i == j)) < 1e-12);
        }
    }
}

static void check_layer(const Network *network, int index, int gates) {
    enum { HIDDEN = 40 };
    const NetworkLayer *layer = &network->layer[index];
    const double glorot = sqrt(6.0 / (layer->inputs + HIDDEN));
    if (index == 0) { // the audio's weights are four times as large, the knobs' are not
        assert_uniform(layer->kernel, gates * HIDDEN, layer->inputs, 4.0 * glorot);
        assert_uniform(layer->kernel + 1, gates * HIDDEN, layer->inputs, glorot);
    } else {
        assert_uniform(layer->kernel, gates * HIDDEN * HIDDEN, 1, glorot);
    }
    for (int gate = 0; gate < gates; gate++) {
        assert_orthogonal(layer->recurrent_kernel + (ptrdiff_t)gate * HIDDEN * HIDDEN, HIDDEN);
        // Gates in the model's order: z r c, or i f c o.
        bool remembers = gate == (network->shape.cell == LAYER_LSTM ? 1 : 0);
        for (int i = 0; i < HIDDEN; i++) {
            assert_true(layer->bias[gate * HIDDEN + i] == (remembers ? 1.0 : 0.0));
        }
    }
    assert_int_equal(layer->recurrent_bias != NULL, network->shape.cell == LAYER_GRU);
    for (int i = 0; layer->recurrent_bias && i < HIDDEN; i++) {
        assert_true(layer->recurrent_bias[i] == 0.0);
    }
}

static void test_initial_weights(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        Network one = network_of(recurrent_cells[i], 2, 40, 1),
                other = network_of(recurrent_cells[i], 2, 40, 1);
        for (size_t k = 0; k < one.count; k++) {
            one.weights[k] = 99.0; // nothing stays
        }
        network_randomise(&one, 3, 4.0);
        check_layer(&one, 0, recurrent_cells[i] == LAYER_LSTM ? 4 : 3);
        check_layer(&one, 1, recurrent_cells[i] == LAYER_LSTM ? 4 : 3);
        assert_uniform(one.head, 40, 1, 0.5 * sqrt(6.0 / 41.0));
        assert_true(*one.head_bias == 0.0);
        network_randomise(&other, 3, 4.0);
        assert_memory_equal(one.weights, other.weights, one.count * sizeof(double));
        network_randomise(&other, 4, 4.0);
        assert_true(one.weights[0] != other.weights[0]);
        network_clear(&one);
        network_clear(&other);
    }
}

// A Model plays what the network is: against plain loops, with no weight at zero.
static void test_models(void **state) {
    (void)state;
    enum { FRAMES = 300 };
    for (int i = 0; i < 3; i++) {
        for (int layers = 1; layers <= NETWORK_MAX_LAYERS; layers++) {
            Network network = network_of(recurrent_cells[i], layers, 5, layers - 1);
            Random random = {(uint64_t)layers};
            ReferenceState reference = {0};
            float input[FRAMES], output[FRAMES], knobs[MODEL_MAX_KNOBS] = {0.3f, 0.8f};
            network.shape.skip = layers != 2;
            network_randomise(&network, 7, 2.0);
            for (size_t k = 0; k < network.count; k++) {
                network.weights[k] += random_within(&random, 0.1);
            }
            Model *model = network_model(&network, 44100.0);
            assert_non_null(model);
            assert_int_equal(model_check(model, NULL), STATUS_OK);
            assert_true(model->sample_rate == 44100.0 && model->knobs == layers - 1);
            Engine *engine = NULL;
            assert_int_equal(engine_new(&engine, model, ISA_SCALAR, 1, NULL), STATUS_OK);
            for (int k = 0; k < layers - 1; k++) {
                engine_set_knob(engine, k, knobs[k]);
            }
            for (int t = 0; t < FRAMES; t++) {
                input[t] = (float)random_within(&random, 0.8);
            }
            engine_run(engine, &(float *){output}, &(const float *){input}, FRAMES);
            for (int t = 0; t < FRAMES; t++) {
                double y = reference_step(&network, &reference, (double)input[t], knobs);
                assert_true(fabs((double)output[t] - y) < 1e-4);
            }
            engine_free(engine);
            model_free(model);
            network_clear(&network);
        }
    }
    Network network = network_of(LAYER_GRU, 1, 5, 0);
    memory_fail_after(1);
    assert_null(network_model(&network, 44100.0));
    memory_fail_after(-1);
    network_clear(&network);
}

// As many sequences side by side as a vector of floats has; in double precision, two.
static void test_kernels(void **state) {
    (void)state;
    static const int lanes[ISA_COUNT] = {
        [ISA_SCALAR] = 2, [ISA_SSE2] = 4, [ISA_AVX2] = 8, [ISA_AVX512] = 16, [ISA_NEON] = 4};
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if (isa_available((Isa)isa)) {
            const PassKernels *kernels = pass_kernels((Isa)isa);
            assert_int_equal(kernels->isa, isa);
            assert_int_equal(kernels->lanes, lanes[isa]);
        }
    }
    assert_ptr_equal(pass_kernels(ISA_SCALAR), &pass_double);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_initial_weights),
        cmocka_unit_test(test_models),
        cmocka_unit_test(test_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
