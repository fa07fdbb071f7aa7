// SPDX-License-Identifier: ISC
// What a batch makes of its sequences: each term of the loss and each way to make learning by heart
// harder has the size that theory gives it. Where nothing else is said the network adds nothing to
// its input.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/reference_network.h"
#include "tests/rig/training_data.h"
#include "training/learning/batch.h"

enum { SEGMENT = 2048, SAMPLES = SEGMENT * BATCH_SEQUENCES };

static const NetworkShape shape = {.cell = LAYER_GRU, .layers = 1, .hidden = 1, .skip = true};
static const LossMix plain = {.plain = 1.0};
static const Regularisation none;

static float input[FRAMES], target[FRAMES];
static Dataset dataset;
static ThreadPool *pool;
static Network network;
static double gradient[100];

// ---- What is trained ----

static int make(void **state) {
    (void)state;
    return thread_pool_new(&pool, 2, NULL) == STATUS_OK ? 0 : -1;
}

static int unmake(void **state) {
    (void)state;
    thread_pool_free(pool);
    return 0;
}

static int begin(void **state) {
    (void)state;
    make_pair(input, target);
    for (int i = 0; i < FRAMES; i++) {
        input[i] *= 0.5f; // room for gains
    }
    return network_init(&network, &shape, NULL) == STATUS_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    dataset_clear(&dataset);
    network_clear(&network);
    return 0;
}

// The dataset whose target is the input times `gain`, plus `offset`.
static void make_linear(float gain, float offset) {
    for (int i = 0; i < FRAMES; i++) {
        target[i] = gain * input[i] + offset;
    }
    dataset_clear(&dataset);
    assert_int_equal(dataset_make(&dataset, input, target, FRAMES, RATE, NULL), STATUS_OK);
}

static Batch *batch_for(const LossMix *mix, const Regularisation *regularisation) {
    Batch *batch = NULL;
    assert_int_equal(
        batch_new(&batch, &network.shape, &dataset, mix, regularisation, SEGMENT, pool, NULL),
        STATUS_OK);
    return batch;
}

// The loss of a segment of new sequences, which are always the same.
static double loss_with(const LossMix *mix, const Regularisation *regularisation, double spectral) {
    Batch *batch = batch_for(mix, regularisation);
    Random random = {3};
    batch_draw(batch, &random);
    batch_set_spectral(batch, spectral);
    double loss = batch_train(batch, &network, SEGMENT, gradient);
    batch_free(batch);
    return loss;
}

static void assert_close(double value, double wanted, double tolerance) {
    if (!(fabs(value - wanted) <= tolerance * fabs(wanted))) {
        fail_msg("%.9g, not %.9g", value, wanted);
    }
}

// Mean square of the training target after pre-emphasis, 1 - 0.85 z^-1, from silence in each range.
static double emphasised_energy(void) {
    const Ranges *trained = &dataset.recordings[0].training;
    double sum = 0.0;
    for (int k = 0; k < trained->count; k++) {
        double before = 0.0;
        for (size_t i = trained->range[k].begin; i < trained->range[k].end; i++) {
            double now = (double)target[i];
            sum += (now - 0.85 * before) * (now - 0.85 * before);
            before = now;
        }
    }
    return sum / (double)dataset.training_frames;
}

// ---- The loss ----

// An error that is a constant: each term by its definition, each normalised by the energy of what
// it weights, and the gradient of the plain one by the bias.
static void test_terms(void **state) {
    (void)state;
    const double offset = 0.25;
    make_linear(1.0f, (float)offset);
    double squares = offset * offset, energy = dataset.energy;
    assert_close(loss_with(&plain, &none, 0.0), squares / energy, 1e-4);
    Network slope = network_at(&shape, gradient);
    assert_close(slope.head_bias[0], -2.0 * offset / energy, 1e-4);
    assert_close(loss_with(&(LossMix){.dc = 0.5}, &none, 0.0), 0.5 * squares / energy, 1e-4);
    assert_close(slope.head_bias[0], -offset / energy, 1e-4);
    assert_close(loss_with(&(LossMix){.emphasised = 0.3}, &none, 0.0),
                 0.3 * squares * 0.15 * 0.15 / emphasised_energy(), 1e-4);
    // A-weighting lets no constant through.
    assert_true(loss_with(&(LossMix){.a_weighted = 1.0}, &none, 0.0) < 1e-6);
    // All that is linear in the target: where the network gives half of it, a quarter is left.
    make_linear(2.0f, 0.0f);
    double whole = loss_with(&(LossMix){.plain = 0.4, .emphasised = 0.3, .a_weighted = 0.3}, &none,
                             0.0);
    assert_true(whole > 0.2 && whole < 0.3); // sequences differ from the whole
}

// White noise: its energy, flat over the frequencies, with hardly any mean.
static void test_noise(void **state) {
    (void)state;
    const double rms = 0.05, square = rms * rms;
    const Regularisation noise = {.noise = rms};
    make_linear(1.0f, 1e-4f);
    assert_close(loss_with(&plain, &noise, 0.0), square / dataset.energy, 0.025);
    assert_close(loss_with(&(LossMix){.emphasised = 1.0}, &noise, 0.0),
                 square * (1.0 + 0.85 * 0.85) / emphasised_energy(), 0.04);
    double means = loss_with(&(LossMix){.dc = 1.0}, &noise, 0.0) * dataset.energy;
    assert_true(means > 0.4 * square / SEGMENT && means < 2.0 * square / SEGMENT);
    // Anew for each segment, and after each draw.
    Batch *batch = batch_for(&plain, &noise);
    Random random = {3};
    double losses[3];
    for (int i = 0; i < 3; i++) {
        if (i != 1) {
            batch_draw(batch, &random);
        }
        losses[i] = batch_train(batch, &network, SEGMENT, gradient);
        for (int k = 0; k < i; k++) {
            assert_true(fabs(losses[i] / losses[k] - 1.0) > 1e-4);
        }
    }
    batch_free(batch);
}

// A share p of the samples is dropped, the others grow by 1 / (1 - p): what the input loses is
// p / (1 - p) of its energy, and its mean stays.
static void test_input_dropout(void **state) {
    (void)state;
    const double share = 0.3;
    const Regularisation dropout = {.input_dropout = share};
    for (int i = 0; i < FRAMES; i++) {
        input[i] = i % 2 ? 0.3f : 0.1f;
    }
    make_linear(1.0f, 1e-4f);
    assert_close(loss_with(&plain, &dropout, 0.0), share / (1.0 - share), 0.025);
    double means = loss_with(&(LossMix){.dc = 1.0}, &dropout, 0.0);
    assert_true(means < 3.0 * share / (1.0 - share) / SEGMENT);
}

// How many of the 32 sequences came out one way, from a loss that is `one` for those and `other`
// for the rest.
static int count_of(double loss, double one, double other) {
    double count = (loss * dataset.energy - other) * BATCH_SEQUENCES / (one - other);
    assert_true(fabs(count - round(count)) < 0.02);
    return (int)lround(count);
}

// A single unit at rest at tanh(b): the head either does not see it, or sees it enlarged.
static void test_head_dropout(void **state) {
    (void)state;
    const double share = 0.25, bias = 0.3, level = tanh(bias);
    network.layer[0].bias[2] = bias;
    network.head[0] = 1.0;
    make_linear(1.0f, (float)level);
    assert_true(loss_with(&plain, &none, 0.0) < 1e-6);
    double loss = loss_with(&plain, &(Regularisation){.head_dropout = share}, 0.0);
    double enlarged = level * (1.0 / (1.0 - share) - 1.0);
    int dropped = count_of(loss, level * level, enlarged * enlarged);
    assert_in_range(dropped, 3, 14); // 8 expected, within two and a half deviations
}

// The same with a unit that sees itself, times u: at rest h = tanh(b + h u r / (1 - p)), where the
// reset gate r is a half; or h = tanh(b), where it does not.
static void test_recurrent_dropout(void **state) {
    (void)state;
    const double share = 0.25, bias = 0.3, weight = 0.8;
    network.layer[0].bias[2] = bias;
    network.layer[0].recurrent_kernel[2] = weight;
    network.head[0] = 1.0;
    double seen = 0.0, blind = tanh(bias);
    for (int i = 0; i < 1000; i++) {
        seen = tanh(bias + 0.5 * weight * seen / (1.0 - share));
    }
    make_linear(1.0f, (float)blind);
    double loss = loss_with(&plain, &(Regularisation){.recurrent_dropout = share}, 0.0);
    int seeing = count_of(loss, (seen - blind) * (seen - blind), 0.0);
    assert_in_range(seeing, 18, 29); // 24 expected
}

// White noise of half the target's level. Of each bin's magnitude a half is missing, a quarter of
// the energy, and the logarithms are apart by that of 2.
static void test_spectral_term(void **state) {
    (void)state;
    Random random = {17};
    for (int i = 0; i < FRAMES; i++) {
        input[i] = (float)random_within(&random, 0.5);
    }
    make_linear(2.0f, 0.0f);
    const LossMix mix = {.plain = 1.0, .spectral = 1.0};
    double without = loss_with(&mix, &none, 0.0);
    assert_close(without, loss_with(&plain, &none, 0.0), 1e-12);
    double term = loss_with(&mix, &none, 1.0) - without;
    assert_close(term, 0.25 + log(2.0), 0.02);
    assert_close(loss_with(&mix, &none, 0.03) - without, 0.03 * term, 1e-4);
}

// The gradient is that of the loss, whatever it is made of: by the head's weight, on which neither
// the state nor what was drawn depends.
static void test_gradient_of_all(void **state) {
    (void)state;
    const LossMix mix = {
        .plain = 0.2, .emphasised = 0.3, .a_weighted = 0.4, .dc = 0.5, .spectral = 1.0};
    const Regularisation all = {
        .recurrent_dropout = 0.2, .head_dropout = 0.2, .input_dropout = 0.1, .noise = 0.02};
    const double step = 0.02;
    make_linear(1.7f, 0.1f);
    network_randomise(&network, 4, 4.0);
    Network slope = network_at(&shape, gradient);
    double losses[2], terms[2];
    for (int i = 0; i < 2; i++) {
        network.head[0] = 0.7 + (i ? step : -step);
        losses[i] = loss_with(&mix, &all, 0.0);
        terms[i] = loss_with(&mix, &all, 1.0) - losses[i];
    }
    network.head[0] = 0.7;
    loss_with(&mix, &all, 0.0);
    double without = slope.head[0];
    assert_close(without, (losses[1] - losses[0]) / (2.0 * step), 1e-3);
    loss_with(&mix, &all, 1.0);
    assert_close(slope.head[0] - without, (terms[1] - terms[0]) / (2.0 * step), 0.01);
}

// ---- Sequences ----

// A dataset with room for one place only: every sequence has the samples from 100 + BATCH_WARM_UP
// on of the second recording, whose knob stands at 0.7.
static void make_narrow(void) {
    dataset_clear(&dataset);
    assert_int_equal(dataset_room(&dataset, 2, NULL), STATUS_OK);
    const Recording plain_one = {.frames = FRAMES, .input = input, .target = target};
    dataset.recordings[0] = dataset.recordings[1] = plain_one;
    Recording *recording = &dataset.recordings[1];
    recording->knobs[0] = 0.7f;
    recording->training = ranges_of(100, 100 + BATCH_WARM_UP + BATCH_LENGTH + 1);
    recording->validation = ranges_of(FRAMES / 2, FRAMES);
    dataset.rate = RATE;
    dataset.knobs = 1;
    assert_int_equal(dataset_finish(&dataset, true, NULL), STATUS_OK);
}

// The network warms up before its first segment and carries its state from one to the next, until
// the sequences are at their end: against a network of the test's own.
static void test_carries_on(void **state) {
    (void)state;
    static const int lengths[] = {512, SEGMENT, 1536, SEGMENT, SEGMENT};
    const NetworkShape knobbed = {.cell = LAYER_LSTM, .layers = 2, .hidden = 1, .knobs = 1};
    network_clear(&network);
    assert_int_equal(network_init(&network, &knobbed, NULL), STATUS_OK);
    assert_true(network.count <= sizeof gradient / sizeof *gradient);
    network_randomise(&network, 9, 4.0);
    for (int i = 0; i < 2; i++) {
        network.layer[i].bias[0] = -6.0; // cells that take in little
        network.layer[i].bias[1] = 8.0;  // and remember it for longer than the warm-up
    }
    make_narrow();
    const float *knobs = dataset.recordings[1].knobs;
    ReferenceState reference = {0};
    int t = 100;
    while (t < 100 + BATCH_WARM_UP) {
        reference_step(&network, &reference, (double)input[t++], knobs);
    }
    Batch *batch = batch_for(&plain, &none);
    Random random = {1};
    assert_false(batch_has(batch, 1)); // before they are drawn
    batch_draw(batch, &random);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        double squares = 0.0;
        assert_true(batch_has(batch, lengths[i]));
        for (int end_of = t + lengths[i]; t < end_of; t++) {
            double y = reference_step(&network, &reference, (double)input[t], knobs);
            squares += (y - (double)target[t]) * (y - (double)target[t]) / lengths[i];
        }
        assert_close(batch_train(batch, &network, lengths[i], gradient), squares / dataset.energy,
                     1e-4);
    }
    assert_false(batch_has(batch, 1));
    batch_draw(batch, &random);
    assert_true(batch_has(batch, BATCH_LENGTH) && !batch_has(batch, BATCH_LENGTH + 1));
    batch_free(batch);
}

// A sequence lies in one recording, in what of it is trained on.
static void test_needs_room(void **state) {
    (void)state;
    Batch *batch = NULL;
    Diagnostic diagnostic = {""};
    make_narrow();
    dataset.recordings[1].training.range[0].end--;
    dataset.recordings[0].training = (Ranges){.count = 2,
                                              .range = {{0, BATCH_LENGTH}, {9000, 18000}}};
    assert_int_equal(batch_new(&batch, &shape, &dataset, &plain, &none, SEGMENT, pool, &diagnostic),
                     STATUS_BAD_AUDIO);
    assert_null(batch);
    assert_non_null(strstr(diagnostic.text, "10240 samples"));
}

// Each draw is another one, each sequence stands elsewhere, and a seed stands for all of it.
static void test_draws(void **state) {
    (void)state;
    make_linear(2.0f, 0.0f);
    Batch *batch = batch_for(&plain, &none);
    double losses[3];
    Random random = {3};
    for (int i = 0; i < 3; i++) {
        random = i == 2 ? (Random){3} : random;
        batch_draw(batch, &random);
        losses[i] = batch_train(batch, &network, SEGMENT, gradient);
    }
    assert_true(losses[0] != losses[1] && losses[0] == losses[2]);
    // Bursts of three levels in turn, of powers 1 to 25 to 81: were all sequences at one place, one
    // draw would be far from the next. Sixteen scatter by a sixth.
    for (int i = 0; i < 16; i++) {
        batch_draw(batch, &random);
        assert_close(batch_train(batch, &network, SEGMENT, gradient), 0.25, 0.6);
    }
    batch_free(batch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_terms, begin, end),
        cmocka_unit_test_setup_teardown(test_noise, begin, end),
        cmocka_unit_test_setup_teardown(test_input_dropout, begin, end),
        cmocka_unit_test_setup_teardown(test_head_dropout, begin, end),
        cmocka_unit_test_setup_teardown(test_recurrent_dropout, begin, end),
        cmocka_unit_test_setup_teardown(test_spectral_term, begin, end),
        cmocka_unit_test_setup_teardown(test_gradient_of_all, begin, end),
        cmocka_unit_test_setup_teardown(test_carries_on, begin, end),
        cmocka_unit_test_setup_teardown(test_needs_room, begin, end),
        cmocka_unit_test_setup_teardown(test_draws, begin, end),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
