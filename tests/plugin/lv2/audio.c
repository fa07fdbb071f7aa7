// SPDX-License-Identifier: ISC
// The plugin's audio in a host: the engine's own samples, whatever the host offers and however it
// cuts the blocks.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/denormals.h"
#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"

enum { FRAMES = 20000 };

static float in[FRAMES], out[FRAMES], expected[FRAMES];

static int setup(void **state) {
    (void)state;
    sample_signal(in, FRAMES, SAMPLE_RATE, 1);
    files_play_model(DEFAULT_SEED, in, expected, FRAMES);
    memset(out, 0, sizeof out);
    return 0;
}

static void every_kind_of_host_hears_the_default_model(void **state) {
    (void)state;
    static const unsigned hosts[] = {0,
                                     HOST_MAP,
                                     HOST_LOG,
                                     HOST_MESSAGES,
                                     HOST_WORKER,
                                     HOST_MAP | HOST_MESSAGES,
                                     HOST_FULL,
                                     HOST_FULL | HOST_BUSY,
                                     HOST_FULL | HOST_THREAD};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, hosts[i]);
        memset(out, 0, sizeof out);
        host_play(host, in, out, FRAMES, 256);
        assert_memory_equal(out, expected, sizeof out);
        host_free(host);
    }
}

static void block_sizes_do_not_matter(void **state) {
    (void)state;
    static const int blocks[] = {1, 64, 256, 0, 8192, FRAMES};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
        host_set(host, CONTROL_OUTPUT, -6.0f);
        host_play(host, in, out, FRAMES, blocks[i]);
        if (i == 0) {
            memcpy(expected, out, sizeof out);
        }
        assert_memory_equal(out, expected, sizeof out);
        host_free(host);
    }
}

static float peak_of(const float *samples, int begin) {
    float peak = 0.0f;
    for (int i = begin; i < FRAMES; i++) {
        assert_true(isfinite(samples[i]));
        peak = fmaxf(peak, fabsf(samples[i]));
    }
    return peak;
}

static void every_rate_runs(void **state) {
    (void)state;
    static const double rates[] = {8000.0, 22050.0, 44100.0, 88200.0, 96000.0, 192000.0, 384000.0};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        Host *host = host_new(files_path("lv2/gruff.lv2"), rates[i], HOST_FULL);
        host_play(host, in, expected, FRAMES, 64);
        assert_true(peak_of(expected, 0) > 0.1f && peak_of(expected, 0) < 10.0f);
        assert_non_null(strstr(host_log(host), "made for 48000 Hz"));
        bool multiple = fmod(rates[i], 48000.0) == 0.0;
        assert_non_null(strstr(host_log(host), multiple ? "state is delayed" : "resampled"));
        host_free(host);
        host = host_new(files_path("lv2/gruff.lv2"), rates[i], HOST_FULL);
        host_play(host, in, out, FRAMES, 0);
        assert_memory_equal(out, expected, sizeof out);
        host_free(host);
    }
}

static void in_place_gives_the_same(void **state) {
    (void)state;
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
    memcpy(out, in, sizeof in);
    host_play(host, out, out, FRAMES, 64);
    assert_memory_equal(out, expected, sizeof out);
    host_free(host);
}

static void an_empty_cycle_changes_nothing(void **state) {
    (void)state;
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
    host_run(host, in, out, 0);
    host_play(host, in, out, FRAMES, 64);
    assert_memory_equal(out, expected, sizeof out);
    float load = host_output(host, PORT_LOAD), peak = host_output(host, PORT_PEAK_OUT);
    host_run(host, in, out, 0);
    assert_true(host_output(host, PORT_LOAD) == load && isfinite(load));
    assert_true(host_output(host, PORT_PEAK_OUT) == peak);
    host_free(host);
}

// The output is late by what the port says, to the sample: bypassed, it is the input's own samples.
// Each channel is heard alone, in blocks of any size, and the two share controls and model.
static void stereo_is_two_channels_of_one_model(void **state) {
    (void)state;
    static float right[FRAMES], outs[2][FRAMES], wanted[2][FRAMES];
    static const int blocks[] = {1, 64, 8192};
    sample_signal(right, FRAMES, SAMPLE_RATE, 9);
    Engine *engine = sample_engine_new(SAMPLE_HIDDEN, DEFAULT_SEED, 2);
    DenormalState before = denormals_off();
    engine_run(engine, (float *[]){wanted[0], wanted[1]}, (const float *[]){in, right}, FRAMES);
    denormals_restore(before);
    engine_free(engine);
    for (int i = 0; i < 3; i++) {
        Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL | HOST_STEREO);
        for (int at = 0; at < FRAMES; at += blocks[i]) {
            int count = FRAMES - at < blocks[i] ? FRAMES - at : blocks[i];
            host_run_stereo(host, (const float *[]){in + at, right + at},
                            (float *[]){outs[0] + at, outs[1] + at}, count);
        }
        assert_memory_equal(outs, wanted, sizeof outs);
        assert_near(host_output(host, PORT_LATENCY), 0.0f, 0.0);
        host_free(host);
    }
    Host *bypassed = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_STEREO);
    host_set(bypassed, CONTROL_ENABLED, 0.0f);
    host_run_stereo(bypassed, (const float *[]){in, right}, (float *[]){outs[0], outs[1]}, FRAMES);
    assert_memory_equal(outs[0], in, sizeof in);
    assert_memory_equal(outs[1], right, sizeof right);
    host_free(bypassed);
}

static void latency_is_told_to_the_sample(void **state) {
    (void)state;
    static const double rates[] = {44100.0, 48000.0, 88200.0, 96000.0};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        Host *host = host_new(files_path("lv2/gruff.lv2"), rates[i], HOST_FULL);
        host_set(host, CONTROL_ENABLED, 0.0f);
        host_play(host, in, out, FRAMES, 64);
        int latency = (int)host_output(host, PORT_LATENCY);
        assert_int_equal(latency > 0, fmod(rates[i], 48000.0) != 0.0);
        assert_memory_equal(out + latency, in, (size_t)(FRAMES - latency) * sizeof(float));
        host_free(host);
    }
}

static void meters_show_levels_and_load(void **state) {
    (void)state;
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
    host_set(host, CONTROL_ENABLED, 0.0f);
    for (int i = 0; i < FRAMES; i++) {
        in[i] = i % 2 ? 0.5f : -0.5f;
    }
    host_play(host, in, out, FRAMES, 64);
    assert_near(host_output(host, PORT_PEAK_IN), -6.02f, 0.01);
    assert_near(host_output(host, PORT_PEAK_OUT), -6.02f, 0.01);
    assert_true(host_output(host, PORT_LOAD) > 0.0f);
    memset(in, 0, sizeof in);
    host_play(host, in, out, SAMPLE_RATE / 4, 64);
    assert_near(host_output(host, PORT_PEAK_IN), -11.02f, 0.1); // 20 dB in a second
    host_free(host);
}

static void a_meter_shows_the_louder_channel(void **state) {
    (void)state;
    static float loud[64], soft[64], outs[2][64];
    for (int i = 0; i < 64; i++) {
        loud[i] = i % 2 ? 0.5f : -0.5f;
        soft[i] = 0.1f * loud[i];
    }
    for (int right = 0; right < 2; right++) {
        Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL | HOST_STEREO);
        host_set(host, CONTROL_ENABLED, 0.0f);
        for (int block = 0; block < 100; block++) { // until it is bypassed
            host_run_stereo(host, (const float *[]){right ? soft : loud, right ? loud : soft},
                            (float *[]){outs[0], outs[1]}, 64);
        }
        assert_near(host_output(host, PORT_PEAK_IN), -6.02f, 0.01);
        assert_near(host_output(host, PORT_PEAK_OUT), -6.02f, 0.01);
        host_free(host);
    }
}

static void bypass_gives_the_input(void **state) {
    (void)state;
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
    host_set(host, CONTROL_ENABLED, 0.0f);
    host_play(host, in, out, FRAMES, 64);
    assert_memory_equal(out, in, sizeof out);
    host_free(host);
}

static void without_default_model_the_input_passes(void **state) {
    (void)state;
    Host *host = host_new(files_path("bare/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
    assert_non_null(strstr(host_log(host), "no default model"));
    host_play(host, in, out, FRAMES, 64);
    assert_memory_equal(out, in, sizeof out);
    assert_string_equal(host_model(host), "");
    assert_non_null(strstr(host_status(host), "no model"));
    host_free(host);
}

static void bad_input_gives_finite_output(void **state) {
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY, 3e38f, 1e-40f};
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
    for (int i = 0; i < FRAMES; i++) {
        in[i] = bad[i % (int)(sizeof bad / sizeof *bad)];
    }
    host_set(host, CONTROL_INPUT, NAN);
    host_set(host, CONTROL_OUTPUT, INFINITY);
    host_play(host, in, out, FRAMES, 64);
    for (int i = 0; i < FRAMES; i++) {
        assert_true(isfinite(out[i]));
    }
    sample_signal(in, FRAMES, SAMPLE_RATE, 1);
    host_set(host, CONTROL_OUTPUT, 0.0f);
    host_play(host, in, out, FRAMES, 64);
    float peak = peak_of(out, FRAMES / 2);
    assert_true(peak > 0.01f && peak < 10.0f); // it plays on
    host_free(host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_kind_of_host_hears_the_default_model, setup),
        cmocka_unit_test_setup(block_sizes_do_not_matter, setup),
        cmocka_unit_test_setup(every_rate_runs, setup),
        cmocka_unit_test_setup(in_place_gives_the_same, setup),
        cmocka_unit_test_setup(an_empty_cycle_changes_nothing, setup),
        cmocka_unit_test_setup(stereo_is_two_channels_of_one_model, setup),
        cmocka_unit_test_setup(latency_is_told_to_the_sample, setup),
        cmocka_unit_test_setup(meters_show_levels_and_load, setup),
        cmocka_unit_test_setup(a_meter_shows_the_louder_channel, setup),
        cmocka_unit_test_setup(bypass_gives_the_input, setup),
        cmocka_unit_test_setup(without_default_model_the_input_passes, setup),
        cmocka_unit_test_setup(bad_input_gives_finite_output, setup),
    };
    return cmocka_run_group_tests_name("lv2 audio", tests, files_make, files_remove);
}
