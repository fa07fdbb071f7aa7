// SPDX-License-Identifier: ISC
// The tone controls: their response, and that nothing of them clicks.
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/chain/tone.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

// The gain in dB at `frequency`, from an impulse response.
static double response(Tone *tone, double frequency) {
    double complex sum = 0.0;
    tone_reset(tone);
    for (int begin = 0; begin < FRAMES; begin += TONE_BLOCK) {
        float block[TONE_BLOCK] = {begin == 0 ? 1.0f : 0.0f};
        tone_run(tone, (float *[]){block}, 1, TONE_BLOCK);
        for (int i = 0; i < TONE_BLOCK; i++) {
            sum += (double)block[i] * cexp(-2.0 * M_PI * I * frequency / RATE * (begin + i));
        }
    }
    return 20.0 * log10(cabs(sum));
}

// A band does its work in its place and little elsewhere.
static void bands_are_where_they_should_be(void **state) {
    (void)state;
    static const struct {
        ToneBand band;
        double there, away[2]; // Hz
    } cases[] = {{TONE_DEPTH, 80.0, {1000.0, 5000.0}},
                 {TONE_BASS, 5.0, {3000.0, 10000.0}},
                 {TONE_MIDDLE, 650.0, {40.0, 12000.0}},
                 {TONE_TREBLE, 18000.0, {100.0, 200.0}},
                 {TONE_PRESENCE, 4500.0, {100.0, 300.0}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int step = -2; step <= 2; step++) {
            double gain = 6.0 * step;
            Tone tone;
            tone_init(&tone, RATE);
            tone_set(&tone, cases[i].band, (float)pow(10.0, gain / 20.0), 0);
            assert_near(response(&tone, cases[i].there), gain, 0.7);
            for (int k = 0; k < 2; k++) {
                assert_true(fabs(response(&tone, cases[i].away[k])) < 0.1 + fabs(gain) / 8.0);
            }
        }
    }
}

static void flat_changes_no_bit(void **state) {
    (void)state;
    Tone tone;
    tone_init(&tone, RATE);
    memcpy(out, in, sizeof out);
    tone_set(&tone, TONE_BASS, 2.0f, 10);
    tone_run(&tone, (float *[]){out[0]}, 1, 100);
    tone_set(&tone, TONE_BASS, 1.0f, 200); // and back
    for (int begin = 100; begin + 100 <= FRAMES; begin += 100) {
        tone_run(&tone, (float *[]){out[0] + begin}, 1, 100);
    }
    assert_memory_not_equal(out[0], in[0], 300 * sizeof(float));
    assert_memory_equal(out[0] + 300, in[0] + 300, (FRAMES - 300) * sizeof(float));
    tone_run(&tone, (float *[]){out[1]}, 1, TONE_BLOCK); // no memory of the other signal
    assert_memory_equal(out[1], in[1], TONE_BLOCK * sizeof(float));
}

// What a band heard before it rested at 0 dB is not heard when it moves again.
static void a_rest_forgets(void **state) {
    (void)state;
    Tone tone;
    tone_init(&tone, RATE);
    for (int b = 0; b < TONE_BANDS; b++) {
        tone_set(&tone, (ToneBand)b, 4.0f, 0);
    }
    tone_run(&tone, (float *[]){in[0]}, 1, TONE_BLOCK);
    for (int b = 0; b < TONE_BANDS; b++) {
        tone_set(&tone, (ToneBand)b, 1.0f, 10);
    }
    tone_run(&tone, (float *[]){in[0]}, 1, TONE_BLOCK);
    for (int b = 0; b < TONE_BANDS; b++) {
        tone_set(&tone, (ToneBand)b, 4.0f, 10);
    }
    tone_run(&tone, (float *[]){out[0]}, 1, TONE_BLOCK);
    for (int i = 0; i < TONE_BLOCK; i++) {
        assert_true(out[0][i] == 0.0f);
    }
}

static void eventful_run(int block) {
    static const struct {
        int at;
        ControlId id;
        float value;
    } events[] = {{500, CONTROL_BASS, 9.0f},        {700, CONTROL_PRESENCE, -12.0f},
                  {3000, CONTROL_TONE_POSITION, 1}, {3300, CONTROL_TONE_POSITION, 0},
                  {6000, CONTROL_DEPTH, 4.0f},      {9000, CONTROL_BASS, 0.0f},
                  {9000, CONTROL_DEPTH, 0.0f},      {9000, CONTROL_PRESENCE, 0.0f},
                  {15000, CONTROL_TREBLE, -6.0f},   {FRAMES, CONTROL_MIX, 0.0f}};
    Processor *processor = make(2, sample_voice_new(8, 3, 2));
    int begin = 0;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        while (begin < events[i].at) {
            int count = block ? block : 1 + rand() % 400;
            int end = begin + count < events[i].at ? begin + count : events[i].at;
            run(processor, 2, begin, end);
            begin = end;
        }
        processor_set(processor, events[i].id, events[i].value);
    }
    processor_free(processor);
}

static void block_sizes_do_not_matter(void **state) {
    (void)state;
    static const int blocks[] = {64, 0, 127, 129, 8192};
    expect_same_for_blocks(eventful_run, blocks, sizeof blocks / sizeof *blocks);
}

static float largest_step(const float *signal, int begin, int end) {
    float largest = 0.0f;
    for (int i = begin + 1; i < end; i++) {
        largest = fmaxf(largest, fabsf(signal[i] - signal[i - 1]));
    }
    return largest;
}

// From one end of its range to the other: the largest step from sample to sample is not much larger
// than those of the signals before and after.
static void no_tone_control_clicks(void **state) {
    (void)state;
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = 0.2f * sinf(6.2831853f * 90.0f * (float)i / RATE);
    }
    for (int id = CONTROL_TONE_POSITION; id <= CONTROL_DEPTH; id++) {
        for (int model = 0; model < 2; model++) {
            Processor *processor = make(1, model ? sample_voice_new(8, 3, 1) : NULL);
            processor_set(processor, CONTROL_TREBLE, 12.0f);
            processor_set(processor, CONTROL_BASS, -12.0f);
            processor_set(processor, (ControlId)id, controls[id].minimum);
            run(processor, 1, 0, FRAMES / 2);
            processor_set(processor, (ControlId)id, controls[id].maximum);
            run(processor, 1, FRAMES / 2, FRAMES);
            float before = largest_step(out[0], FRAMES / 4, FRAMES / 2);
            float after = largest_step(out[0], FRAMES * 3 / 4, FRAMES);
            float between = largest_step(out[0], FRAMES / 2 - 2, FRAMES * 3 / 4);
            assert_true(between < 1.3f * fmaxf(before, after));
            processor_free(processor);
        }
    }
}

static void position_matters_only_round_a_model(void **state) {
    (void)state;
    for (int model = 0; model < 2; model++) {
        for (int position = 0; position < 2; position++) {
            Processor *processor = make(1, model ? sample_voice_new(8, 3, 1) : NULL);
            processor_set(processor, CONTROL_MIDDLE, 12.0f);
            processor_set(processor, CONTROL_TONE_POSITION, (float)position);
            run(processor, 1, 0, FRAMES);
            memcpy(expected[position], out[0], sizeof out[0]);
            processor_free(processor);
        }
        assert_int_equal(memcmp(expected[0], expected[1], sizeof out[0]) != 0, model);
    }
}

static void every_rate_is_stable(void **state) {
    (void)state;
    static const double rates[] = {1000.0, 8000.0, 44100.0, 192000.0, 1e6};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        Tone tone;
        tone_init(&tone, rates[i]);
        for (int b = 0; b < TONE_BANDS; b++) {
            tone_set(&tone, (ToneBand)b, 4.0f, 0);
        }
        memcpy(out, in, sizeof out);
        for (int begin = 0; begin + TONE_BLOCK <= FRAMES; begin += TONE_BLOCK) {
            tone_run(&tone, (float *[]){out[0] + begin, out[1] + begin}, 2, TONE_BLOCK);
        }
        for (int k = 0; k < FRAMES; k++) {
            assert_true(fabsf(out[0][k]) < 200.0f);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bands_are_where_they_should_be, setup),
        cmocka_unit_test_setup(flat_changes_no_bit, setup),
        cmocka_unit_test_setup(a_rest_forgets, setup),
        cmocka_unit_test_setup(block_sizes_do_not_matter, setup),
        cmocka_unit_test_setup(no_tone_control_clicks, setup),
        cmocka_unit_test_setup(position_matters_only_round_a_model, setup),
        cmocka_unit_test_setup(every_rate_is_stable, setup),
    };
    return cmocka_run_group_tests_name("tone", tests, NULL, NULL);
}
