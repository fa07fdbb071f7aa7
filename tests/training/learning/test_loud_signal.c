// SPDX-License-Identifier: ISC
// The signals on which a network must forget: what they are, how loud, at which knobs, over many
// draws; and that they go on where they were.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "training/learning/loud_signal.h"

enum { RATE = 48000, FRAMES = 40000, LENGTH = 9600, DRAWS = 800 };

static float input[2][FRAMES], rendered[LENGTH];
static Dataset dataset;

// Two recordings whose samples tell where they are, and two knobs.
static int make(void **state) {
    (void)state;
    if (dataset_room(&dataset, 2, NULL) != STATUS_OK) {
        return -1;
    }
    for (int r = 0; r < 2; r++) {
        for (int i = 0; i < FRAMES; i++) {
            input[r][i] = (float)(1 + r * FRAMES + i);
        }
        dataset.recordings[r] = (Recording){
            .frames = FRAMES, .input = input[r], .target = input[r]};
        dataset.recordings[r].training = ranges_of(1000, 30000);
        dataset.recordings[r].validation = ranges_of(30000, FRAMES);
        dataset.recordings[r].knobs[0] = r ? 10.0f : 2.0f;
        dataset.recordings[r].knobs[1] = r ? -1.0f : 1.0f;
    }
    dataset.rate = RATE;
    dataset.knobs = 2;
    dataset.knob[0] = (Knob){.minimum = 2.0f, .maximum = 10.0f};
    dataset.knob[1] = (Knob){.minimum = -1.0f, .maximum = 1.0f};
    return dataset_finish(&dataset, true, NULL) == STATUS_OK ? 0 : -1;
}

static int unmake(void **state) {
    (void)state;
    dataset_clear(&dataset);
    return 0;
}

// How often and between which levels (dB) a kind came.
typedef struct Seen {
    int count;
    double least, most;
} Seen;

static void see(Seen *seen, double power) {
    double level = 10.0 * log10(power);
    seen->least = seen->count ? fmin(seen->least, level) : level;
    seen->most = seen->count ? fmax(seen->most, level) : level;
    seen->count++;
}

// All of its range, and no more than that.
static void assert_range(const Seen *seen, double least, double most) {
    if (!(seen->least >= least - 0.3 && seen->least < least + 3.0 && seen->most <= most + 0.3 &&
          seen->most > most - 3.0)) {
        fail_msg("%.1f to %.1f dB, not %.1f to %.1f", seen->least, seen->most, least, most);
    }
}

static double power_of(const float *samples) {
    double sum = 0.0;
    for (int i = 0; i < LENGTH; i++) {
        sum += (double)samples[i] * (double)samples[i] / LENGTH;
    }
    return sum;
}

// Gain of the recording that these samples are a part of, inside of what is trained on.
static double audio_gain(const float *samples) {
    double gain = (double)(samples[LENGTH - 1] - samples[0]) / (LENGTH - 1);
    double first = (double)samples[0] / gain - 1.0, last = first + LENGTH - 1;
    double begin = first < FRAMES ? 0.0 : FRAMES;
    assert_true(first - begin > 999.0 && last - begin < 30001.0);
    return gain;
}

static bool is_at(const float *knobs, const Recording *recording) {
    return knobs[0] == recording->knobs[0] && knobs[1] == recording->knobs[1];
}

// Whether up to five periods are a whole number of samples.
static bool is_locked(double step) {
    for (int periods = 1; periods <= 5; periods++) {
        double samples = 2.0 * M_PI * periods / step;
        if (fabs(samples - round(samples)) < 1e-6 * samples) {
            return true;
        }
    }
    return false;
}

static void test_draws(void **state) {
    (void)state;
    Seen audio = {0}, noise = {0}, one = {0}, two = {0};
    double lowest = RATE, highest = 0.0;
    int recorded = 0, locked = 0, phases = 0;
    Random random = {3};
    for (int i = 0; i < DRAWS; i++) {
        LoudSignal signal = loud_signal_draw(&dataset, LENGTH, &random);
        for (int k = 0; k < 2 && signal.step[k] > 0.0; k++) {
            phases += signal.phase[k] > 0.0 && signal.phase[k] < M_PI;
        }
        loud_signal_render(&signal, rendered, LENGTH, &random);
        double power = power_of(rendered);
        if (signal.kind == LOUD_AUDIO) {
            double gain = audio_gain(rendered);
            see(&audio, gain * gain);
        } else if (signal.kind == LOUD_NOISE) {
            see(&noise, power);
        } else if (signal.step[1] == 0.0) {
            see(&one, 2.0 * power); // its peak
        } else {
            see(&two, 4.0 * power);
        }
        for (int k = 0; k < 2 && signal.step[k] > 0.0; k++) {
            locked += is_locked(signal.step[k]);
            lowest = fmin(lowest, signal.step[k] * RATE / (2.0 * M_PI));
            highest = fmax(highest, signal.step[k] * RATE / (2.0 * M_PI));
        }
        recorded += is_at(signal.knobs, &dataset.recordings[0]) ||
                    is_at(signal.knobs, &dataset.recordings[1]);
        assert_true(signal.knobs[0] >= 2.0f && signal.knobs[0] <= 10.0f);
        assert_true(signal.knobs[1] >= -1.0f && signal.knobs[1] <= 1.0f);
    }
    // Three deviations at most from what is expected.
    assert_in_range(audio.count, 278, 362);
    assert_in_range(noise.count, 126, 194);
    assert_in_range(one.count, 126, 194);
    assert_in_range(two.count, 126, 194);
    assert_in_range(recorded, 358, 442);
    int sines = one.count + 2 * two.count;
    assert_in_range(locked, sines * 43 / 100, sines * 57 / 100);
    assert_in_range(phases, sines * 43 / 100, sines * 57 / 100);
    assert_range(&audio, 0.0, 30.0);
    assert_range(&noise, -30.0, -3.0);
    assert_range(&one, -24.0, 18.0);
    assert_range(&two, -24.0, 18.0);
    assert_true(lowest >= 40.0 && lowest < 60.0);
    assert_true(highest <= 12000.0 && highest > 9000.0);
}

// In pieces as at once.
static void test_goes_on(void **state) {
    (void)state;
    static float whole[LENGTH];
    Random random = {9};
    for (int i = 0; i < 40; i++) {
        LoudSignal signal = loud_signal_draw(&dataset, LENGTH, &random), same = signal;
        Random copy = random;
        loud_signal_render(&same, whole, LENGTH, &copy);
        for (int done = 0; done < LENGTH; done += LENGTH / 4) {
            loud_signal_render(&signal, rendered + done, LENGTH / 4, &random);
        }
        assert_memory_equal(whole, rendered, sizeof whole);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_goes_on),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
