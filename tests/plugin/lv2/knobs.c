// SPDX-License-Identifier: ISC
// A guitar plays while each knob of a model goes from 0 to 1 and back: no click, no zipper. Above
// 8 kHz, where such things are heard, no 5 ms of it may hold much more than the same 5 ms do with
// the knob at rest anywhere. A knob that is turned in steps, without the plugin, shows that they
// are seen. For a made-up model and, without --quick, all that the bundle has.
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/files/models/model_file.h"
#include "dsp/network/isa_choice.h"
#include "dsp/signals/guitar.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"
#include "tests/rig/sample_model.h"

enum {
    LEAD = SAMPLE_RATE,         // the model settles
    SWEEP = SAMPLE_RATE,        // from 0 to 1, and as long back
    FRAMES = LEAD + 3 * SWEEP,  // a sweep, then from one end to the other at once, and again
    REST = SWEEP / 4,           // between those
    SETTINGS = 17,              // of the knob at rest
    WINDOW = SAMPLE_RATE / 200, // frames that are looked at together
    WINDOWS = FRAMES / WINDOW,
    COARSE = 2048, // frames between steps of the control
    MODELS = 32,
};

static const double ear = 1e-9; // mean square of what is heard of nothing, after the filter
static const double clean = 4.0, seen = 40.0; // times the power of rest

typedef struct Case {
    char path[600];
    Model *model;
} Case;

static float guitar[FRAMES], out[FRAMES];
static double rest[WINDOWS]; // the most of all settings
static Case cases[MODELS];
static int count;
static bool quick;

// ---- What is played ----

static void add_case(const char *path) {
    Diagnostic diagnostic = {""};
    Case *here = &cases[count];
    snprintf(here->path, sizeof here->path, "%s", path);
    if (model_file_read(&here->model, path, &diagnostic) != STATUS_OK) {
        print_error("%s\n", diagnostic.text);
        fail();
    }
    if (here->model->knobs > 0) {
        count++;
    } else {
        model_free(here->model);
    }
}

static void add_folder(const char *folder) {
    DIR *files = opendir(folder);
    assert_non_null(files);
    for (struct dirent *entry; (entry = readdir(files));) {
        if (strstr(entry->d_name, ".json") && count < MODELS) {
            char path[600];
            snprintf(path, sizeof path, "%s/%.255s", folder, entry->d_name);
            add_case(path);
        }
    }
    closedir(files);
}

static int make(void **state) {
    Score score;
    files_make(state);
    assert_int_equal(score_compose(&score, (double)(FRAMES - LEAD) / SAMPLE_RATE, 1, 5, NULL), 0);
    assert_int_equal(guitar_play(guitar + LEAD, FRAMES - LEAD, SAMPLE_RATE, &score, 0.5, 6, NULL),
                     0);
    score_clear(&score);
    Model *model = sample_model_with_knobs_new(SAMPLE_HIDDEN, 7, 2);
    assert_int_equal(model_file_write(model, files_path("knobs.json"), NULL), STATUS_OK);
    model_free(model);
    add_case(files_path("knobs.json"));
    if (!quick) {
        add_folder(files_path("lv2/gruff.lv2/models"));
    }
    return 0;
}

static int clean_up(void **state) {
    for (int c = 0; c < count; c++) {
        model_free(cases[c].model);
    }
    return files_remove(state);
}

// Where the knob is in the sweep, 0 to 1, at frame `at`.
static float sweep(int at) {
    float place = (float)(at - LEAD) / SWEEP;
    if (place < 2.0f) {
        return fmaxf(0.0f, 1.0f - fabsf(1.0f - place));
    }
    return (float)((at - LEAD) / REST % 2);
}

// Plays the guitar through the plugin; the knob rests at `setting`, or is swept when it is below 0.
static void play(const Case *played, int knob, float setting, int block) {
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
    host_send_model(host, played->path);
    for (int at = 0; at < FRAMES; at += block) {
        int frames = FRAMES - at < block ? FRAMES - at : block;
        host_set(host, (ControlId)(CONTROL_KNOB_1 + knob),
                 100.0f * (setting < 0.0f ? sweep(at) : setting));
        host_run(host, guitar + at, out + at, frames);
    }
    assert_string_equal(host_model(host), played->path);
    host_free(host);
}

// The same sweep in coarse steps that nobody smoothes, to play its sound without the plugin.
static void play_coarse(const Case *played, int knob) {
    Engine *engine = NULL;
    const Knob *turned = &played->model->knob[knob];
    assert_int_equal(engine_new(&engine, played->model, isa_best(), 1, NULL), STATUS_OK);
    for (int at = 0; at < FRAMES; at += COARSE) {
        int frames = FRAMES - at < COARSE ? FRAMES - at : COARSE;
        engine_set_knob(engine, knob,
                        turned->minimum + sweep(at) * (turned->maximum - turned->minimum));
        engine_run(engine, (float *[]){out + at}, (const float *[]){guitar + at}, frames);
    }
    engine_free(engine);
}

// ---- What is heard ----

// The power of each window above 8 kHz: four differences, which weigh 8 kHz by 1 and 1 kHz by
// 1/3400.
static void listen(double power[WINDOWS]) {
    double past[4] = {0.0};
    for (int w = 0; w < WINDOWS; w++) {
        power[w] = 0.0;
        for (int i = w * WINDOW; i < (w + 1) * WINDOW; i++) {
            double value = (double)out[i];
            for (int d = 0; d < 4; d++) {
                double before = past[d];
                past[d] = value;
                value -= before;
            }
            power[w] += value * value / WINDOW;
        }
    }
}

static void listen_at_rest(const Case *played, int knob) {
    double power[WINDOWS];
    memset(rest, 0, sizeof rest);
    for (int s = 0; s < SETTINGS; s++) {
        play(played, knob, (float)s / (SETTINGS - 1), 512);
        listen(power);
        for (int w = 0; w < WINDOWS; w++) {
            rest[w] = fmax(rest[w], power[w]);
        }
    }
}

// How much more than at rest there is at most, and where. The neighbours count, too: what moves
// comes a little earlier or later.
static double excess(double *seconds) {
    double power[WINDOWS], most = 0.0;
    listen(power);
    for (int w = LEAD / WINDOW; w + 1 < WINDOWS; w++) {
        double usual = fmax(rest[w], fmax(rest[w - 1], rest[w + 1])) + ear;
        if (power[w] / usual > most) {
            most = power[w] / usual;
            *seconds = (double)(w * WINDOW - LEAD) / SAMPLE_RATE;
        }
    }
    return most;
}

static void knobs_turn_without_click_or_zipper(void **state) {
    (void)state;
    static const int blocks[] = {64, 1024};
    double seconds = 0.0;
    for (int c = 0; c < count; c++) {
        for (int knob = 0; knob < cases[c].model->knobs; knob++) {
            listen_at_rest(&cases[c], knob);
            play_coarse(&cases[c], knob);
            double stepped = excess(&seconds);
            print_message("%s, %s: in steps %.3g", strrchr(cases[c].path, '/') + 1,
                          cases[c].model->knob[knob].name, stepped);
            for (int b = 0; b < 2; b++) {
                play(&cases[c], knob, -1.0f, blocks[b]);
                double here = excess(&seconds);
                print_message(", blocks of %d %.3g (at %.2f s)", blocks[b], here, seconds);
                assert_true(here < clean);
            }
            print_message("\n");
            assert_true(c > 0 || stepped > seen);
        }
    }
}

int main(int argc, char **argv) {
    quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knobs_turn_without_click_or_zipper),
    };
    return cmocka_run_group_tests_name("lv2 knobs", tests, make, clean_up);
}
