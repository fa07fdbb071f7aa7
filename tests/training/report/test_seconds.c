// SPDX-License-Identifier: ISC
// Seconds of several recordings, and the ten loud ones to listen to: which they are, to the sample.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/files/audio/audio_file.h"
#include "tests/rig/page.h"
#include "tests/rig/scratch.h"
#include "training/report/audio.h"
#include "training/report/seconds.h"

enum { RATE = 1000, FRAMES = 30 * RATE };

static float targets[2][FRAMES];
static Dataset dataset;
static Validation validation;

static int unmake(void **state) {
    (void)state;
    validation_clear(&validation);
    dataset_clear(&dataset);
    return 0;
}

// Two recordings of noise, held out in these ranges; what the model made of them is off by a tenth
// of a constant that grows.
static void make(Range first, Range second) {
    Random random = {2};
    unmake(NULL);
    dataset.rate = RATE;
    assert_int_equal(dataset_room(&dataset, 2, NULL), STATUS_OK);
    for (int r = 0; r < 2; r++) {
        dataset.recordings[r].frames = FRAMES;
        dataset.recordings[r].target = dataset.recordings[r].input = targets[r];
        Range range = r ? second : first;
        dataset.recordings[r].validation = ranges_of(range.begin, range.end);
        for (int i = 0; i < FRAMES; i++) {
            targets[r][i] = (float)random_within(&random, 0.3);
        }
    }
    dataset.validation_frames = first.end - first.begin + second.end - second.begin;
    assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
    for (size_t i = 0; i < dataset.validation_frames; i++) {
        size_t held = first.end - first.begin;
        float target = i < held ? targets[0][first.begin + i] : targets[1][second.begin + i - held];
        validation.output[i] = target + 1e-4f * (float)(i / 100);
    }
}

// Each recording begins a second of its own; of what is left at its end half a second counts, and
// all of it where there is nothing else.
static void test_seconds(void **state) {
    (void)state;
    static const struct {
        int recording;
        size_t begin, frames, before; // frames of held-out audio
    } wanted[] = {{0, 500, RATE, 0},
                  {0, 1500, RATE, RATE}, // 499 samples follow
                  {1, 7000, RATE, 2499},
                  {1, 8000, RATE / 2, 3499}};
    make((Range){500, 2999}, (Range){7000, 8500});
    Seconds seconds;
    assert_int_equal(seconds_init(&seconds, &validation, NULL), STATUS_OK);
    assert_int_equal(seconds.count, 4);
    for (int i = 0; i < 4; i++) {
        const Second *second = &seconds.second[i];
        double error = 0.0, energy = 0.0;
        const float *target = targets[wanted[i].recording] + wanted[i].begin;
        const float *output = validation.output + wanted[i].before;
        assert_ptr_equal(second->recording, &dataset.recordings[wanted[i].recording]);
        assert_true(second->begin == wanted[i].begin && second->frames == wanted[i].frames);
        assert_ptr_equal(second->output, output);
        assert_true(second->time == (double)wanted[i].before / RATE);
        for (size_t k = 0; k < second->frames; k++) {
            double target_here = (double)target[k], off = target_here - (double)output[k];
            error += off * off;
            energy += target_here * target_here;
        }
        assert_true(fabs(second->sums.error / (error + 1e-30) - 1.0) < 1e-9);
        assert_true(fabs(second->sums.energy / energy - 1.0) < 1e-9);
        assert_true(fabs(second->esr / (error / energy) - 1.0) < 1e-9);
        assert_ptr_equal(seconds.ranked[i], second); // each worse than the one before
    }
    seconds_clear(&seconds);
    make((Range){0, 100}, (Range){10, 11}); // hardly anything, but no nothing
    assert_int_equal(seconds_init(&seconds, &validation, NULL), STATUS_OK);
    assert_true(seconds.count == 2 && seconds.second[1].frames == 1);
    seconds_clear(&seconds);
}

// Those more than 40 dB below the mean level have no ESR.
static void test_quiet(void **state) {
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        make((Range){0, 10 * RATE}, (Range){0, 0});
        // The mean square is that of nine seconds in ten.
        double square = 0.0;
        for (int i = 0; i < 10 * RATE; i++) {
            square += i / RATE == 4 ? 0.0 : (double)(targets[0][i] * targets[0][i]) / (10 * RATE);
        }
        for (int i = 4 * RATE; i < 5 * RATE; i++) {
            targets[0][i] = (float)(sqrt(square) * pow(10.0, (wrong ? -40.1 : -39.9) / 20.0));
        }
        Seconds seconds;
        assert_int_equal(seconds_init(&seconds, &validation, NULL), STATUS_OK);
        assert_int_equal(seconds.audible, wrong ? 9 : 10);
        assert_int_equal(isnan(seconds.second[4].esr), wrong);
        seconds_clear(&seconds);
    }
}

// ---- To listen to ----

// Ten seconds of the recording that is louder there: target, model and what is between, turned down
// alike where the model would clip.
static void test_sounds(void **state) {
    (void)state;
    enum { LOUD = 13 * RATE };
    for (int clips = 0; clips < 2; clips++) {
        char *page = NULL;
        size_t size = 0;
        Audio audio[3] = {{0}};
        make((Range){0, 12 * RATE}, (Range){1000, 28 * RATE});
        size_t before = 12 * RATE + LOUD - 1000; // in the held-out audio
        for (int i = 0; i < 10 * RATE; i++) {
            float output = validation.output[before + (size_t)i];
            validation.output[before + (size_t)i] = 2.0f * output;
            targets[1][LOUD + i] *= 2.0f;
        }
        validation.output[before + 50] = clips ? -1.6f : 0.2f;
        FILE *stream = open_memstream(&page, &size);
        assert_non_null(stream);
        assert_int_equal(report_audio(stream, &validation, NULL), STATUS_OK);
        assert_int_equal(fclose(stream), 0);
        assert_int_equal(strstr(page, "turned down alike") != NULL, clips);
        assert_non_null(strstr(page, "The loudest 10.0 s of the held-out audio (from 24 s on)"));
        page_sounds(page, audio, 3, 10 * RATE, RATE);
        float gain = clips ? 0.999f / 1.6f : 1.0f;
        for (int i = 0; i < 10 * RATE; i++) {
            float target = targets[1][LOUD + i], output = validation.output[before + (size_t)i];
            assert_true(fabsf(audio[0].samples[i] - gain * target) < 1e-4f);
            assert_true(fabsf(audio[1].samples[i] - gain * output) < 1e-4f);
            assert_true(fabsf(audio[2].samples[i] - gain * (target - output)) < 1e-4f);
        }
        for (int s = 0; s < 3; s++) {
            audio_clear(&audio[s]);
        }
        free(page);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_seconds, unmake),
        cmocka_unit_test_teardown(test_quiet, unmake),
        cmocka_unit_test_teardown(test_sounds, unmake),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
