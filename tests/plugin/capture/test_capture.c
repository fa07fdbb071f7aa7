// SPDX-License-Identifier: ISC
// The parts of gruff-capture: test signal, take, latency, list of pairs.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/random.h"
#include "dsp/signals/test_signal.h"
#include "plugin/capture/latency.h"
#include "plugin/capture/manifest.h"
#include "plugin/capture/take.h"
#include "tests/rig/near.h"
#include "tests/rig/scratch.h"

enum { RATE = 48000, FRAMES = 10 * RATE, LONGEST = RATE };

static float sent[FRAMES], received[FRAMES + LONGEST];

static void make_signal(void) {
    assert_int_equal(test_signal_make(sent, FRAMES, RATE, 0.5, 1, NULL), STATUS_OK);
}

static void the_signal_holds_its_peak_and_comes_again(void **state) {
    (void)state;
    static float again[FRAMES];
    make_signal();
    assert_int_equal(test_signal_make(again, FRAMES, RATE, 0.5, 1, NULL), STATUS_OK);
    assert_memory_equal(sent, again, sizeof sent);
    float largest = 0.0f, guitar = 0.0f;
    for (int i = 0; i < FRAMES; i++) {
        largest = fmaxf(largest, fabsf(sent[i]));
        guitar = i > (int)(TEST_SIGNAL_GUITAR * RATE) ? fmaxf(guitar, fabsf(sent[i])) : 0.0f;
    }
    assert_near(largest, 0.5f, 1e-3);
    assert_true(guitar > 0.3f); // in the first two seconds, by which levels are set
    assert_near(sent[RATE / 2], 0.5f, 0.0);
}

// What a device makes of the signal `delay` samples later: inverted, soft-clipped and dulled.
static void pass(size_t delay, float gain, float dull) {
    float low = 0.0f;
    memset(received, 0, sizeof received);
    for (size_t i = 0; i < FRAMES; i++) {
        low += (1.0f - dull) * (tanhf(gain * sent[i]) - low);
        received[i + delay] = -low;
    }
}

static void latency_is_found_to_the_sample(void **state) {
    (void)state;
    static const size_t delays[] = {0, 1, 256, 1490, 20000, LONGEST};
    make_signal();
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        size_t latency = 12345;
        pass(delays[i], i % 2 ? 20.0f : 0.3f, i % 3 ? 0.3f : 0.0f);
        assert_int_equal(latency_find(&latency, sent, received, FRAMES, LONGEST, NULL), STATUS_OK);
        assert_int_equal(latency, delays[i]);
    }
}

static void something_else_has_no_latency(void **state) {
    (void)state;
    size_t latency = 0;
    Random random = {7};
    Diagnostic diagnostic = {""};
    make_signal();
    for (size_t i = 0; i < FRAMES + LONGEST; i++) {
        received[i] = (float)random_within(&random, 0.1);
    }
    assert_int_equal(latency_find(&latency, sent, received, FRAMES, LONGEST, &diagnostic),
                     STATUS_BAD_AUDIO);
    assert_non_null(strstr(diagnostic.text, "not what was played"));
    memset(received, 0, sizeof received);
    assert_int_equal(latency_find(&latency, sent, received, FRAMES, LONGEST, NULL),
                     STATUS_BAD_AUDIO);
}

static void a_take_plays_and_records_in_blocks_of_any_size(void **state) {
    (void)state;
    enum { ROOM = 1000, PLAYED = 700, LEAD = 50, TOTAL = 1300 };
    static const int blocks[] = {1, 64, 999};
    float signal[PLAYED], recorded[ROOM], in[TOTAL], out[TOTAL] = {1.0f};
    for (int i = 0; i < TOTAL; i++) {
        in[i] = i == 600 ? -1.0f : 1e-3f * (float)(i % 100);
        signal[i % PLAYED] = 0.5f + 1e-3f * (float)(i % PLAYED);
    }
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) {
        Take take = {
            .played = signal, .frames = PLAYED, .recorded = recorded, .room = ROOM, .lead = LEAD};
        take_run(&take, (float *[]){out}, (const float *[]){in}, TOTAL); // not begun
        for (int i = 0; i < TOTAL; i++) {
            assert_near(out[i], 0.0f, 0.0);
        }
        assert_near(atomic_load(&take.loudest), 0.0f, 0.0);
        take_begin(&take);
        for (int i = 0; i < TOTAL; i += blocks[k]) {
            int frames = TOTAL - i < blocks[k] ? TOTAL - i : blocks[k];
            float *to = out + i;
            const float *from = in + i;
            assert_true(take_is_done(&take) == (i >= LEAD + ROOM));
            take_run(&take, &to, &from, frames);
        }
        assert_true(take_is_done(&take));
        assert_memory_equal(recorded, in + LEAD, sizeof recorded);
        assert_memory_equal(out + LEAD, signal, sizeof signal);
        for (int i = 0; i < TOTAL; i++) {
            assert_true((i >= LEAD && i < LEAD + PLAYED) || out[i] == 0.0f);
        }
        assert_int_equal(atomic_load(&take.clipped), 1);
        assert_near(atomic_load(&take.loudest), 1.0f, 0.0);
    }
}

static void pairs_are_filed(void **state) {
    (void)state;
    const char *path = scratch_path("list.csv");
    KnobSetting knobs[2] = {{"Drive", 0.25}, {"Tone", 1.0}};
    assert_int_equal(manifest_add(path, "a.wav", "b.wav", knobs, 2, NULL), STATUS_OK);
    knobs[0].value = 0.5;
    assert_int_equal(manifest_add(path, "c.wav", "d.wav", knobs, 2, NULL), STATUS_OK);
    knobs[0].value = 0.75; // once more
    assert_int_equal(manifest_add(path, "a.wav", "b.wav", knobs, 2, NULL), STATUS_OK);
    assert_true(scratch_holds("list.csv", "input,target,Drive,Tone\nc.wav,d.wav,0.5,1\n"
                                          "a.wav,b.wav,0.75,1\n"));
    // A name that begins with that of another stays.
    knobs[0].value = 1.0;
    assert_int_equal(manifest_add(path, "c.wa", "d.wav", knobs, 2, NULL), STATUS_OK);
    assert_true(scratch_holds("list.csv", "input,target,Drive,Tone\nc.wav,d.wav,0.5,1\n"
                                          "a.wav,b.wav,0.75,1\nc.wa,d.wav,1,1\n"));
    knobs[0].value = 0.75;
    // Another order of columns, a split, and no newline at the end.
    scratch_write("other.csv", "input,Tone,split,target,Drive\nx,1,test,y,2", 42);
    path = scratch_path("other.csv");
    assert_int_equal(manifest_add(path, "a.wav", "b.wav", knobs, 2, NULL), STATUS_OK);
    assert_true(scratch_holds("other.csv", "input,Tone,split,target,Drive\nx,1,test,y,2\n"
                                           "a.wav,1,,b.wav,0.75\n"));
}

static void what_cannot_be_filed_changes_nothing(void **state) {
    (void)state;
    static const char list[] = "input,target,Drive\na,b,1\n";
    KnobSetting drive = {"Drive", 1.0}, tone = {"Tone", 1.0}, comma = {"a,b", 1.0};
    KnobSetting both[2] = {drive, tone}, twice[2] = {drive, drive}, target = {"target", 1.0};
    Diagnostic diagnostic = {""};
    scratch_write("list.csv", list, sizeof list - 1);
    const char *path = scratch_path("list.csv");
    assert_int_equal(manifest_add(path, "c", "d", NULL, 0, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "a knob 'Drive'"));
    assert_int_equal(manifest_add(path, "c", "d", &tone, 1, NULL), STATUS_BAD_ARGUMENT);
    assert_int_equal(manifest_add(path, "c", "d", both, 2, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "do not have all"));
    assert_int_equal(manifest_add(path, "c", "d", &comma, 1, NULL), STATUS_BAD_ARGUMENT);
    assert_int_equal(manifest_add(path, "c", "d", twice, 2, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "not two"));
    assert_int_equal(manifest_add(path, "c", "d", &target, 1, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "the name 'target'"));
    assert_int_equal(manifest_check(path, "c", "d", NULL, 0, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_int_equal(manifest_check(path, "c", "d", &drive, 1, NULL), STATUS_OK);
    assert_true(scratch_holds("list.csv", list));
    scratch_write("list.csv", "input,target\nx\0,y", 17);
    assert_int_equal(manifest_add(path, "c", "d", NULL, 0, NULL), STATUS_BAD_ARGUMENT);
    scratch_write("list.csv", "no list\n", 8);
    assert_int_equal(manifest_add(path, "c", "d", &drive, 1, NULL), STATUS_BAD_ARGUMENT);
    assert_true(scratch_holds("list.csv", "no list\n"));
    scratch_write("list.csv", "input,target\na,\"b\n", 18);
    assert_int_equal(manifest_add(path, "c", "d", NULL, 0, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "list.csv: line 2, column 2: its quote"));
    assert_true(scratch_holds("list.csv", "input,target\na,\"b\n"));
}

// Names that need quotes, in a list that another program wrote.
static void names_of_any_kind_are_filed(void **state) {
    (void)state;
    static const char list[] = "\xEF\xBB\xBF\"Tone, high\",seen, target ,input\r\n"
                               "1,no,b,\"a,\"\"1\"\"\"\r\n,,,\r\n2,yes,y,x\r\n";
    KnobSetting tone = {"Tone, high", 3.0};
    scratch_write("list.csv", list, sizeof list - 1);
    const char *path = scratch_path("list.csv");
    assert_int_equal(manifest_add(path, "a,\"1\"", " b ", &tone, 1, NULL), STATUS_OK);
    assert_true(scratch_holds("list.csv", "\xEF\xBB\xBF\"Tone, high\",seen, target ,input\r\n"
                                          ",,,\r\n2,yes,y,x\r\n"
                                          "3,yes,\" b \",\"a,\"\"1\"\"\"\n"));
    path = scratch_path("other.csv");
    assert_int_equal(manifest_add(path, "a,b", "c", &tone, 1, NULL), STATUS_OK);
    assert_true(scratch_holds("other.csv", "input,target,\"Tone, high\"\n\"a,b\",c,3\n"));
    static const char sheet[] = "Target;Input;Split;Tone, high\r\nb;a;train;0,5\r\n";
    scratch_write("sheet.csv", sheet, sizeof sheet - 1);
    path = scratch_path("sheet.csv");
    assert_int_equal(manifest_add(path, "c;1", "d", &tone, 1, NULL), STATUS_OK);
    assert_true(scratch_holds("sheet.csv", "Target;Input;Split;Tone, high\r\nb;a;train;0,5\r\n"
                                           "d;\"c;1\";;3\n"));
    KnobSetting split = {"SPLIT", 1.0};
    assert_int_equal(manifest_add(path, "e", "f", &split, 1, NULL), STATUS_BAD_ARGUMENT);
}

static void a_line_has_its_limit(void **state) {
    (void)state;
    static char name[8190];
    memset(name, 'x', sizeof name - 1);
    const char *path = scratch_path("list.csv");
    Diagnostic diagnostic = {""};
    assert_int_equal(manifest_add(path, name, "b", NULL, 0, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "too long"));
    name[8188] = '\0';
    assert_int_equal(manifest_add(path, name, "b", NULL, 0, NULL), STATUS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_signal_holds_its_peak_and_comes_again),
        cmocka_unit_test(latency_is_found_to_the_sample),
        cmocka_unit_test(something_else_has_no_latency),
        cmocka_unit_test(a_take_plays_and_records_in_blocks_of_any_size),
        cmocka_unit_test_setup_teardown(pairs_are_filed, scratch_begin, scratch_end),
        cmocka_unit_test_setup_teardown(what_cannot_be_filed_changes_nothing, scratch_begin,
                                        scratch_end),
        cmocka_unit_test_setup_teardown(names_of_any_kind_are_filed, scratch_begin, scratch_end),
        cmocka_unit_test_setup_teardown(a_line_has_its_limit, scratch_begin, scratch_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
