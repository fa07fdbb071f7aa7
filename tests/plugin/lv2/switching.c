// SPDX-License-Identifier: ISC
// Ten thousand changes of the model while it plays, with a real worker thread: every one arrives,
// none clicks, and under sanitizers nothing leaks or races.
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "dsp/files/models/model_file.h"
#include "dsp/network/isa_choice.h"
#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"
#include "tests/rig/sample_model.h"

enum {
    MODELS = 3,
    HIDDEN = 4,
    BLOCK = 64,
    PERIOD = 15 * BLOCK, // of the input: after a while a model repeats itself, too
    PERIODS = 10,        // until it does
    FADE = SAMPLE_RATE / 50,
    SWITCHES = 10000,
    IMPATIENT = 5,    // blocks between changes that do not wait for each other
    PATIENCE = 20000, // blocks in which the worker has nothing to do
};

static const double pi = 3.14159265358979;
static const float close_enough = 1e-3f;

static float in[PERIOD];
static float wanted[MODELS][PERIOD]; // of each model, when it repeats itself
static char paths[MODELS][512];
static float bound; // on the step from one sample to the next

typedef struct Listener {
    Host *host;
    int place;        // in the input
    float out[BLOCK]; // the last block
    float last;       // the sample before it
    float step;       // the largest step so far
} Listener;

// The largest step, as a fade lets it through, and the peak of a model that begins to play at any
// block of the input; and what it plays in the end.
static void listen_alone(const Model *model, float *steady, float *step, float *peak) {
    for (int start = 0; start < PERIOD; start += BLOCK) {
        Engine *engine = NULL;
        float out[BLOCK], last = 0.0f;
        assert_int_equal(engine_new(&engine, model, isa_best(), 1, NULL), STATUS_OK);
        for (int at = 0; at < PERIODS * PERIOD; at += BLOCK) {
            int place = (start + at) % PERIOD;
            engine_run(engine, (float *[]){out}, (const float *[]){in + place}, BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                float gain = sinf((float)pi / 2.0f * fminf(1.0f, (float)(at + i) / FADE));
                *peak = fmaxf(*peak, fabsf(out[i]));
                *step = fmaxf(*step, gain * fabsf(out[i] - last));
                last = out[i];
            }
            if (start == 0 && at >= (PERIODS - 1) * PERIOD) {
                memcpy(steady + place, out, sizeof out);
            }
        }
        engine_free(engine);
    }
}

// A hard change between any two models, at the worst time.
static float hard_change(void) {
    float largest = INFINITY;
    for (int a = 0; a < MODELS; a++) {
        for (int b = 0; b < a; b++) {
            float here = 0.0f;
            for (int i = 0; i < PERIOD; i++) {
                here = fmaxf(here, fabsf(wanted[a][i] - wanted[b][i]));
            }
            largest = fminf(largest, here);
        }
    }
    return largest;
}

// In a fade of equal power the gains of the two signals move by at most pi / 2 / FADE.
static int make(void **state) {
    float step = 0.0f, peak = 0.0f;
    files_make(state);
    assert_int_equal(mkdir(files_path("models"), 0777), 0);
    for (int i = 0; i < PERIOD; i++) {
        double angle = 2.0 * pi * i / PERIOD;
        in[i] = (float)(0.3 * sin(2.0 * angle) + 0.1 * sin(5.0 * angle));
    }
    for (int m = 0; m < MODELS; m++) {
        Model *model = sample_model_new(HIDDEN, 20 + (unsigned)m, false);
        snprintf(paths[m], sizeof paths[m], "%s/%d.json", files_path("models"), m);
        assert_int_equal(model_file_write(model, paths[m], NULL), STATUS_OK);
        listen_alone(model, wanted[m], &step, &peak);
        model_free(model);
    }
    bound = 2.0f * (step + (float)(pi / 2.0 / FADE) * peak);
    assert_true(hard_change() > 4.0f * bound); // so that one would be heard
    return 0;
}

static Listener listener_new(void) {
    Listener listener = {
        .host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL | HOST_THREAD)};
    host_send_model(listener.host, paths[0]);
    return listener;
}

static void play_block(Listener *listener) {
    host_run(listener->host, in + listener->place, listener->out, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
        listener->step = fmaxf(listener->step, fabsf(listener->out[i] - listener->last));
        listener->last = listener->out[i];
    }
    listener->place = (listener->place + BLOCK) % PERIOD;
}

static bool plays(const Listener *listener, int model) {
    int place = (listener->place + PERIOD - BLOCK) % PERIOD;
    for (int i = 0; i < BLOCK; i++) {
        if (!(fabsf(listener->out[i] - wanted[model][place + i]) < close_enough)) {
            return false;
        }
    }
    return true;
}

static void play_until(Listener *listener, int model) {
    int left = PATIENCE;
    do {
        left -= host_is_idle(listener->host);
        play_block(listener);
    } while (!plays(listener, model) && left > 0);
    if (left == 0) {
        print_error("%s does not play: %s\n", paths[model], host_status(listener->host));
        fail();
    }
}

static void ten_thousand_changes(void **state) {
    (void)state;
    Listener listener = listener_new();
    play_until(&listener, 0);
    listener.step = 0.0f; // from the default model, which is another kind of signal
    for (int i = 1; i <= SWITCHES; i++) {
        int model = i % MODELS;
        if (i % 2) {
            host_send_model(listener.host, paths[model]);
        } else {
            host_press(listener.host, PORT_NEXT, true);
        }
        play_until(&listener, model);
        host_press(listener.host, PORT_NEXT, false);
    }
    print_message("%d changes: largest step %g, bound %g, hard change %g\n", SWITCHES,
                  (double)listener.step, (double)bound, (double)hard_change());
    assert_true(listener.step <= bound);
    host_free(listener.host);
}

// More than the worker can do, and in the middle of fades: what it cannot take it says, and the
// last one arrives.
static void impatient_changes(void **state) {
    (void)state;
    Listener listener = listener_new();
    play_until(&listener, 0);
    listener.step = 0.0f;
    for (int i = 0; i < SWITCHES / 10; i++) {
        host_send_model(listener.host, paths[i % MODELS]);
        for (int k = 0; k < IMPATIENT; k++) {
            play_block(&listener);
        }
    }
    do {
        host_forget(listener.host);
        host_send_model(listener.host, paths[2]);
        play_block(&listener);
    } while (strstr(host_status(listener.host), "busy"));
    while (host_await_status(listener.host)) { // silence is no signal of the bound
        host_forget(listener.host);
    }
    assert_true(listener.step <= bound);
    play_until(&listener, 2);
    host_free(listener.host);
}

typedef struct Saver {
    Host *host;
    const char *folder;
    atomic_bool done;
} Saver;

static void *save_and_restore(void *argument) {
    Saver *saver = argument;
    for (int i = 0; i < 50; i++) {
        if (!host_save(saver->host, saver->folder) ||
            !host_restore(saver->host, saver->folder, true)) {
            break;
        }
    }
    atomic_store(&saver->done, true);
    return saver;
}

// A third thread saves and restores meanwhile, as hosts do.
static void sessions_saved_and_restored_meanwhile(void **state) {
    (void)state;
    pthread_t thread;
    Listener listener = listener_new();
    play_until(&listener, 0);
    listener.step = 0.0f;
    Saver saver = {.host = listener.host, .folder = files_path("session")};
    assert_int_equal(pthread_create(&thread, NULL, save_and_restore, &saver), 0);
    for (int i = 0; !atomic_load(&saver.done); i++) {
        if (i % 40 == 0) {
            host_send_model(listener.host, paths[i / 40 % MODELS]);
        }
        play_block(&listener);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(listener.step <= bound);
    host_free(listener.host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_changes),
        cmocka_unit_test(impatient_changes),
        cmocka_unit_test(sessions_saved_and_restored_meanwhile),
    };
    return cmocka_run_group_tests_name("lv2 switching", tests, make, files_remove);
}
