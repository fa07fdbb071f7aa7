// SPDX-License-Identifier: ISC
// Sessions at another rate than the model's: the converter, the delayed state, latency to the
// sample.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/chain/rate_converter.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

static const double two_pi = 6.28318530717958648;

// ---- The converter ----

// A sine of `frequency` Hz from `from` to `to` Hz, in blocks. Answers the RMS, over that of a sine,
// of what is there and ought not to be (`wanted`: the sine itself), in dB, once it has settled.
static double residue(int from, int to, bool is_short, double frequency, bool wanted, int block) {
    RateConverter *converter = NULL;
    Status status = is_short ? rate_converter_new_short(&converter, from, to, 1, 512, 0, NULL)
                             : rate_converter_new(&converter, from, to, 1, 512, 0, NULL);
    assert_int_equal(status, STATUS_OK);
    double sum = 0.0;
    int64_t given = 0;
    int count = 0;
    for (int begin = 0; begin < 12000; begin += block) {
        float samples[512], converted[512 * 16];
        const float *source[1] = {samples};
        for (int i = 0; i < block; i++) {
            samples[i] = (float)sin(fmod(two_pi * frequency * (begin + i) / from, two_pi));
        }
        rate_converter_push(converter, source, block);
        int ready = rate_converter_ready(converter);
        assert_true(ready <= 512 * 16);
        rate_converter_pull(converter, (float *[]){converted}, ready);
        for (int i = 0; i < ready; i++, given++) {
            double exact = sin(fmod(two_pi * frequency * (double)given / to, two_pi));
            if (begin > 4000) {
                double difference = (double)converted[i] - (wanted ? exact : 0.0);
                sum += difference * difference;
                count++;
            }
        }
    }
    rate_converter_free(converter);
    assert_true(count > 1000);
    return 10.0 * log10(2.0 * sum / count);
}

static void pass_band_is_exact_and_stop_band_silent(void **state) {
    (void)state;
    static const int rates[][2] = {{44100, 48000}, {48000, 44100}, {22050, 48000}, {48000, 22050},
                                   {88200, 48000}, {48000, 88200}, {32000, 48000}, {192000, 44100},
                                   {44101, 48000}, {48000, 47999}, {48000, 96000}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        int from = rates[i][0], to = rates[i][1];
        double nyquist = 0.5 * fmin(from, to), worst = -INFINITY, leak = -INFINITY;
        for (int k = 0; k <= 11; k++) {
            worst = fmax(worst, residue(from, to, false, (0.02 + 0.08 * k) * nyquist, true, 64));
        }
        for (int k = 0; 1.1 * nyquist + 0.05 * k * from < 0.5 * from; k++) {
            leak = fmax(leak, residue(from, to, false, 1.1 * nyquist + 0.05 * k * from, false, 64));
        }
        print_message("%d to %d Hz: pass band %.1f dB, stop band %.1f dB\n", from, to, worst, leak);
        assert_true(worst < -85.0);
        assert_true(leak < -85.0);
    }
}

// The short filter's, to and from the rates of oversampled models: images and aliases of what it
// passes are 90 dB down.
static void the_short_filter_keeps_to_its_bands(void **state) {
    (void)state;
    static const int rates[][2] = {{44100, 96000}, {44100, 192000}, {48000, 88200},
                                   {96000, 44100}, {192000, 44100}, {176400, 48000}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        int from = rates[i][0], to = rates[i][1];
        double nyquist = 0.5 * fmin(from, to), worst = -INFINITY, leak = -INFINITY;
        for (int k = 0; k <= 11; k++) {
            worst = fmax(worst, residue(from, to, true, 0.84 / 11 * k * nyquist, true, 32));
        }
        for (int k = 0; 1.16 * nyquist + 0.05 * k * from < 0.5 * from; k++) {
            double frequency = 1.16 * nyquist + 0.05 * k * from;
            leak = fmax(leak, residue(from, to, true, frequency, false, 32));
        }
        print_message("%d to %d Hz, short: pass band %.1f dB, stop band %.1f dB\n", from, to, worst,
                      leak);
        assert_true(worst < -80.0 && leak < -90.0);
    }
}

static void converter_does_not_depend_on_blocks(void **state) {
    (void)state;
    static float whole[FRAMES], pieces[FRAMES];
    for (int block = 1; block <= 512; block += 73) {
        RateConverter *converter = NULL;
        assert_int_equal(rate_converter_new(&converter, 44100, 48000, 1, 512, 0, NULL), STATUS_OK);
        float *to = block == 1 ? whole : pieces;
        int given = 0;
        for (int begin = 0; begin + block <= FRAMES / 2; begin += block) {
            rate_converter_push(converter, (const float *[]){in[0] + begin}, block);
            int ready = rate_converter_ready(converter);
            rate_converter_pull(converter, (float *[]){to + given}, ready);
            given += ready;
        }
        assert_memory_equal(to, whole, (size_t)given * sizeof(float));
        rate_converter_free(converter);
    }
}

static void refuses_rates_that_are_far_apart(void **state) {
    (void)state;
    Diagnostic diagnostic = {""};
    RateConverter *converter = NULL;
    assert_int_equal(rate_converter_new(&converter, 700, 48000, 1, 64, 0, &diagnostic),
                     STATUS_UNSUPPORTED);
    assert_null(converter);
    assert_non_null(strstr(diagnostic.text, "times apart"));
    rate_converter_free(NULL);
}

// ---- The delayed state ----

static Model *stacked_model(LayerKind first, LayerKind second) {
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, first, ACTIVATION_TANH, 1, 6, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, second, ACTIVATION_TANH, 6, 5, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 5, 1, NULL), STATUS_OK);
    model->sample_rate = RATE;
    sample_fill(model);
    return model;
}

// k states over signals that take turns are k engines, bit by bit, in blocks of any size.
static void states_are_engines_that_take_turns(void **state) {
    (void)state;
    enum { TURN = 2000 };
    static const LayerKind kinds[][2] = {
        {LAYER_GRU, LAYER_LSTM}, {LAYER_LSTM, LAYER_GRU_RESET_BEFORE}, {LAYER_DENSE, LAYER_GRU}};
    for (int k = 2; k <= ENGINE_MAX_STATES; k += k < 4 ? 1 : 4) {
        for (int kind = 0; kind < 3; kind++) {
            Model *model = stacked_model(kinds[kind][0], kinds[kind][1]);
            Engine *engine = NULL;
            assert_int_equal(engine_new_delayed(&engine, model, isa_best(), 1, k, NULL), STATUS_OK);
            assert_int_equal(engine_states(engine), k);
            for (int begin = 0; begin < k * TURN;) {
                int count = 1 + rand() % 700;
                count = count < k * TURN - begin ? count : k * TURN - begin;
                engine_run(engine, (float *[]){out[0] + begin}, (const float *[]){in[0] + begin},
                           count);
                begin += count;
            }
            engine_free(engine);
            for (int s = 0; s < k; s++) {
                assert_int_equal(engine_new(&engine, model, isa_best(), 1, NULL), STATUS_OK);
                for (int i = 0; i < TURN; i++) {
                    in[1][i] = in[0][k * i + s];
                }
                engine_run(engine, (float *[]){expected[1]}, (const float *[]){in[1]}, TURN);
                engine_free(engine);
                for (int i = 0; i < TURN; i++) {
                    assert_memory_equal(&out[0][k * i + s], &expected[1][i], sizeof(float));
                }
            }
            model_free(model);
        }
    }
}

// ---- The stage in a session ----

// A model whose output is its input, made for `rate` Hz.
static ModelStage *identity_stage(double rate, double session) {
    Model *model = sample_model_new(8, 1, true);
    memset(model->layers[1].kernel, 0, 8 * sizeof(float));
    model->layers[1].bias[0] = 0.0f;
    model->sample_rate = rate;
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), session, 1, NULL), STATUS_OK);
    model_free(model);
    return stage;
}

static Processor *session(double rate, ModelStage *stage) {
    Processor *processor = NULL;
    assert_int_equal(processor_new(&processor, rate, 1, NULL), STATUS_OK);
    processor_install(processor, stage);
    processor_set(processor, CONTROL_DC_BLOCK, 0.0f);
    return processor;
}

static void the_mode_follows_from_the_rates(void **state) {
    (void)state;
    static const struct {
        double model, session;
        RateMode mode;
    } cases[] = {{48000, 48000, RATE_SAME},      {0, 44100, RATE_SAME},
                 {48000, 48000.4, RATE_SAME},    {48000, 96000, RATE_DELAYED},
                 {48000, 192000, RATE_DELAYED},  {44100, 88200, RATE_DELAYED},
                 {48000, 384000, RATE_DELAYED},  {48000, 44100, RATE_RESAMPLED},
                 {96000, 48000, RATE_RESAMPLED}, {48000, 768000, RATE_RESAMPLED},
                 {44100, 176390, RATE_RESAMPLED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ModelStage *stage = identity_stage(cases[i].model, cases[i].session);
        assert_int_equal(model_stage_rate_mode(stage), cases[i].mode);
        assert_int_equal(model_stage_latency(stage) > 0, cases[i].mode == RATE_RESAMPLED);
        model_stage_free(stage);
    }
}

// A sine that glides to 0.9 of the lower Nyquist frequency comes out late by exactly the latency
// that is told.
static void latency_is_exact(void **state) {
    (void)state;
    static const double rates[][2] = {{48000, 44100}, {48000, 22050}, {48000, 88200},
                                      {44100, 48000}, {48000, 47999}, {44100, 192000},
                                      {48000, 8000},  {96000, 44100}};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        double model = rates[k][0], rate = rates[k][1], top = 0.45 * fmin(model, rate) / rate;
        for (int i = 0; i < FRAMES; i++) {
            double phase = two_pi * 0.5 * top * i * i / FRAMES;
            in[0][i] = (float)(0.5 * sin(phase) * fmin(1.0, (FRAMES - i) / 2000.0));
        }
        Processor *processor = session(rate, identity_stage(model, rate));
        int latency = processor_latency(processor);
        assert_int_equal(processor_rate_mode(processor), RATE_RESAMPLED);
        run(processor, 1, 0, FRAMES);
        double error = 0.0, energy = 0.0;
        for (int i = latency + 1000; i < FRAMES; i++) {
            double difference = (double)out[0][i] - (double)in[0][i - latency];
            error += difference * difference;
            energy += (double)out[0][i] * (double)out[0][i];
        }
        print_message("%g Hz model at %g Hz: %d frames late, error %.1f dB\n", model, rate, latency,
                      10.0 * log10(error / energy));
        assert_true(error < 1e-8 * energy);
        // Dry and wet lie over each other.
        memcpy(expected, out, sizeof out);
        processor_set(processor, CONTROL_MIX, 50.0f);
        processor_reset(processor);
        run(processor, 1, 0, FRAMES);
        for (int i = 2000; i < FRAMES; i++) {
            assert_true(fabsf(out[0][i] - expected[0][i]) < 1e-3f);
        }
        // Bypassed, too, the input is late by as much, bit by bit.
        processor_set(processor, CONTROL_ENABLED, 0.0f);
        processor_reset(processor);
        run(processor, 1, 0, FRAMES);
        assert_memory_equal(out[0] + latency, in[0], (size_t)(FRAMES - latency) * sizeof(float));
        processor_free(processor);
    }
}

// A run with events at 44.1 kHz, in blocks of `block` frames (0: at random).
static void eventful_run(int block) {
    Model *model = sample_model_new(8, 4, true);
    ModelStage *other = NULL;
    Processor *processor = NULL;
    assert_int_equal(processor_new(&processor, 44100.0, 2, NULL), STATUS_OK);
    for (int begin = 0; begin < FRAMES;) {
        static const int stops[] = {500, 3000, 5100, 9000, 12000, 15000, FRAMES};
        if (begin == 500 || begin == 3000) { // of another rate, and of the session's
            model->sample_rate = begin == 500 ? 48000.0 : 44100.0;
            assert_int_equal(model_stage_new(&other, model, isa_best(), 44100.0, 2, NULL),
                             STATUS_OK);
            processor_offer(processor, other);
        } else if (begin == 5100) {
            model->sample_rate = 32000.0;
            assert_int_equal(model_stage_new(&other, model, isa_best(), 44100.0, 2, NULL),
                             STATUS_OK);
            processor_collect(processor);
            processor_offer(processor, other);
            processor_set(processor, CONTROL_MIX, 40.0f);
        } else if (begin == 9000 || begin == 12000) {
            processor_set(processor, CONTROL_ENABLED, begin == 9000 ? 0.0f : 1.0f);
        }
        int stop = 0;
        while (stops[stop] <= begin) {
            stop++;
        }
        int count = block > 0 ? block : 1 + rand() % 700;
        int end = begin + count < stops[stop] ? begin + count : stops[stop];
        run(processor, 2, begin, end);
        begin = end;
    }
    model_free(model);
    processor_free(processor);
}

static void block_sizes_do_not_matter(void **state) {
    (void)state;
    static const int blocks[] = {64, 0, 127, 129, 8192};
    expect_same_for_blocks(eventful_run, blocks, sizeof blocks / sizeof *blocks);
}

// From a model without latency to one with it, and back, dry and wet: no step that the signal does
// not have.
static void a_change_of_latency_does_not_click(void **state) {
    (void)state;
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = (float)(0.4 * sin(two_pi * 60.0 * i / 44100.0));
    }
    for (int mix = 0; mix <= 100; mix += 50) {
        Processor *processor = session(44100.0, identity_stage(44100.0, 44100.0));
        processor_set(processor, CONTROL_MIX, (float)mix);
        run(processor, 1, 0, 4000);
        processor_offer(processor, identity_stage(48000.0, 44100.0));
        run(processor, 1, 4000, 12000);
        assert_true(processor_collect(processor));
        processor_offer(processor, identity_stage(44100.0, 44100.0));
        run(processor, 1, 12000, FRAMES);
        for (int i = 1; i < FRAMES; i++) {
            assert_true(fabsf(out[0][i] - out[0][i - 1]) < 0.0061f); // two of them
        }
        assert_int_equal(processor_latency(processor), 0);
        processor_free(processor);
    }
}

static void survives_every_failing_allocation(void **state) {
    (void)state;
    Model *model = sample_model_new(8, 4, true);
    Status status = STATUS_NO_MEMORY;
    ModelStage *stage = NULL;
    for (long successes = 0; status != STATUS_OK && successes < 200; successes++) {
        memory_fail_after(successes);
        status = model_stage_new(&stage, model, isa_best(), 44100.0, 2, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || (status == STATUS_NO_MEMORY && !stage));
    }
    assert_int_equal(status, STATUS_OK);
    model_stage_free(stage);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pass_band_is_exact_and_stop_band_silent),
        cmocka_unit_test(the_short_filter_keeps_to_its_bands),
        cmocka_unit_test_setup(converter_does_not_depend_on_blocks, setup),
        cmocka_unit_test(refuses_rates_that_are_far_apart),
        cmocka_unit_test_setup(states_are_engines_that_take_turns, setup),
        cmocka_unit_test_setup(the_mode_follows_from_the_rates, setup),
        cmocka_unit_test_setup(latency_is_exact, setup),
        cmocka_unit_test_setup(block_sizes_do_not_matter, setup),
        cmocka_unit_test_setup(a_change_of_latency_does_not_click, setup),
        cmocka_unit_test_setup(survives_every_failing_allocation, setup),
    };
    return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
