// SPDX-License-Identifier: ISC
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/chain/processor.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

static float largest_step(const float *signal, int begin, int end) {
    float largest = 0.0f;
    for (int i = begin + 1; i < end; i++) {
        largest = fmaxf(largest, fabsf(signal[i] - signal[i - 1]));
    }
    return largest;
}

// ---- Exactness ----

static void without_model_passes_input(void **state) {
    (void)state;
    Processor *processor = make(1, NULL);
    run(processor, 1, 0, FRAMES);
    assert_memory_equal(out[0], in[0], sizeof in[0]);
    processor_free(processor);
}

static void neutral_controls_give_the_engine_bit_by_bit(void **state) {
    (void)state;
    for (int channels = 1; channels <= 2; channels++) {
        expect_engine(sample_engine_new(12, 3, channels), channels);
        Processor *processor = make(channels, sample_voice_new(12, 3, channels));
        run(processor, channels, 0, FRAMES);
        assert_memory_equal(out, expected, (size_t)channels * sizeof in[0]);
        processor_free(processor);
    }
}

static void exact_again_after_every_control_moved(void **state) {
    (void)state;
    expect_engine(sample_engine_new(8, 3, 1), 1);
    Processor *processor = make(1, sample_voice_new(8, 3, 1));
    run(processor, 1, 0, 1000);
    processor_set(processor, CONTROL_OUTPUT, 7.3f);
    processor_set(processor, CONTROL_MIX, 31.0f);
    run(processor, 1, 1000, 1500);
    processor_set(processor, CONTROL_OUTPUT, 0.0f);
    processor_set(processor, CONTROL_MIX, 100.0f);
    run(processor, 1, 1500, FRAMES);
    assert_memory_not_equal(out[0] + 1500, expected[0] + 1500, FADE / 2 * sizeof(float));
    int settled = 1500 + FADE;
    assert_memory_equal(out[0] + settled, expected[0] + settled,
                        (size_t)(FRAMES - settled) * sizeof(float));
    processor_free(processor);
}

static void settled_levels_scale_and_mix(void **state) {
    (void)state;
    Processor *processor = make(1, NULL);
    processor_set(processor, CONTROL_INPUT, 6.0f); // before the first run: no ramp
    processor_set(processor, CONTROL_OUTPUT, -12.0f);
    processor_set(processor, CONTROL_MIX, 25.0f);
    run(processor, 1, 0, FRAMES);
    double factor = 0.75 + 0.25 * pow(10.0, -6.0 / 20.0);
    for (int i = 0; i < FRAMES; i++) {
        assert_true(fabs(out[0][i] - factor * in[0][i]) < 1e-6);
    }
    processor_free(processor);
}

static void bypass_gives_the_input_bit_by_bit(void **state) {
    (void)state;
    Processor *processor = make(1, sample_voice_new(8, 3, 1));
    processor_set(processor, CONTROL_INPUT, 9.0f);
    run(processor, 1, 0, 1000);
    processor_set(processor, CONTROL_ENABLED, 0.0f);
    run(processor, 1, 1000, FRAMES);
    int settled = 1000 + FADE;
    assert_memory_equal(out[0] + settled, in[0] + settled,
                        (size_t)(FRAMES - settled) * sizeof(float));
    processor_free(processor);
}

static void reset_brings_back_the_first_run(void **state) {
    (void)state;
    Processor *processor = make(1, sample_voice_new(8, 3, 1));
    processor_set(processor, CONTROL_INPUT, 3.0f);
    run(processor, 1, 0, FRAMES);
    memcpy(expected, out, sizeof out);
    processor_offer(processor, sample_voice_new(8, 4, 1));
    run(processor, 1, 0, 100);
    processor_offer(processor, sample_voice_new(8, 3, 1));
    processor_reset(processor); // ends the fade to the second engine
    assert_true(processor_collect(processor));
    run(processor, 1, 0, 2 * FADE);
    processor_reset(processor);
    run(processor, 1, 0, FRAMES);
    assert_memory_equal(out[0], expected[0], sizeof in[0]);
    processor_free(processor);
}

// ---- Blocks ----

// A run with everything in it, in blocks of `block` frames (0: at random, -1: in place).
static void eventful_run(int block) {
    Processor *processor = make(2, sample_voice_new(16, 3, 2));
    srand(7);
    for (int begin = 0; begin < FRAMES;) {
        static const int stops[] = {2000, 3000, 5000, 5100, 9000, 9300, 12000, 15000, FRAMES};
        switch (begin) {
        case 2000:
            processor_set(processor, CONTROL_INPUT, 5.0f);
            break;
        case 3000:
            processor_set(processor, CONTROL_MIX, 60.0f);
            break;
        case 5000:
            processor_offer(processor, sample_voice_new(9, 4, 2));
            break;
        case 5100:
            processor_set(processor, CONTROL_OUTPUT, -3.0f);
            break;
        case 9000:
            processor_set(processor, CONTROL_ENABLED, 0.0f);
            break;
        case 9300:
            processor_set(processor, CONTROL_ENABLED, 1.0f);
            break;
        case 12000:
            processor_set(processor, CONTROL_ENABLED, 0.0f);
            break;
        case 15000:
            processor_set(processor, CONTROL_ENABLED, 1.0f);
            break;
        default:
            break;
        }
        int stop = 0;
        while (stops[stop] <= begin) {
            stop++;
        }
        int count = block > 0 ? block : 1 + rand() % 700;
        int end = begin + count < stops[stop] ? begin + count : stops[stop];
        if (block < 0) {
            for (int c = 0; c < 2; c++) {
                memcpy(out[c] + begin, in[c] + begin, (size_t)(end - begin) * sizeof(float));
            }
            float *both[2] = {out[0] + begin, out[1] + begin};
            processor_run(processor, both, (const float *const *)both, end - begin);
        } else {
            run(processor, 2, begin, end);
        }
        begin = end;
    }
    processor_free(processor);
}

static void block_sizes_do_not_matter(void **state) {
    (void)state;
    static const int blocks[] = {64, 256, 0, 127, 128, 129, 8192, -1};
    expect_same_for_blocks(eventful_run, blocks, sizeof blocks / sizeof *blocks);
}

// ---- Clicks ----

static void no_control_clicks(void **state) {
    (void)state;
    static const struct {
        ControlId id;
        float value;
    } moves[] = {{CONTROL_INPUT, 24.0f},  {CONTROL_INPUT, -24.0f}, {CONTROL_OUTPUT, -48.0f},
                 {CONTROL_OUTPUT, 6.0f},  {CONTROL_MIX, 0.0f},     {CONTROL_MIX, 50.0f},
                 {CONTROL_ENABLED, 0.0f}, {CONTROL_ENABLED, 1.0f}};
    for (int i = 0; i < FRAMES; i++) { // slow, so that a step must come from the processor
        in[0][i] = 0.4f * sinf(6.2831853f * 50.0f * (float)i / RATE);
    }
    Processor *processor = make(1, NULL);
    processor_set(processor, CONTROL_OUTPUT, -24.0f);
    int begin = 0;
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        run(processor, 1, begin, begin + 1000);
        processor_set(processor, moves[i].id, moves[i].value);
        run(processor, 1, begin + 1000, begin + 2400);
        begin += 2400;
    }
    assert_true(largest_step(out[0], 0, begin) < 0.05f);
    processor_free(processor);
}

// ---- Bad signals ----

static void bad_input_gives_finite_output(void **state) {
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY, 3e38f, -3e38f, 1e-40f, -1e-45f};
    for (int model = 0; model < 2; model++) {
        Processor *processor = make(1, model ? sample_voice_new(8, 3, 1) : NULL);
        processor_set(processor, CONTROL_INPUT, 24.0f);
        processor_set(processor, CONTROL_OUTPUT, 24.0f);
        for (int i = 0; i < FRAMES; i++) {
            in[0][i] = bad[i % (int)(sizeof bad / sizeof *bad)];
        }
        run(processor, 1, 0, FRAMES / 2);
        processor_set(processor, CONTROL_ENABLED, 0.0f);
        run(processor, 1, FRAMES / 2, FRAMES);
        assert_finite(out[0], FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            assert_int_not_equal(fpclassify(out[0][i]), FP_SUBNORMAL);
        }
        processor_free(processor);
    }
}

static void far_too_loud_input_is_held(void **state) {
    (void)state;
    Processor *processor = make(1, NULL);
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = i % 2 ? 1e5f : -1e5f;
    }
    run(processor, 1, 0, FRAMES);
    for (int i = 0; i < FRAMES; i++) {
        assert_true(out[0][i] == (i % 2 ? 1e3f : -1e3f));
    }
    processor_free(processor);
}

static void bad_settings_are_held_to_their_range(void **state) {
    (void)state;
    Processor *processor = make(1, NULL);
    processor_set(processor, CONTROL_OUTPUT, INFINITY);
    processor_set(processor, CONTROL_INPUT, NAN);
    processor_set(processor, CONTROL_MIX, -INFINITY);
    processor_set_knob(processor, -1, 1.0f);
    processor_set_knob(processor, MODEL_MAX_KNOBS, 1.0f);
    processor_set_knob(processor, 0, NAN);
    run(processor, 1, 0, FRAMES);
    assert_memory_equal(out[0], in[0], sizeof in[0]); // no mix: the dry signal
    processor_free(processor);
}

// A model that overflows on any sound, but not on silence.
static ModelStage *exploding_voice_new(void) {
    Model *model = sample_model_new(4, 1, false);
    Layer *dense = &model->layers[1];
    memset(model->layers[0].bias, 0, 12 * sizeof(float));
    memset(model->layers[0].recurrent_bias, 0, 12 * sizeof(float));
    dense->bias[0] = 0.0f;
    for (int i = 0; i < 4; i++) {
        dense->kernel[i] = i % 2 ? 3e38f : -3e38f;
    }
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, 1, NULL), STATUS_OK);
    model_free(model);
    return stage;
}

static void exploding_model_is_silenced_and_tried_again(void **state) {
    (void)state;
    memset(in, 0, sizeof in);
    in[0][1000] = 0.5f;
    Processor *processor = make(1, exploding_voice_new());
    run(processor, 1, 0, FRAMES);
    memcpy(expected, out, sizeof out);
    for (int i = 0; i < FRAMES; i++) {
        assert_near(out[0][i], 0.0f, 0.0);
    }
    sample_signal(in[0], FRAMES, RATE, 1);
    run(processor, 1, 0, FRAMES);
    assert_finite(out[0], FRAMES);
    processor_free(processor);
}

static void denormal_mode_is_put_back(void **state) {
    (void)state;
    volatile float tiny = 1e-30f;
    Processor *processor = make(1, sample_voice_new(8, 3, 1));
    run(processor, 1, 0, FRAMES);
    assert_true(tiny * 1e-10f > 0.0f);
    DenormalState before = denormals_off();
    run(processor, 1, 0, FRAMES);
#if defined(__SSE__) || defined(__aarch64__)
    assert_true(tiny * 1e-10f == 0.0f);
#endif
    denormals_restore(before);
    processor_free(processor);
}

// ---- Making ----

static void refuses_what_it_cannot_run(void **state) {
    (void)state;
    Diagnostic diagnostic = {""};
    Processor *processor = (Processor *)&diagnostic;
    assert_int_equal(processor_new(&processor, 48000.0, 3, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_null(processor);
    assert_non_null(strstr(diagnostic.text, "3 channels"));
    assert_int_equal(processor_new(&processor, NAN, 1, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "sample rate"));
    processor_free(NULL);
}

static void survives_every_failing_allocation(void **state) {
    (void)state;
    Processor *processor = NULL;
    long successes = 0;
    Status status = STATUS_NO_MEMORY;
    for (; status != STATUS_OK && successes < 10; successes++) {
        Diagnostic diagnostic = {""};
        memory_fail_after(successes);
        status = processor_new(&processor, RATE, 1, &diagnostic);
        memory_fail_after(-1);
        if (status != STATUS_OK) {
            assert_int_equal(status, STATUS_NO_MEMORY);
            assert_null(processor);
            assert_non_null(strstr(diagnostic.text, "memory"));
        }
    }
    assert_int_equal(status, STATUS_OK);
    assert_true(successes > 1);
    processor_free(processor);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_model_passes_input, setup),
        cmocka_unit_test_setup(neutral_controls_give_the_engine_bit_by_bit, setup),
        cmocka_unit_test_setup(exact_again_after_every_control_moved, setup),
        cmocka_unit_test_setup(settled_levels_scale_and_mix, setup),
        cmocka_unit_test_setup(bypass_gives_the_input_bit_by_bit, setup),
        cmocka_unit_test_setup(reset_brings_back_the_first_run, setup),
        cmocka_unit_test_setup(block_sizes_do_not_matter, setup),
        cmocka_unit_test_setup(no_control_clicks, setup),
        cmocka_unit_test_setup(bad_input_gives_finite_output, setup),
        cmocka_unit_test(far_too_loud_input_is_held),
        cmocka_unit_test_setup(bad_settings_are_held_to_their_range, setup),
        cmocka_unit_test_setup(exploding_model_is_silenced_and_tried_again, setup),
        cmocka_unit_test_setup(denormal_mode_is_put_back, setup),
        cmocka_unit_test(refuses_what_it_cannot_run),
        cmocka_unit_test(survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("processor", tests, NULL, NULL);
}
