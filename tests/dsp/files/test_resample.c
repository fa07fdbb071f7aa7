// SPDX-License-Identifier: ISC
// The resampler for files: nothing is shifted, and what its source says is told.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/files/audio/resample.h"
#include "tests/rig/near.h"

enum { FRAMES = 20000 };

static float out[2 * FRAMES];

// Two channels: a sine, and another one upside down. It ends, if ever, with a failure.
typedef struct Source {
    double frequency; // periods a frame
    long next, fails_at;
} Source;

static Status read_source(void *context, float *samples, size_t frames, Diagnostic *diagnostic) {
    Source *source = context;
    assert_true(frames <= RESAMPLE_BLOCK);
    for (size_t i = 0; i < frames; i++, source->next++) {
        samples[2 * i] = (float)sin(2.0 * M_PI * source->frequency * (double)source->next);
        samples[2 * i + 1] = -samples[2 * i];
    }
    if (source->fails_at && source->next > source->fails_at) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "the source fails");
    }
    return STATUS_OK;
}

// In pieces of any size.
static Status read_pieces(Resampler *resampler, Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    size_t count = 1;
    for (size_t at = 0; status == STATUS_OK && at < FRAMES; at += count) {
        count = (count * 7 + 13) % 3000 + 1;
        count = count < FRAMES - at ? count : FRAMES - at;
        status = resampler_read(resampler, out + 2 * at, count, diagnostic);
    }
    return status;
}

static void a_frame_is_the_signal_at_its_time(void **state) {
    (void)state;
    static const double ratios[] = {48.0 / 44.1, 0.5, 2.0, 44.1 / 96.0, 1.0, 4.0};
    static const double shares[] = {0.01, 0.3, 0.9}; // of the lower Nyquist frequency
    for (size_t k = 0; k < sizeof ratios / sizeof *ratios; k++) {
        for (int f = 0; f < 3; f++) {
            Source source = {.frequency = 0.5 * shares[f] * fmin(1.0, ratios[k])};
            Resampler *resampler = NULL;
            assert_int_equal(resampler_new(&resampler, ratios[k], 2, read_source, &source, NULL),
                             STATUS_OK);
            assert_int_equal(read_pieces(resampler, NULL), STATUS_OK);
            for (int i = 2000; i < FRAMES; i++) { // silence was before
                double exact = sin(2.0 * M_PI * source.frequency * i / ratios[k]);
                assert_near(out[2 * i], exact, 1e-4);
                assert_near(out[2 * i + 1], -exact, 1e-4);
            }
            resampler_free(resampler);
        }
    }
}

static void a_source_that_fails_is_told(void **state) {
    (void)state;
    Source source = {.frequency = 0.01, .fails_at = 5000};
    Resampler *resampler = NULL;
    Diagnostic diagnostic = {""};
    assert_int_equal(resampler_new(&resampler, 1.5, 2, read_source, &source, NULL), STATUS_OK);
    assert_int_equal(read_pieces(resampler, &diagnostic), STATUS_CANNOT_READ);
    assert_string_equal(diagnostic.text, "the source fails");
    resampler_free(resampler);
}

static void ratios_are_limited(void **state) {
    (void)state;
    static const struct {
        double ratio;
        Status status;
    } cases[] = {{256.0, STATUS_OK},          {1.0 / 256.0, STATUS_OK},
                 {257.0, STATUS_UNSUPPORTED}, {1.0 / 257.0, STATUS_UNSUPPORTED},
                 {0.0, STATUS_UNSUPPORTED},   {-1.0, STATUS_UNSUPPORTED}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Source source = {.frequency = 0.01};
        Resampler *resampler = NULL;
        assert_int_equal(resampler_new(&resampler, cases[k].ratio, 1, read_source, &source, NULL),
                         cases[k].status);
        assert_int_equal(resampler != NULL, cases[k].status == STATUS_OK);
        resampler_free(resampler);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_the_signal_at_its_time),
        cmocka_unit_test(a_source_that_fails_is_told),
        cmocka_unit_test(ratios_are_limited),
    };
    return cmocka_run_group_tests_name("resample", tests, NULL, NULL);
}
