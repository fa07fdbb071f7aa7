// SPDX-License-Identifier: ISC
// What a recipe says without any training: presets, shares of losses, options that make no sense,
// and the learning rate at each place of a run.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "training/learning/recipe.h"
#include "training/learning/schedule.h"

static void assert_close(double value, double wanted) {
    if (!(fabs(value - wanted) <= 1e-9 * fabs(wanted))) {
        fail_msg("%.12g, not %.12g", value, wanted);
    }
}

// A preset sets all of what it is about, whatever stood there.
static void test_presets(void **state) {
    (void)state;
    for (int preset = RECIPE_QUICK; preset <= RECIPE_BEST; preset++) {
        TrainerOptions options = trainer_defaults();
        options.epochs = 7.0;
        options.rate = 0.5;
        options.race = 9;
        options.shape.hidden = 99;
        options.weight_decay = 0.25;
        recipe_preset(&options, (RecipePreset)preset);
        assert_true(options.epochs == 0.0 && options.rate == 0.0);
        assert_true(options.seconds == (preset == RECIPE_QUICK  ? 10.0
                                        : preset == RECIPE_BEST ? 900.0
                                                                : 120.0));
        assert_int_equal(options.shape.hidden, preset == RECIPE_BEST ? 32 : 16);
        assert_int_equal(options.race, preset == RECIPE_BEST ? 3 : 1);
        assert_true(options.weight_decay == 0.25);
    }
}

// Each name its share, the others none.
static void test_terms(void **state) {
    (void)state;
    static const char *const texts[] = {"plain=1,dc=3", "emphasised=1,dc=3", "a-weighted=1,dc=3",
                                        "plain=1,spectral=3"};
    for (int i = 0; i < 4; i++) {
        LossMix mix = {9.0, 9.0, 9.0, 9.0, 9.0};
        assert_int_equal(recipe_loss(&mix, texts[i], NULL), STATUS_OK);
        assert_true(mix.plain == (i == 0 || i == 3) && mix.emphasised == (i == 1));
        assert_true(mix.a_weighted == (i == 2));
        assert_true(mix.dc == (i < 3 ? 3.0 : 0.0) && mix.spectral == (i < 3 ? 0.0 : 3.0));
    }
    LossMix mix = {.plain = 9.0};
    assert_int_equal(recipe_loss(&mix, "dc=1,spectral=1", NULL), STATUS_BAD_ARGUMENT);
    assert_true(mix.plain == 9.0);
}

static void test_shares_of_losses(void **state) {
    (void)state;
    LossMix mix = {.plain = 9.0};
    Diagnostic diagnostic = {""};
    assert_int_equal(recipe_loss(&mix, "emphasised=0.25,dc=0.1,a-weighted=1", NULL), STATUS_OK);
    assert_true(mix.plain == 0.0 && mix.emphasised == 0.25 && mix.dc == 0.1 &&
                mix.a_weighted == 1.0);
    const char *const bad[] = {
        "",       "dc=1",         "plain",     "plain=",    "plain=x",  "plain=-1",
        "loud=1", "plain=1;dc=1", "plain=1e9", "plain=inf", "plain= 1", "plain=1,dc=1,plain=2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        diagnostic.text[0] = '\0';
        assert_int_equal(recipe_loss(&mix, bad[i], &diagnostic), STATUS_BAD_ARGUMENT);
        assert_true(diagnostic.text[0] != '\0' && mix.emphasised == 0.25);
    }
}

static void test_cell_names(void **state) {
    (void)state;
    const OptionWord *words = recipe_cells();
    assert_true(strcmp(words[0].word, "gru") == 0 && words[0].value == LAYER_GRU);
    assert_string_equal(words[1].word, "gru-before");
    assert_int_equal(words[1].value, LAYER_GRU_RESET_BEFORE);
    assert_true(strcmp(words[2].word, "lstm") == 0 && words[2].value == LAYER_LSTM);
    assert_null(words[3].word);
}

static void test_times(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double seconds; // 0: refused
    } times[] = {{"90", 90.0},   {"90s", 90.0}, {"1.5m", 90.0}, {"15min", 900.0},
                 {"1h", 3600.0}, {"0.01", 0.0}, {"-5s", 0.0},   {"5d", 0.0},
                 {"", 0.0},      {"nan", 0.0},  {" 9", 0.0}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        double seconds = 0.0;
        assert_int_equal(recipe_seconds(&seconds, times[i].text), times[i].seconds > 0.0);
        assert_true(seconds == times[i].seconds);
    }
}

static void test_options_without_sense(void **state) {
    (void)state;
    TrainerOptions options = trainer_defaults();
    assert_int_equal(trainer_options_check(&options, NULL), STATUS_OK);
    double *const numbers[] = {&options.epochs, &options.seconds, &options.rate};
    const double bad[] = {-1.0, (double)NAN, INFINITY};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            double kept = *numbers[i];
            *numbers[i] = bad[k];
            assert_int_equal(trainer_options_check(&options, NULL), STATUS_BAD_ARGUMENT);
            *numbers[i] = kept;
        }
    }
    options.seconds = 0.0;
    assert_int_equal(trainer_options_check(&options, NULL), STATUS_BAD_ARGUMENT);
    options = trainer_defaults();
    options.shape.layers = NETWORK_MAX_LAYERS + 1;
    assert_int_equal(trainer_options_check(&options, NULL), STATUS_BAD_ARGUMENT);
}

// The peak: what is asked for, or 0.02 up to a minute or 300 epochs, and a power law from there on,
// from which wide networks are further on; never below 0.003.
static void test_peaks(void **state) {
    (void)state;
    TrainerOptions options = trainer_defaults();
    options.rate = 0.125;
    assert_close(schedule_peak(&options), 0.125);
    options.rate = 0.0;
    const double lengths[] = {0.01, 1.0, 2.0, 10.0, 1e9};
    for (int i = 0; i < 5; i++) {
        double wanted = 0.02 * fmin(pow(lengths[i], -0.39), 1.0);
        options.epochs = 0.0;
        options.seconds = 60.0 * lengths[i];
        assert_close(schedule_peak(&options), fmax(wanted, 0.003));
        options.seconds = 1.0; // epochs are given: it does not count
        options.epochs = 300.0 * lengths[i];
        assert_close(schedule_peak(&options), fmax(wanted, 0.003));
    }
    options.epochs = 300.0;
    options.shape.hidden = 8; // no further back
    assert_close(schedule_peak(&options), 0.02);
    options.shape.hidden = 24;
    assert_close(schedule_peak(&options), 0.02 * pow(1.5, -0.39 * 5.0));
}

// Up over two hundredths of the run, but at least 200 updates and at most 2000; then down to a
// hundredth along half a cosine, or nowhere.
static void test_rates(void **state) {
    (void)state;
    static const struct {
        double fraction, updates, share; // of the warm-up that is done
    } places[] = {{0.0, 0.0, 0.0},   {0.01, 500.0, 0.5},   {0.019, 950.0, 0.95},
                  {0.5, 100.0, 0.5}, {1.0, 10.0, 0.05},    {0.001, 1000.0, 0.5},
                  {0.02, 1e4, 1.0},  {0.001, 1999.0, 1.0}, {0.5, 201.0, 1.0}};
    for (int schedule = SCHEDULE_COSINE; schedule <= SCHEDULE_PLATEAU; schedule++) {
        TrainerOptions options = trainer_defaults();
        options.rate = 0.25;
        options.schedule = (Schedule)schedule;
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            double rate = schedule_rate(&options, places[i].fraction, places[i].updates);
            if (places[i].share < 1.0) { // it begins at a twenty-first of the peak
                assert_close(rate, 0.25 * (20.0 * places[i].share + 1.0) / 21.0);
            } else if (places[i].fraction <= 0.02 || schedule == SCHEDULE_PLATEAU) {
                assert_true(rate > 0.2498 && rate <= 0.25);
            }
        }
        for (int quarter = 0; quarter <= 4; quarter++) {
            double along = 0.25 * quarter;
            double cosine = 0.01 + 0.99 * (0.5 + 0.5 * cos(M_PI * along));
            assert_close(schedule_rate(&options, 0.02 + 0.98 * along, 1e6),
                         0.25 * (schedule == SCHEDULE_PLATEAU ? 1.0 : cosine));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_shares_of_losses),
        cmocka_unit_test(test_cell_names),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_options_without_sense),
        cmocka_unit_test(test_peaks),
        cmocka_unit_test(test_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
