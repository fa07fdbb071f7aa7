// SPDX-License-Identifier: ISC
// The cabinet: convolution against the plain sum, impulse responses from files, its place in the
// chain.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/chain/cabinet.h"
#include "dsp/chain/convolver.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/audio/impulse_response_file.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"
#include "tests/rig/scratch.h"

enum { LONGEST = 12000 };

static float response[LONGEST];

// Noise that dies away, of `taps` taps.
static void fill_response(int taps) {
    Random random = {5};
    for (int i = 0; i < taps; i++) {
        response[i] = (float)(random_normal(&random) * exp(-4.0 * i / taps));
    }
}

static void convolve(Convolver *convolver, int begin, int end, int block) {
    while (begin < end) {
        int count = block ? block : 1 + rand() % 300;
        count = count < end - begin ? count : end - begin;
        convolver_run(convolver, out[0] + begin, in[0] + begin, count);
        begin += count;
    }
}

// ---- Convolution ----

static void convolution_is_the_plain_sum(void **state) {
    (void)state;
    static const int taps[] = {1, 2, 63, 64, 65, 128, 1000, 2047, 2048, 2049, 3072, 3100, LONGEST};
    for (size_t k = 0; k < sizeof taps / sizeof *taps; k++) {
        Convolver *convolver = NULL;
        fill_response(taps[k]);
        assert_int_equal(convolver_new(&convolver, response, (size_t)taps[k], NULL), STATUS_OK);
        convolve(convolver, 0, FRAMES, 64);
        double energy = 0.0, error = 0.0;
        for (int i = 0; i < FRAMES; i += 7) {
            double sum = 0.0;
            for (int t = 0; t < taps[k] && t <= i; t++) {
                sum += (double)response[t] * (double)in[0][i - t];
            }
            energy += sum * sum;
            error += (sum - (double)out[0][i]) * (sum - (double)out[0][i]);
        }
        assert_true(error < 1e-11 * energy);
        convolver_free(convolver);
    }
}

static void convolution_does_not_depend_on_blocks(void **state) {
    (void)state;
    static const int blocks[] = {64, 0, 63, 65, 1000, FRAMES};
    Convolver *convolver = NULL;
    fill_response(LONGEST);
    assert_int_equal(convolver_new(&convolver, response, LONGEST, NULL), STATUS_OK);
    convolve(convolver, 0, FRAMES, 1);
    memcpy(expected, out, sizeof out);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        convolver_reset(convolver); // as new, wherever it was
        convolve(convolver, 0, FRAMES, blocks[i]);
        assert_memory_equal(out[0], expected[0], sizeof out[0]);
        convolver_reset(convolver);
        convolve(convolver, 0, 5000 + 37 * (int)i, 100);
    }
    memcpy(out[0], in[0], sizeof in[0]); // in place
    convolver_reset(convolver);
    convolver_run(convolver, out[0], out[0], FRAMES);
    assert_memory_equal(out[0], expected[0], sizeof out[0]);
    convolver_free(convolver);
}

// ---- Files ----

static void a_file_gives_its_channels(void **state) {
    (void)state;
    float samples[3000];
    for (int i = 0; i < 3000; i++) {
        samples[i] = (float)(i % 3 + 1) / (float)(i + 1);
    }
    ImpulseResponse impulse;
    for (int channels = 1; channels <= 3; channels++) {
        const char *path = scratch_audio("ir.wav", 44100, channels, samples,
                                         3000 / (size_t)channels);
        assert_int_equal(impulse_response_file_read(&impulse, path, NULL), STATUS_OK);
        assert_int_equal(impulse.rate, 44100);
        assert_int_equal(impulse.channels, channels < 2 ? 1 : 2);
        assert_int_equal(impulse.frames, 3000 / channels);
        for (size_t i = 0; i < impulse.frames; i++) {
            for (int c = 0; c < impulse.channels; c++) {
                assert_true(impulse.samples[c][i] == samples[i * (size_t)channels + (size_t)c]);
            }
        }
        impulse_response_clear(&impulse);
    }
}

static void a_long_file_is_faded_out_and_a_bad_one_refused(void **state) {
    (void)state;
    enum { RATE_LOW = 8000, LONG_FILE = 5 * RATE_LOW };
    float *samples = calloc(LONG_FILE, sizeof *samples);
    ImpulseResponse impulse;
    Diagnostic diagnostic;
    const char *silent = scratch_audio("silent.wav", RATE_LOW, 1, samples, LONG_FILE);
    assert_int_equal(impulse_response_file_read(&impulse, silent, &diagnostic), STATUS_BAD_AUDIO);
    assert_non_null(strstr(diagnostic.text, "silent.wav: is silent"));
    assert_null(impulse.samples[0]);
    for (int i = 0; i < LONG_FILE; i++) {
        samples[i] = 0.5f;
    }
    const char *path = scratch_audio("long.wav", RATE_LOW, 1, samples, LONG_FILE);
    assert_int_equal(impulse_response_file_read(&impulse, path, NULL), STATUS_OK);
    assert_int_equal(impulse.frames, 2 * RATE_LOW);
    assert_near(impulse.samples[0][0], 0.5f, 0.0);
    assert_near(impulse.samples[0][impulse.frames - 1], 0.0f, 0.0);
    impulse_response_clear(&impulse);
    assert_int_equal(impulse_response_file_read(&impulse, scratch_path("none.wav"), &diagnostic),
                     STATUS_CANNOT_READ);
    assert_non_null(strstr(diagnostic.text, "none.wav"));
    free(samples);
}

// ---- Cabinets ----

static Cabinet *make_cabinet(int taps, int rate, double session, int channels) {
    fill_response(taps);
    ImpulseResponse impulse = {
        .rate = rate, .channels = 1, .frames = (size_t)taps, .samples = {response}};
    Cabinet *cabinet = NULL;
    assert_int_equal(cabinet_new(&cabinet, &impulse, session, channels, NULL), STATUS_OK);
    return cabinet;
}

static void white_noise_keeps_its_energy_at_every_rate(void **state) {
    (void)state;
    static const int rates[][2] = {{48000, 48000}, {44100, 48000}, {96000, 48000}, {48000, 96000}};
    Random random = {9};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        Cabinet *cabinet = make_cabinet(2000, rates[k][0], rates[k][1], 2);
        assert_true(abs(cabinet_frames(cabinet) - 2000 * rates[k][1] / rates[k][0]) < 60);
        double before = 0.0, after = 0.0;
        for (int i = 0; i < FRAMES; i++) {
            in[0][i] = in[1][i] = (float)(0.1 * random_normal(&random));
        }
        cabinet_run(cabinet, (float *[]){out[0], out[1]}, (const float *[]){in[0], in[1]}, FRAMES);
        assert_memory_equal(out[0], out[1], sizeof out[0]); // one response for both
        for (int i = 6000; i < FRAMES; i++) {
            before += (double)in[0][i] * (double)in[0][i];
            after += (double)out[0][i] * (double)out[0][i];
        }
        assert_near(10.0 * log10(after / before), 0.0, 0.5);
        cabinet_free(cabinet);
    }
}

static void two_channels_have_their_own(void **state) {
    (void)state;
    float left[1] = {3.0f}, right[1] = {4.0f};
    ImpulseResponse impulse = {.rate = RATE, .channels = 2, .frames = 1, .samples = {left, right}};
    Cabinet *cabinet = NULL;
    assert_int_equal(cabinet_new(&cabinet, &impulse, RATE, 2, NULL), STATUS_OK);
    cabinet_run(cabinet, (float *[]){out[0], out[1]}, (const float *[]){in[0], in[1]}, 100);
    for (int i = 0; i < 100; i++) { // on average of energy 1: the balance stays
        assert_near(out[0][i], in[0][i] * 3.0f / sqrtf(12.5f), 1e-6);
        assert_near(out[1][i], in[1][i] * 4.0f / sqrtf(12.5f), 1e-6);
    }
    cabinet_free(cabinet);
}

// A response whose other channel is silent, or next to it, is as loud as if it had only the one.
static void a_silent_channel_is_not_used(void **state) {
    (void)state;
    float loud[2] = {3.0f, 4.0f}, faint[2] = {0.02f, 0.04f}, nothing[2] = {0.0f};
    const struct {
        float *first, *second;
        int sounding; // of two
    } cases[] = {{nothing, loud, 2}, {loud, nothing, 1}, {faint, loud, 2}, {loud, faint, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        ImpulseResponse impulse = {
            .rate = RATE, .channels = 2, .frames = 2, .samples = {cases[k].first, cases[k].second}};
        for (int channels = 1; channels <= 2; channels++) {
            Cabinet *cabinet = NULL;
            assert_int_equal(cabinet_new(&cabinet, &impulse, RATE, channels, NULL), STATUS_OK);
            assert_int_equal(cabinet_sounding(cabinet), cases[k].sounding);
            cabinet_run(cabinet, (float *[]){out[0], out[1]}, (const float *[]){in[0], in[1]}, 100);
            for (int i = 1; i < 100 * channels; i++) {
                int c = i / 100, n = i % 100;
                float before = n ? in[c][n - 1] : 0.0f;
                assert_near(out[c][n], 0.6f * in[c][n] + 0.8f * before, 1e-5);
            }
            cabinet_free(cabinet);
        }
    }
    // 34 dB below the other one it is a channel of its own; one channel alone is as loud as ever.
    float quiet[1] = {0.02f}, full[1] = {1.0f};
    ImpulseResponse impulse = {.rate = RATE, .channels = 2, .frames = 1, .samples = {quiet, full}};
    Cabinet *cabinet = NULL;
    assert_int_equal(cabinet_new(&cabinet, &impulse, RATE, 1, NULL), STATUS_OK);
    assert_int_equal(cabinet_sounding(cabinet), 0);
    cabinet_run(cabinet, (float *[]){out[0]}, (const float *[]){in[0]}, 100);
    for (int i = 0; i < 100; i++) {
        assert_near(out[0][i], in[0][i], 1e-6);
    }
    cabinet_free(cabinet);
}

// ---- In the chain ----

static void the_chain_with_a_cabinet_is_the_cabinet_after_the_chain(void **state) {
    (void)state;
    Processor *processor = make(1, sample_voice_new(8, 3, 1));
    processor_install_cabinet(processor, make_cabinet(3000, RATE, RATE, 1));
    expect_engine(sample_engine_new(8, 3, 1), 1);
    Cabinet *cabinet = make_cabinet(3000, RATE, RATE, 1);
    cabinet_run(cabinet, (float *[]){expected[1]}, (const float *[]){expected[0]}, FRAMES);
    for (int begin = 0; begin < FRAMES; begin += 100) {
        run(processor, 1, begin, begin + 100);
    }
    for (int i = 0; i < FRAMES; i++) {
        assert_true(fabsf(out[0][i] - expected[1][i]) < 1e-5f);
    }
    processor_set(processor, CONTROL_CABINET, 0.0f); // off: as without, bit by bit
    processor_reset(processor);
    run(processor, 1, 0, FRAMES);
    assert_memory_equal(out[0], expected[0], sizeof out[0]);
    cabinet_free(cabinet);
    processor_free(processor);
}

static void eventful_run(int block) {
    Processor *processor = make(2, sample_voice_new(8, 3, 2));
    for (int begin = 0; begin < FRAMES;) {
        static const int stops[] = {2000, 4000, 9000, 9500, 14000, 18000, FRAMES};
        Cabinet *none = NULL;
        switch (begin) {
        case 2000:
            processor_offer_cabinet(processor, make_cabinet(5000, RATE, RATE, 2));
            break;
        case 4000:
            processor_offer_cabinet(processor, make_cabinet(300, 44100, RATE, 2));
            break;
        case 9000:
            processor_set(processor, CONTROL_CABINET, 0.0f);
            break;
        case 9500:
            processor_set(processor, CONTROL_CABINET, 1.0f);
            break;
        case 14000:
            processor_collect(processor);
            assert_int_equal(cabinet_new(&none, NULL, RATE, 2, NULL), STATUS_OK);
            processor_offer_cabinet(processor, none);
            break;
        case 18000:
            processor_collect(processor);
            processor_offer_cabinet(processor, make_cabinet(70, RATE, RATE, 2));
            break;
        default:
            break;
        }
        int stop = 0;
        while (stops[stop] <= begin) {
            stop++;
        }
        int count = block ? block : 1 + rand() % 700;
        int end = begin + count < stops[stop] ? begin + count : stops[stop];
        run(processor, 2, begin, end);
        begin = end;
    }
    processor_free(processor);
}

static void block_sizes_do_not_matter(void **state) {
    (void)state;
    static const int blocks[] = {64, 0, 127, 129, 8192};
    expect_same_for_blocks(eventful_run, blocks, sizeof blocks / sizeof *blocks);
}

static void a_cabinet_comes_and_goes_without_a_click(void **state) {
    (void)state;
    float low[4000];
    for (int i = 0; i < 4000; i++) { // dull, so that a step must come from the change
        low[i] = expf(-(float)i / 300.0f);
    }
    ImpulseResponse impulse = {.rate = RATE, .channels = 1, .frames = 4000, .samples = {low}};
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = 0.4f * sinf(6.2831853f * 60.0f * (float)i / RATE);
    }
    Cabinet *cabinet = NULL, *none = NULL;
    assert_int_equal(cabinet_new(&cabinet, &impulse, RATE, 1, NULL), STATUS_OK);
    assert_int_equal(cabinet_new(&none, NULL, RATE, 1, NULL), STATUS_OK);
    Processor *processor = make(1, NULL);
    run(processor, 1, 0, 3000);
    processor_offer_cabinet(processor, cabinet);
    run(processor, 1, 3000, 10000);
    processor_set(processor, CONTROL_CABINET, 0.0f);
    run(processor, 1, 10000, 13000);
    processor_set(processor, CONTROL_CABINET, 1.0f);
    run(processor, 1, 13000, 17000);
    processor_offer_cabinet(processor, none);
    run(processor, 1, 17000, FRAMES);
    float peak = 0.0f;
    for (int i = 6000; i < 10000; i++) {
        peak = fmaxf(peak, fabsf(out[0][i]));
    }
    for (int i = 1; i < FRAMES; i++) {
        assert_true(fabsf(out[0][i] - out[0][i - 1]) < 0.012f * peak);
    }
    assert_true(processor_collect(processor));
    processor_free(processor);
}

static void survives_every_failing_allocation(void **state) {
    (void)state;
    Status status = STATUS_NO_MEMORY;
    fill_response(LONGEST);
    ImpulseResponse impulse = {
        .rate = 44100, .channels = 1, .frames = LONGEST, .samples = {response}};
    Cabinet *cabinet = NULL;
    for (long successes = 0; status != STATUS_OK && successes < 100; successes++) {
        memory_fail_after(successes);
        status = cabinet_new(&cabinet, &impulse, RATE, 2, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || (status == STATUS_NO_MEMORY && !cabinet));
    }
    assert_int_equal(status, STATUS_OK);
    cabinet_free(cabinet);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(convolution_is_the_plain_sum, setup),
        cmocka_unit_test_setup(convolution_does_not_depend_on_blocks, setup),
        cmocka_unit_test_setup(a_file_gives_its_channels, setup),
        cmocka_unit_test_setup(a_long_file_is_faded_out_and_a_bad_one_refused, setup),
        cmocka_unit_test_setup(white_noise_keeps_its_energy_at_every_rate, setup),
        cmocka_unit_test_setup(two_channels_have_their_own, setup),
        cmocka_unit_test_setup(a_silent_channel_is_not_used, setup),
        cmocka_unit_test_setup(the_chain_with_a_cabinet_is_the_cabinet_after_the_chain, setup),
        cmocka_unit_test_setup(block_sizes_do_not_matter, setup),
        cmocka_unit_test_setup(a_cabinet_comes_and_goes_without_a_click, setup),
        cmocka_unit_test_setup(survives_every_failing_allocation, setup),
    };
    return cmocka_run_group_tests_name("cabinet", tests, scratch_begin, scratch_end);
}
