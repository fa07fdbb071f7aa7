// SPDX-License-Identifier: ISC
// The processor's models across threads: offered, faded to, retired and collected.
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/denormals.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

static void swap_fades_with_equal_power(void **state) {
    (void)state;
    Processor *processor = make(1, sample_voice_new(8, 3, 1));
    Engine *alone = sample_engine_new(8, 4, 1);
    run(processor, 1, 0, 2000);
    processor_offer(processor, sample_voice_new(8, 4, 1));
    run(processor, 1, 2000, FRAMES);
    assert_true(processor_has_retired(processor));

    expect_engine(sample_engine_new(8, 3, 1), 1); // the old one, through the whole
    float *to[1] = {expected[1] + 2000};
    const float *from[1] = {in[0] + 2000};
    DenormalState before = denormals_off();
    engine_run(alone, to, from, FRAMES - 2000);
    denormals_restore(before);
    engine_free(alone);
    assert_memory_equal(out[0], expected[0], 2000 * sizeof(float));
    for (int i = 0; i < FADE; i++) {
        double angle = asin(1.0) * (i + 1) / FADE;
        double mixed = sin(angle) * expected[1][2000 + i] + cos(angle) * expected[0][2000 + i];
        assert_true(fabs(out[0][2000 + i] - mixed) < 1e-5);
    }
    int done = 2000 + FADE;
    assert_memory_equal(out[0] + done, expected[1] + done, (size_t)(FRAMES - done) * sizeof(float));
    processor_free(processor);
}

static ModelStage *model_stage_with_knob(void) {
    Model *model = sample_model_with_knobs_new(8, 4, 1);
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, 1, NULL), STATUS_OK);
    model_free(model);
    return stage;
}

// Models start settled with their knobs where they have them: another place would be a thump.
static void a_model_with_turned_knobs_settles_unheard(void **state) {
    (void)state;
    enum { SETTLING = RATE / 10, START = 2000 };
    static const float positions[] = {50.0f, 90.0f}; // the model's own, and another
    for (int turned = 0; turned < 2; turned++) {
        Processor *processor = make(1, sample_voice_new(8, 3, 1));
        processor_set(processor, CONTROL_KNOB_1, positions[turned]);
        run(processor, 1, 0, START);
        processor_offer(processor, model_stage_with_knob());
        run(processor, 1, START, FRAMES);
        expect_engine(sample_engine_new(8, 3, 1), 1);
        int old = START + (turned ? SETTLING : 0);
        assert_memory_equal(out[0], expected[0], (size_t)old * sizeof(float));
        assert_true(fabsf(out[0][old + FADE / 2] - expected[0][old + FADE / 2]) > 1e-3f);
        processor_free(processor);
    }
}

static void a_later_offer_replaces_an_earlier_one(void **state) {
    (void)state;
    Processor *processor = make(1, NULL);
    processor_offer(processor, sample_voice_new(8, 3, 1));
    processor_offer(processor, sample_voice_new(8, 4, 1));
    run(processor, 1, 0, FADE);
    run(processor, 1, 0, FADE);
    assert_false(processor_has_retired(processor)); // there was no model before
    processor_reset(processor);
    run(processor, 1, 0, FRAMES);
    expect_engine(sample_engine_new(8, 4, 1), 1);
    assert_memory_equal(out[0], expected[0], sizeof in[0]);
    processor_free(processor);
}

static void a_fade_waits_for_the_collector(void **state) {
    (void)state;
    Processor *processor = make(1, sample_voice_new(8, 3, 1));
    processor_offer(processor, sample_voice_new(8, 4, 1));
    run(processor, 1, 0, FADE);
    assert_true(processor_has_retired(processor));
    processor_offer(processor, sample_voice_new(8, 5, 1));
    run(processor, 1, 0, 2 * FADE); // still the second
    assert_true(processor_collect(processor));
    assert_false(processor_collect(processor));
    run(processor, 1, 0, FADE);
    assert_true(processor_has_retired(processor));
    processor_free(processor);
}

static void a_model_offered_while_bypassed_plays_once_enabled(void **state) {
    (void)state;
    Processor *processor = make(1, sample_voice_new(8, 3, 1));
    processor_set(processor, CONTROL_ENABLED, 0.0f);
    run(processor, 1, 0, 1000);
    processor_offer(processor, sample_voice_new(8, 4, 1));
    run(processor, 1, 1000, 2000);
    assert_memory_equal(out[0], in[0], 2000 * sizeof(float));
    assert_true(processor_collect(processor)); // no fade is needed where nothing sounds
    processor_set(processor, CONTROL_ENABLED, 1.0f);
    run(processor, 1, 2000, FRAMES);

    memmove(in[0], in[0] + 2000, (FRAMES - 2000) * sizeof(float));
    expect_engine(sample_engine_new(8, 4, 1), 1);
    assert_memory_equal(out[0] + 2000 + FADE, expected[0] + FADE,
                        (FRAMES - 2000 - FADE) * sizeof(float));
    processor_free(processor);
}

typedef struct Loader {
    Processor *processor;
    _Atomic bool stop;
    _Atomic int offers, collected;
} Loader;

static void *load_and_collect(void *argument) {
    Loader *loader = argument;
    while (!atomic_load(&loader->stop)) {
        unsigned seed = (unsigned)atomic_fetch_add(&loader->offers, 1);
        processor_offer(loader->processor, sample_voice_new(4 + (int)seed % 9, seed, 1));
        if (processor_collect(loader->processor)) {
            atomic_fetch_add(&loader->collected, 1);
        }
    }
    return NULL;
}

// Each offer takes the loader longer than the processor takes for a block.
enum { MOST_OFFERS = 1000000 };

static void swaps_with_a_second_thread(void **state) {
    (void)state;
    Loader loader = {.processor = make(1, sample_voice_new(8, 3, 1))};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, load_and_collect, &loader), 0);
    while (atomic_load(&loader.collected) < 50 && atomic_load(&loader.offers) < MOST_OFFERS) {
        for (int begin = 0; begin < FRAMES; begin += 64) {
            run(loader.processor, 1, begin, begin + 64 < FRAMES ? begin + 64 : FRAMES);
        }
        assert_finite(out[0], FRAMES);
    }
    atomic_store(&loader.stop, true);
    pthread_join(thread, NULL);
    assert_true(atomic_load(&loader.collected) >= 50);
    processor_free(loader.processor);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(swap_fades_with_equal_power, setup),
        cmocka_unit_test_setup(a_model_with_turned_knobs_settles_unheard, setup),
        cmocka_unit_test_setup(a_later_offer_replaces_an_earlier_one, setup),
        cmocka_unit_test_setup(a_fade_waits_for_the_collector, setup),
        cmocka_unit_test_setup(a_model_offered_while_bypassed_plays_once_enabled, setup),
        cmocka_unit_test_setup(swaps_with_a_second_thread, setup),
    };
    return cmocka_run_group_tests_name("swap", tests, NULL, NULL);
}
