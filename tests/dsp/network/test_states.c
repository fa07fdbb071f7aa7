// SPDX-License-Identifier: ISC
// Engines whose states take turns, and fast ones: what is refused, and where turns and resets fall.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/denormals.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"

enum { FRAMES = 600, MOST = 64 }; // frames of one engine_run

static float in[FRAMES], out[FRAMES], expected[FRAMES];

static Engine *make(const Model *model, int states) {
    Engine *engine = NULL;
    assert_int_equal(engine_new_delayed(&engine, model, isa_best(), 1, states, NULL), STATUS_OK);
    return engine;
}

static void run(Engine *engine, float *to, const float *from, int frames, int block) {
    DenormalState before = denormals_off();
    for (int at = 0, count; at < frames; at += count) {
        count = frames - at < block ? frames - at : block;
        engine_run(engine, (float *[]){to + at}, (const float *[]){from + at}, count);
    }
    denormals_restore(before);
}

// A cell and a dense layer.
static Model *sample_cell_new(LayerKind kind) {
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, kind, ACTIVATION_TANH, 1, 6, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 6, 1, NULL), STATUS_OK);
    sample_fill(model);
    return model;
}

static Model *settling_model(void) {
    Model *model = sample_model_new(8, 3, true);
    model->settling = 100; // more than a block, and not a whole number of them
    return model;
}

// `states` engines over every so-manieth sample, into `expected`.
static void expect_turns(const Model *model, int states) {
    for (int s = 0; s < states; s++) {
        float own[FRAMES];
        int count = 0;
        for (int i = s; i < FRAMES; i += states) {
            own[count++] = in[i];
        }
        Engine *engine = make(model, 1);
        run(engine, own, own, count, MOST);
        engine_free(engine);
        for (int i = s; i < FRAMES; i += states) {
            expected[i] = own[i / states];
        }
    }
}

// In blocks of one frame, too, and from the settled state.
static void turns_go_on_from_block_to_block(void **state) {
    (void)state;
    static const int blocks[] = {1, 2, 3, 7, MOST};
    Model *model = settling_model();
    sample_signal(in, FRAMES, 48000.0, 1);
    for (int states = 1; states <= 5; states += 2) {
        expect_turns(model, states);
        for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) {
            Engine *engine = make(model, states);
            run(engine, out, in, FRAMES, blocks[k]);
            assert_memory_equal(out, expected, sizeof out);
            engine_free(engine);
        }
    }
    model_free(model);
}

static void a_reset_begins_with_the_first_state(void **state) {
    (void)state;
    Model *model = settling_model();
    sample_signal(in, FRAMES, 48000.0, 1);
    for (int states = 1; states <= 4; states++) {
        Engine *engine = make(model, states);
        run(engine, expected, in, FRAMES, MOST);
        for (int before = 1; before <= 5; before++) { // wherever the turn was
            engine_reset(engine);
            run(engine, out, in, before, MOST);
            engine_reset(engine);
            run(engine, out, in, FRAMES, MOST);
            assert_memory_equal(out, expected, sizeof out);
        }
        engine_free(engine);
    }
    model_free(model);
}

// An engine of `states` states after `before` frames, wherever its turn is then.
static Engine *engine_after(const Model *model, int states, int before) {
    Engine *engine = make(model, states);
    run(engine, out, in, before, MOST);
    return engine;
}

// Each of its states goes on from the latest of the other engine.
static void an_engine_goes_on_where_another_is(void **state) {
    (void)state;
    enum { AFTER = 100 };
    static const LayerKind kinds[] = {LAYER_GRU, LAYER_GRU_RESET_BEFORE, LAYER_LSTM};
    sample_signal(in, FRAMES, 48000.0, 1);
    for (int k = 0; k < 3; k++) {
        Model *model = sample_cell_new(kinds[k]);
        for (int before = 1; before < 8; before++) {
            for (int states = 1; states <= 4; states++) {
                // Every so-manieth frame went into the latest state.
                float own[FRAMES], after[FRAMES];
                int from = 1 + before % 3, count = 0;
                for (int i = (before - 1) % from; i < before; i += from) {
                    own[count++] = in[i];
                }
                for (int i = 0; i < AFTER; i++) {
                    own[count + i] = in[FRAMES - AFTER + i];
                    for (int s = 0; s < states; s++) {
                        after[states * i + s] = own[count + i];
                    }
                }
                Engine *one = make(model, 1), *other = engine_after(model, from, before);
                Engine *next = engine_after(model, states, 5);
                engine_continue(next, other);
                run(one, expected, own, count + AFTER, MOST);
                run(next, out, after, states * AFTER, MOST);
                for (int i = 0; i < states * AFTER; i++) {
                    assert_true(out[i] == expected[count + i / states]);
                }
                engine_free(one);
                engine_free(other);
                engine_free(next);
            }
        }
        model_free(model);
    }
}

static void so_many_states_can_take_turns(void **state) {
    (void)state;
    Model *model = sample_model_new(4, 1, false);
    for (int states = -1; states <= 2 * ENGINE_MAX_STATES; states++) {
        bool fine = states >= 1 && states <= ENGINE_MAX_STATES;
        Engine *engine = NULL;
        assert_int_equal(engine_new_delayed(&engine, model, isa_best(), 1, states, NULL),
                         fine ? STATUS_OK : STATUS_BAD_ARGUMENT);
        assert_int_equal(engine != NULL, fine);
        assert_int_equal(engine ? engine_states(engine) : states, states);
        engine_free(engine);
    }
    model_free(model);
}

// Fast means good to four digits; the reference is not to be had so.
static void only_the_reference_is_never_fast(void **state) {
    (void)state;
    Model *model = sample_model_new(8, 3, true);
    sample_signal(in, FRAMES, 48000.0, 1);
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        Engine *fast = NULL, *exact = NULL;
        if (!isa_available((Isa)isa)) {
            continue;
        }
        Status status = engine_new_fast(&fast, model, (Isa)isa, 1, NULL);
        assert_int_equal(status, isa == ISA_SCALAR ? STATUS_UNSUPPORTED : STATUS_OK);
        assert_int_equal(engine_new(&exact, model, (Isa)isa, 1, NULL), STATUS_OK);
        assert_false(engine_is_fast(exact));
        if (fast) {
            assert_true(engine_is_fast(fast));
            run(exact, expected, in, FRAMES, MOST);
            run(fast, out, in, FRAMES, MOST);
            for (int i = 0; i < FRAMES; i++) {
                assert_near(out[i], expected[i], 1e-2);
            }
        }
        engine_free(exact);
        engine_free(fast);
    }
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_go_on_from_block_to_block),
        cmocka_unit_test(a_reset_begins_with_the_first_state),
        cmocka_unit_test(an_engine_goes_on_where_another_is),
        cmocka_unit_test(so_many_states_can_take_turns),
        cmocka_unit_test(only_the_reference_is_never_fast),
    };
    return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
