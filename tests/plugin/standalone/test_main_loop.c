// SPDX-License-Identifier: ISC
// The host's loop: what ends it, its tasks, and a server that goes away and comes back. A task is
// the test's hand: it knows how often it was called.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/files/models/model_file.h"
#include "plugin/standalone/main_loop.h"
#include "tests/plugin/standalone/fake_backend.h"
#include "tests/rig/scratch.h"

enum { RATE = 48000, FRAMES = 4800, TASKS = 3, HANGS = 2000 }; // calls that only what hangs makes

static Notices notices;
static Player *player;
static int polled[TASKS];

// A model whose output is `gain` times its input.
static void write_model(float gain) {
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    model->sample_rate = RATE;
    model->layers[0].kernel[0] = gain;
    assert_int_equal(model_file_write(model, scratch_path("model.json"), NULL), STATUS_OK);
    model_free(model);
}

static int make(void **state) {
    main_loop_hold_signals();
    return scratch_begin(state);
}

static int begin(void **state) {
    (void)state;
    memset(&notices, 0, sizeof notices);
    notices_hold(&notices);
    memset(polled, 0, sizeof polled);
    fake_begin(RATE);
    return player_new(&player, &fake_setup, &notices, NULL) == STATUS_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    player_free(player);
    return 0;
}

static bool said(const char *text) {
    for (unsigned back = 0; back < notices.count; back++) {
        if (strstr(notices_line(&notices, back), text)) {
            return true;
        }
    }
    return false;
}

// Runs the loop with one task, which is called with how often it was before.
static bool run(bool (*task)(void *)) {
    const LoopTask tasks[] = {{task, &polled[0]}};
    return main_loop_run(player, &notices, tasks, 1);
}

static bool count(void *data) {
    return ++*(int *)data < HANGS;
}

static void a_signal_ends_it(void **state) {
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM};
    for (int i = 0; i < 2; i++) {
        raise(signals[i]);
        assert_true(run(count));
        assert_int_equal(polled[0], i + 1); // at the first look
        player_stop(player);
    }
    assert_int_equal(fake.opened, 2);
}

static bool hang_up(void *data) {
    int *calls = data;
    if (++*calls == 2) {
        write_model(2.0f);
        raise(SIGHUP);
    }
    return *calls < 4;
}

static void a_hangup_loads_the_files_anew(void **state) {
    (void)state;
    write_model(0.5f);
    assert_true(player_load(player, FILE_MODEL, scratch_path("model.json")));
    assert_true(run(hang_up));
    assert_int_equal(polled[0], 4);
    assert_true(player_model(player)->layers[0].kernel[0] == 2.0f);
}

static int ending; // the task that ends

static bool end_at_the_third(void *data) {
    int *calls = data;
    ++*calls;
    return *calls < HANGS && (calls != &polled[ending] || *calls < 3);
}

static void each_task_can_end_it(void **state) {
    (void)state;
    for (ending = 0; ending < TASKS; ending++) {
        LoopTask tasks[TASKS];
        memset(polled, 0, sizeof polled);
        for (int i = 0; i < TASKS; i++) {
            tasks[i] = (LoopTask){end_at_the_third, &polled[i]};
        }
        assert_true(main_loop_run(player, &notices, tasks, TASKS));
        for (int i = 0; i < TASKS; i++) {
            assert_int_equal(polled[i], 3); // those after it had their turn
        }
        player_stop(player);
    }
}

static void what_cannot_be_played_fails(void **state) {
    (void)state;
    fake.gone = true;
    assert_false(run(count));
    assert_true(said("there is no server"));
    assert_int_equal(polled[0], 0);
}

// Plays a block; then the server goes.
static void lose_server(void) {
    static float in[FRAMES], out[FRAMES];
    fake_play(out, in, FRAMES);
    fake.xruns = (Xruns){1, 0.002};
    fake.gone = true;
}

static bool lose_and_find(void *data) {
    int *calls = data;
    switch (++*calls) {
    case 2:
        lose_server();
        return true;
    case 4: // it waits
        assert_int_equal(fake.freed, 1);
        assert_false(player_runs(player));
        fake.gone = false;
        fake.xruns = (Xruns){0, 0.0}; // of a new client
        return true;
    default:
        return fake.opened < 2 && *calls < HANGS;
    }
}

static void a_server_that_comes_back_is_played_on(void **state) {
    (void)state;
    assert_true(run(lose_and_find));
    assert_true(player_runs(player));
    assert_int_equal(fake.opened, 2);
    assert_true(said("the server is gone"));
    assert_true(said("waiting for it to come back"));
    assert_true(said("played 0.1 s, load "));
    assert_true(said(", 1 xrun, the longest 2.000 ms"));
}

static bool lose_and_interrupt(void *data) {
    int *calls = data;
    ++*calls;
    if (*calls == 2) {
        lose_server();
    } else if (*calls == 4) {
        raise(SIGTERM);
    }
    return *calls < HANGS;
}

static void a_wait_can_be_ended(void **state) {
    (void)state;
    assert_true(run(lose_and_interrupt));
    assert_int_equal(polled[0], 5);
    assert_int_equal(fake.opened, 1);
}

static bool lose_for_good(void *data) {
    int *calls = data;
    if (++*calls == 2) {
        lose_server();
    } else if (*calls == 4) {
        fake.gone = false;
        fake.refusal = STATUS_UNSUPPORTED;
    }
    return *calls < HANGS;
}

static void what_cannot_come_back_is_not_waited_for(void **state) {
    (void)state;
    assert_false(run(lose_for_good));
    assert_true(said("the server wants no more clients"));
    assert_int_equal(fake.opened, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_signal_ends_it, begin, end),
        cmocka_unit_test_setup_teardown(a_hangup_loads_the_files_anew, begin, end),
        cmocka_unit_test_setup_teardown(each_task_can_end_it, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_played_fails, begin, end),
        cmocka_unit_test_setup_teardown(a_server_that_comes_back_is_played_on, begin, end),
        cmocka_unit_test_setup_teardown(a_wait_can_be_ended, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_come_back_is_not_waited_for, begin, end),
    };
    return cmocka_run_group_tests_name("main loop", tests, make, scratch_end);
}
