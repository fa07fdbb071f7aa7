// SPDX-License-Identifier: ISC
// What the report finds out about a model: its seconds and spectra, on signals whose figures are
// known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/measures/sines.h"
#include "dsp/measures/speed.h"
#include "tests/rig/sample_model.h"
#include "training/report/seconds.h"
#include "training/report/spectrum.h"

enum { RATE = 8000, FRAMES = 100 * RATE, HELD = 15 * RATE };

// ---- Models that are known ----

// ---- Spectra ----

static void test_spectrum(void **state) {
    (void)state;
    enum { LENGTH = 4 * 48000 };
    double hertz[SPECTRUM_BANDS], level[SPECTRUM_BANDS];
    float *samples = memory_new(LENGTH, sizeof *samples);
    // A sine's power is in its band and the two beside it.
    for (int i = 0; i < LENGTH; i++) {
        samples[i] = 0.5f * sinf((float)(2.0 * M_PI * fmod(1000.0 * i / 48000.0, 1.0)));
    }
    Spectrum *spectrum;
    assert_int_equal(spectrum_new(&spectrum, 48000.0, NULL), STATUS_OK);
    spectrum_add(spectrum, samples, LENGTH);
    int count = spectrum_bands(spectrum, hertz, level), loudest = 0;
    double near = 0.0, all = 0.0;
    assert_true(count > 110 && hertz[0] == 20.0 && hertz[count - 1] < 24000.0);
    for (int i = 0; i < count; i++) {
        loudest = level[i] > level[loudest] ? i : loudest;
        near += fabs(log2(hertz[i] / 1000.0)) < 0.13 ? pow(10.0, level[i] / 10.0) : 0.0;
        all += pow(10.0, level[i] / 10.0);
    }
    assert_true(fabs(log2(hertz[loudest] / 1000.0)) <= 0.5 / 12.0);
    assert_true(fabs(near - 0.125) < 1e-4 && fabs(all - 0.125) < 1e-4);
    spectrum_free(spectrum);
    // White noise: every band has its width's share. Short stretches count, too.
    Random random = {3};
    for (int i = 0; i < LENGTH; i++) {
        samples[i] = (float)random_within(&random, 1.0); // mean square 1/3
    }
    assert_int_equal(spectrum_new(&spectrum, 48000.0, NULL), STATUS_OK);
    spectrum_add(spectrum, samples, LENGTH);
    count = spectrum_bands(spectrum, hertz, level);
    for (int i = 0; i < count; i++) {
        double share = hertz[i] * (exp2(0.5 / 12.0) - exp2(-0.5 / 12.0)) / 24000.0;
        double tolerance = hertz[i] < 300.0 ? 4.0 : 1.0;
        assert_true(fabs(level[i] - 10.0 * log10(share / 3.0)) < tolerance);
    }
    spectrum_free(spectrum);
    assert_int_equal(spectrum_new(&spectrum, 48000.0, NULL), STATUS_OK);
    spectrum_add(spectrum, samples, 1000);
    assert_int_equal(spectrum_bands(spectrum, hertz, level), count);
    assert_true(level[count - 1] > -60.0 && level[count - 1] < -5.0);
    spectrum_free(spectrum);
    // Silence is as low as it gets, and a number.
    assert_int_equal(spectrum_new(&spectrum, 48000.0, NULL), STATUS_OK);
    assert_int_equal(spectrum_bands(spectrum, hertz, level), count);
    assert_true(level[0] == SPECTRUM_FLOOR && level[count - 1] == SPECTRUM_FLOOR);
    spectrum_free(spectrum);
    memory_free(samples);
}

// ---- Seconds ----

// A pair whose target is the input; second 3 of the held-out audio is silent, 5 hardly to be heard.
static void make_dataset(Dataset *dataset) {
    float *input = memory_new(FRAMES, sizeof(float)), *target = memory_new(FRAMES, sizeof(float));
    sample_signal(input, FRAMES, RATE, 5);
    memcpy(target, input, FRAMES * sizeof(float));
    target[0] += 0.1f; // identical files would be refused
    for (int i = 0; i < RATE; i++) {
        target[FRAMES - HELD + 3 * RATE + i] = 0.0f;
        target[FRAMES - HELD + 5 * RATE + i] *= 1e-3f;
    }
    assert_int_equal(dataset_make(dataset, input, target, FRAMES, RATE, NULL), STATUS_OK);
    // The end is held out, and nothing else.
    Recording *recording = &dataset->recordings[0];
    recording->training = (Ranges){.count = 1, .range = {{0, FRAMES - HELD}}};
    recording->validation = (Ranges){.count = 1, .range = {{FRAMES - HELD, FRAMES}}};
    dataset->training_frames = FRAMES - HELD;
    dataset->validation_frames = HELD;
    memory_free(input);
    memory_free(target);
}

static void test_seconds(void **state) {
    (void)state;
    Dataset dataset;
    Validation validation;
    Seconds seconds;
    make_dataset(&dataset);
    Model *model = sample_gain_new(-1.0);
    assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
    double esr = validation_esr(&validation, model), error = 0.0, energy = 0.0;
    for (int i = 0; i < RATE; i++) { // one second is worse, one is better
        validation.output[7 * RATE + i] = 0.0f;
        validation.output[8 * RATE + i] *= 1.1f;
    }
    assert_int_equal(seconds_init(&seconds, &validation, NULL), STATUS_OK);
    assert_int_equal(seconds.count, HELD / RATE);
    assert_int_equal(seconds.audible, seconds.count - 2);
    double wanted = pow(1.0 - pow(10.0, -1.0 / 20.0), 2.0); // of an attenuation by 1 dB
    for (int i = 0; i < seconds.count; i++) {
        const Second *second = &seconds.second[i];
        assert_int_equal(second->frames, RATE);
        assert_true(second->time == i && second->output == validation.output + i * RATE);
        assert_true(isnan(second->esr) == (i == 3 || i == 5));
        if (i != 3 && i != 5 && i != 7 && i != 8) {
            assert_true(fabs(second->esr / wanted - 1.0) < 1e-3);
            error += second->sums.error;
            energy += second->sums.energy;
        }
    }
    assert_true(fabs(error / energy / wanted - 1.0) < 1e-3 && esr > wanted);
    assert_true(seconds.ranked[0] == &seconds.second[8]);
    assert_true(seconds.ranked[seconds.audible - 1] == &seconds.second[7]);
    assert_true(fabs(seconds.ranked[seconds.audible - 1]->esr - 1.0) < 1e-9);
    for (int i = 1; i < seconds.audible; i++) {
        assert_true(seconds.ranked[i - 1]->esr <= seconds.ranked[i]->esr);
    }
    seconds_clear(&seconds);
    validation_clear(&validation);
    model_free(model);
    dataset_clear(&dataset);
}

// ---- Short memory ----

static Status all(const Model *model, const Validation *validation) {
    SineSpectrum tone;
    Spectrum *spectrum = NULL;
    Seconds seconds;
    double time;
    SpeedCase usual = speed_usual();
    Status status = spectrum_new(&spectrum, RATE, NULL);
    spectrum_free(spectrum);
    if (status == STATUS_OK) {
        status = seconds_init(&seconds, validation, NULL);
        seconds_clear(&seconds);
    }
    if (status == STATUS_OK) {
        status = speed_measure(&time, &model, 1, &usual, NULL);
    }
    return status == STATUS_OK ? sines_spectrum(&tone, model, RATE, 1000.0, NULL) : status;
}

static void test_short_memory(void **state) {
    (void)state;
    Dataset dataset;
    Validation validation;
    make_dataset(&dataset);
    assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
    Model *model = sample_gain_new(0.0);
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 200 && status != STATUS_OK; n++) {
        assert_int_equal(status, STATUS_NO_MEMORY);
        memory_fail_after(n);
        status = all(model, &validation);
        memory_fail_after(-1);
    }
    assert_int_equal(status, STATUS_OK);
    model_free(model);
    validation_clear(&validation);
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spectrum),
        cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
