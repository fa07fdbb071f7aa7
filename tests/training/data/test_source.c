// SPDX-License-Identifier: ISC
// Where recordings come from: a pair, folders as Wright's, lists with knobs; and the dataset that
// several pairs make.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <math.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/files/audio/audio_file.h"
#include "tests/rig/scratch.h"
#include "training/data/dataset_read.h"
#include "training/data/source_find.h"

enum { RATE = 8000, FRAMES = 20 * RATE };

static void touch(const char *name) {
    scratch_write(name, "x", 1);
}

static Status find_one(Source *source, const char *path, Diagnostic *diagnostic) {
    return source_find(source, &path, 1, diagnostic);
}

static bool ends_in(const char *text, const char *end) {
    size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

static void test_pair(void **state) {
    (void)state;
    Source source;
    const char *paths[] = {"a.wav", "/tmp/b.flac", "c.wav"};
    assert_int_equal(source_find(&source, paths, 2, NULL), STATUS_OK);
    assert_int_equal(source.count, 1);
    assert_string_equal(source.pairs[0].input, "a.wav");
    assert_string_equal(source.pairs[0].target, "/tmp/b.flac");
    source_clear(&source);
    Diagnostic diagnostic;
    assert_int_equal(source_find(&source, paths, 3, NULL), STATUS_BAD_ARGUMENT);
    assert_int_equal(find_one(&source, "a.WAV", &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "two files"));
    assert_int_equal(find_one(&source, "nowhere.csv", &diagnostic), STATUS_CANNOT_READ);
    assert_non_null(strstr(diagnostic.text, "nowhere.csv"));
}

static void make_folder(const char *name) {
    assert_int_equal(mkdir(scratch_path(name), 0777), 0);
}

static void remove_in(const char *folder, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(scratch_path(path));
    }
    rmdir(scratch_path(folder));
}

static void test_folders(void **state) {
    (void)state;
    static const char *const names[] = {"a-input.wav", "a-target.wav", "b-input.flac",
                                        "b-target.wav", "notes.txt"};
    Source source;
    Diagnostic diagnostic;
    make_folder("set");
    assert_int_equal(find_one(&source, scratch_path("set"), &diagnostic), STATUS_CANNOT_READ);
    assert_non_null(strstr(diagnostic.text, "no pairs"));
    make_folder("set/train");
    make_folder("set/val");
    make_folder("set/test");
    for (size_t i = 0; i < 5; i++) {
        char path[64];
        snprintf(path, sizeof path, "set/train/%s", names[i]);
        touch(path);
    }
    touch("set/train/bassinput.wav"); // no name and no input
    touch("set/val/a-input.wav");
    assert_int_equal(find_one(&source, scratch_path("set"), &diagnostic), STATUS_CANNOT_READ);
    assert_non_null(strstr(diagnostic.text, "a-target.wav"));
    touch("set/val/a-target.wav");
    touch("set/test/c-input.wav");
    touch("set/test/c-target.wav");
    assert_int_equal(find_one(&source, scratch_path("set"), &diagnostic), STATUS_OK);
    assert_int_equal(source.count, 4);
    assert_int_equal(source.tests, 1);
    assert_true(ends_in(source.pairs[3].target, "set/test/c-target.wav"));
    assert_int_equal(source.pairs[3].split, SPLIT_TEST);
    assert_true(ends_in(source.pairs[0].input, "set/train/a-input.wav"));
    assert_true(ends_in(source.pairs[1].target, "set/train/b-target.wav"));
    assert_int_equal(source.pairs[1].split, SPLIT_TRAINING);
    assert_true(ends_in(source.pairs[2].input, "set/val/a-input.wav"));
    assert_int_equal(source.pairs[2].split, SPLIT_VALIDATION);
    source_clear(&source);
    // Without val/ each pair holds its own end out; a folder of train/ alone is one, too.
    remove_in("set/val", names, 5);
    assert_int_equal(find_one(&source, scratch_path("set"), NULL), STATUS_OK);
    assert_int_equal(source.count, 3);
    assert_int_equal(source.pairs[0].split, SPLIT_AUTO);
    source_clear(&source);
    remove_in("set/train", names, 5);
    unlink(scratch_path("set/train/bassinput.wav"));
    rmdir(scratch_path("set/train"));
    remove_in("set/test", (const char *const[]){"c-input.wav", "c-target.wav"}, 2);
    touch("set/input.wav");
    touch("set/target.wav");
    touch("set/test-input.wav");
    assert_int_equal(find_one(&source, scratch_path("set"), &diagnostic), STATUS_CANNOT_READ);
    assert_non_null(strstr(diagnostic.text, "test-target.wav"));
    touch("set/test-target.wav");
    assert_int_equal(find_one(&source, scratch_path("set"), NULL), STATUS_OK);
    assert_int_equal(source.count, 2);
    assert_int_equal(source.tests, 1);
    assert_true(ends_in(source.pairs[0].target, "set/target.wav"));
    assert_true(ends_in(source.pairs[1].target, "set/test-target.wav"));
    assert_int_equal(source_add_test(&source, "x.wav", "y.wav", NULL), STATUS_OK);
    assert_int_equal(source.tests, 2);
    assert_string_equal(source.pairs[2].target, "y.wav");
    source_clear(&source);
    remove_in("set",
              (const char *const[]){"input.wav", "target.wav", "test-input.wav", "test-target.wav"},
              4);
}

static Status read_list(Source *source, const char *text, Diagnostic *diagnostic) {
    scratch_write("list.csv", text, strlen(text));
    return find_one(source, scratch_path("list.csv"), diagnostic);
}

static void test_lists(void **state) {
    (void)state;
    Source source;
    assert_int_equal(read_list(&source,
                               "\xEF\xBB\xBFinput , target,Drive,\"Tone, high\",split,seen\r\n"
                               "a.wav,sub/b.wav,0.5,-1e1,train,yes\r\n"
                               ",,,,,\r\n"
                               "\"my \"\"dry\"\".wav\",/tmp/c.wav, 1 ,2,val,yes\n"
                               "x.wav,y.wav,0.25,0,test,no\n"
                               "a.wav,d.wav,0,0,,yes",
                               NULL),
                     STATUS_OK);
    assert_int_equal(source.count, 4);
    assert_int_equal(source.tests, 1);
    assert_true(ends_in(source.pairs[3].input, "x.wav") && source.pairs[3].knobs[0] == 0.25f);
    assert_int_equal(source.pairs[3].split, SPLIT_TEST);
    assert_true(source.pairs[3].unseen && !source.pairs[0].unseen && !source.pairs[2].unseen);
    assert_int_equal(source.knobs, 2);
    assert_string_equal(source.knob_name[0], "Drive");
    assert_string_equal(source.knob_name[1], "Tone, high");
    assert_true(source.pairs[0].input[0] == '/' && ends_in(source.pairs[0].input, "/a.wav"));
    assert_true(ends_in(source.pairs[0].target, "/sub/b.wav"));
    assert_true(source.pairs[0].knobs[0] == 0.5f && source.pairs[0].knobs[1] == -10.0f);
    assert_int_equal(source.pairs[0].split, SPLIT_TRAINING);
    assert_true(ends_in(source.pairs[1].input, "/my \"dry\".wav"));
    assert_string_equal(source.pairs[1].target, "/tmp/c.wav");
    assert_int_equal(source.pairs[1].split, SPLIT_VALIDATION);
    assert_int_equal(source.pairs[2].split, SPLIT_AUTO);
    source_clear(&source);
}

// Writes a unit of UTF-16; answers its length.
static size_t put_unit(char *to, unsigned unit, bool little) {
    to[little ? 1 : 0] = (char)(unit >> 8);
    to[little ? 0 : 1] = (char)(unit & 0xFF);
    return 2;
}

// As spreadsheets of all countries save them: what stands between cells and at their ends, how
// numbers, switches and splits are written.
static void test_lists_of_spreadsheets(void **state) {
    (void)state;
    static const char *const lists[] = {
        "input,target,split,Drive,Bright\na.wav,b.wav,train,0.5,1\na.wav,c.wav,val,1,0\n",
        "\xEF\xBB\xBFInput;TARGET;Split;Drive;Bright\r\n\r\n;;;;\r\n"
        "a.wav;b.wav;Training;0,5;On\r\na.wav;c.wav;Validation;1,0;OFF\r\n;;;;\r\n",
        "input\ttarget\tsplit\tDrive\tBright\ra.wav\tb.wav\tTRAIN\t50%\tyes\r"
        "a.wav\tc.wav\tvalid\t100 %\tNo\r",
        "sep=;\r\ninput;target;split;Drive;Bright;;\r\n"
        "\"a.wav\";\"b.wav\";\"train\";\"50,00\xC2\xA0%\";\"TRUE\";;\r\n"
        "\"a.wav\";\"c.wav\";\"val\";\"100,00\xE2\x80\xAF%\";\"False\";;\r\n",
        "Split,Bright,Drive,Target,Input,,\n\n\"training\",1.0,\"0,5\",b.wav,a.wav,,\n"
        "val,\"0,0\",\"1,0e0\",c.wav,a.wav,,\n,,,,,,\n",
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (int wide = 0; wide < 3; wide++) { // as it is, and in UTF-16 of either kind
            char text[2048];
            size_t length = 0;
            if (wide && strchr(lists[i], '\xC2')) {
                continue; // it is not in ASCII
            }
            if (wide) {
                length = put_unit(text, 0xFEFF, wide == 1);
                for (const char *from = lists[i] + (i == 1 ? 3 : 0); *from; from++) {
                    length += put_unit(text + length, (unsigned char)*from, wide == 1);
                }
            } else {
                length = strlen(lists[i]);
                memcpy(text, lists[i], length);
            }
            scratch_write("list.csv", text, length);
            Source source;
            Diagnostic diagnostic = {""};
            Status status = find_one(&source, scratch_path("list.csv"), &diagnostic);
            if (status != STATUS_OK) {
                fail_msg("list %zu: %s", i, diagnostic.text);
            }
            assert_int_equal(source.count, 2);
            assert_int_equal(source.knobs, 2);
            int drive = strcmp(source.knob_name[0], "Drive") != 0;
            assert_string_equal(source.knob_name[drive], "Drive");
            assert_string_equal(source.knob_name[!drive], "Bright");
            assert_true(ends_in(source.pairs[0].input, "/a.wav"));
            assert_true(ends_in(source.pairs[1].target, "/c.wav"));
            assert_int_equal(source.pairs[0].split, SPLIT_TRAINING);
            assert_int_equal(source.pairs[1].split, SPLIT_VALIDATION);
            assert_true(source.pairs[0].knobs[drive] == 0.5f);
            assert_true(source.pairs[1].knobs[drive] == 1.0f);
            assert_true(source.pairs[0].knobs[!drive] == 1.0f);
            assert_true(source.pairs[1].knobs[!drive] == 0.0f);
            source_clear(&source);
        }
    }
}

// Names beyond ASCII, in UTF-16: two bytes, three and four of UTF-8.
static void test_lists_in_utf_16(void **state) {
    (void)state;
    static const unsigned units[] = {0x00E9, 0x20AC, 0xD83C, 0xDFB8}; // the latter two make one
    char text[128];
    size_t length = put_unit(text, 0xFEFF, true);
    for (const char *from = "input,target\n*.wav,b.wav\n"; *from; from++) {
        for (int i = 0; *from == '*' && i < 4; i++) {
            length += put_unit(text + length, units[i], true);
        }
        length += *from == '*' ? 0 : put_unit(text + length, (unsigned char)*from, true);
    }
    scratch_write("list.csv", text, length);
    Source source;
    assert_int_equal(find_one(&source, scratch_path("list.csv"), NULL), STATUS_OK);
    assert_true(ends_in(source.pairs[0].input, "/\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8E\xB8.wav"));
    source_clear(&source);
}

static void test_bad_lists(void **state) {
    (void)state;
    {
        Source source;
        Diagnostic diagnostic;
        assert_int_equal(read_list(&source, "input,target,split\na.wav,b.wav,test\n", &diagnostic),
                         STATUS_BAD_ARGUMENT);
        assert_non_null(strstr(diagnostic.text, "nothing to train on"));
    }
    static const char *const cases[][2] = {
        {"\n\n", "lists no pairs"},
        {"input,target\n", "lists no pairs"},
        {"input,Drive\na,1\n", "line 1: the columns"},
        {"input,target,input\n", "second column 'input'"},
        {"input,target,Drive,Drive\n", "second column 'Drive'"},
        {"input,target,\na,b,1\n", "line 2: not as many"},
        {"input,target,,Drive\na,b,1,1\n", "line 1: no name"},
        {"input,target,Drive\na,b,0,5\n", "line 2: not as many cells as the first line has names "
                                          "(decimal commas need quotes"},
        {"input;target;Drive\na;b;5 percent\n", "line 2: not a knob's position: '5 percent'"},
        {"input;target;Drive\na;b;1.000,5\n", "line 2: not a knob's position: '1.000,5'"},
        {"input,target,Drive\na,b,%\n", "line 2: not a knob's position: '%'"},
        {"input,Target,INPUT\n", "second column 'INPUT'"},
        {"input,target,Drive\na,b\n", "line 2: not as many"},
        {"input,target,Drive\na,b,1\na,b,full\n", "line 3: not a knob's position: 'full'"},
        {"input,target,Drive\na,b,1.1e6\n", "line 2: not a knob's position: '1.1e6'"},
        {"input,target,Drive\na,b,0x1\n", "line 2: not a knob's position: '0x1'"},
        {"input,target,Drive\na,b,nan\n", "line 2: not a knob's position: 'nan'"},
        {"input,target,Drive\na,b,1 2\n", "line 2: not a knob's position: '1 2'"},
        {"input,target,Drive\na,b,\n", "line 2: not a knob's position: ''"},
        {"input,target,Drive\na,\"b,1\n", "line 2, column 2: its quote is not closed"},
        {"input,target,split\na,b,half\n", "'half'"},
        {"input,target,seen\na,b,perhaps\n", "seen must be yes or no, not 'perhaps'"},
        {"input,target,1,2,3,4,5,6,7,8,9\n", "line 1"},
        {"input,target,1,2,3,4,5,6,7,8,9,10,11,12\n", "too many columns"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Source source;
        Diagnostic diagnostic = {""};
        assert_int_equal(read_list(&source, cases[i][0], &diagnostic), STATUS_BAD_ARGUMENT);
        printf("%s\n", diagnostic.text);
        assert_non_null(strstr(diagnostic.text, cases[i][1]));
        assert_non_null(strstr(diagnostic.text, "list.csv"));
        assert_int_equal(source.count, 0);
    }
    scratch_write("list.csv", "RIFF\0\0", 6);
    Source source;
    assert_int_equal(find_one(&source, scratch_path("list.csv"), NULL), STATUS_CANNOT_READ);
}

// ---- Datasets of several pairs ----

static float input[FRAMES], target[FRAMES];

// Noise through a clipper whose drive is a knob; `delay` samples late.
static void save_pair(const char *name, float drive, int delay) {
    Random random = {11};
    float low = 0.0f;
    for (int i = 0; i < FRAMES; i++) {
        low += 0.3f * ((float)random_within(&random, 1.0) - low);
        input[i] = (0.2f + 0.4f * (float)((i / 2000) % 3)) * low;
    }
    for (int i = 0; i < FRAMES; i++) {
        target[i] = i < delay ? 0.0f : 0.5f * tanhf(drive * input[i - delay]);
    }
    assert_int_equal(audio_file_write(scratch_path("dry.wav"), RATE, input, FRAMES, NULL), 0);
    assert_int_equal(audio_file_write(scratch_path(name), RATE, target, FRAMES, NULL), 0);
}

static void test_knob_dataset(void **state) {
    (void)state;
    static const char list[] = "input,target,Drive\n"
                               "dry.wav,low.wav,1\n"
                               "dry.wav,middle.wav,3\n"
                               "dry.wav,high.wav,9\n";
    save_pair("low.wav", 1.0f, 12);
    save_pair("middle.wav", 3.0f, 22); // recorded in one go: the knob shifts it, the delay is one
    save_pair("high.wav", 9.0f, 12);
    scratch_write("list.csv", list, sizeof list - 1);
    Dataset dataset;
    Diagnostic diagnostic = {""};
    DatasetOptions options = {.threads = 2};
    const char *path = scratch_path("list.csv");
    Status status = dataset_read(&dataset, &path, 1, &options, &diagnostic);
    assert_string_equal(diagnostic.text, "");
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(dataset.count, 3);
    assert_int_equal(dataset.knobs, 1);
    assert_string_equal(dataset.knob[0].name, "Drive");
    assert_true(dataset.knob[0].minimum == 1.0f && dataset.knob[0].maximum == 9.0f);
    assert_true(dataset.knob[0].initial == 5.0f);
    for (int i = 0; i < 3; i++) {
        const Recording *recording = &dataset.recordings[i];
        assert_int_equal(recording->latency, dataset.recordings[0].latency);
        assert_in_range(recording->latency, 7, 12);
        // The input is held once.
        assert_ptr_equal(recording->input, dataset.recordings[0].input);
        assert_int_equal(recording->input_memory != NULL, i == 0);
        assert_int_equal(ranges_frames(&recording->training) +
                             ranges_frames(&recording->validation),
                         recording->frames);
    }
    assert_true(dataset.recordings[2].knobs[0] == 9.0f);

    // Places: within the training ranges with all that they need, each recording its share.
    int drawn[3] = {0};
    for (int i = 0; i < 30000; i++) {
        Place place = dataset_draw(&dataset, i / 30000.0, 500, 1500);
        assert_true(ranges_hold(&place.recording->training, place.frame - 500));
        assert_true(ranges_hold(&place.recording->training, place.frame + 1499));
        drawn[place.recording - dataset.recordings]++;
    }
    for (int i = 0; i < 3; i++) {
        assert_in_range(drawn[i], 9990, 10010);
    }
    dataset_clear(&dataset);
}

static void test_splits(void **state) {
    (void)state;
    Dataset dataset;
    Diagnostic diagnostic;
    DatasetOptions options = {.threads = 1};
    static const char list[] = "input,target,split\n"
                               "dry.wav,low.wav,train\n"
                               "dry.wav,high.wav,val\n";
    scratch_write("list.csv", list, sizeof list - 1);
    const char *path = scratch_path("list.csv");
    assert_int_equal(dataset_read(&dataset, &path, 1, &options, NULL), STATUS_OK);
    assert_int_equal(dataset.training_frames, dataset.recordings[0].frames);
    assert_int_equal(dataset.validation_frames, dataset.recordings[1].frames);
    assert_int_equal(dataset_draw(&dataset, 0.999, 0, 10).recording - dataset.recordings, 0);
    dataset_clear(&dataset);

    // Nothing is held out by name: the end of each is.
    static const char trained[] = "input,target,split\n"
                                  "dry.wav,low.wav,train\n"
                                  "dry.wav,high.wav,train\n";
    scratch_write("list.csv", trained, sizeof trained - 1);
    assert_int_equal(dataset_read(&dataset, &path, 1, &options, NULL), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        const Recording *recording = &dataset.recordings[i];
        assert_true(recording->training.count > 0 && recording->validation.count > 0);
    }
    dataset_clear(&dataset);

    static const char still[] = "input,target,Drive\ndry.wav,low.wav,2\ndry.wav,high.wav,2\n";
    scratch_write("list.csv", still, sizeof still - 1);
    assert_int_equal(dataset_read(&dataset, &path, 1, &options, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "knob 'Drive' stands at 2"));
    assert_null(dataset.recordings);
}

// Where nothing is learnt from a recording a second is enough.
static void test_short_tests(void **state) {
    (void)state;
    static const char list[] = "input,target,split\n"
                               "dry.wav,low.wav,\n"
                               "dry.wav,high.wav,\n"
                               "short-dry.wav,short.wav,test\n";
    Dataset dataset;
    Diagnostic diagnostic = {""};
    DatasetOptions options = {.threads = 1};
    scratch_write("list.csv", list, sizeof list - 1);
    const char *path = scratch_path("list.csv");
    for (int seconds = 2; seconds > 0; seconds--) {
        size_t frames = (size_t)(seconds * RATE - RATE / 2); // 1.5 s and 0.5 s
        scratch_audio("short-dry.wav", RATE, 1, input, frames);
        scratch_audio("short.wav", RATE, 1, target, frames);
        Status status = dataset_read(&dataset, &path, 1, &options, &diagnostic);
        if (seconds == 2) {
            assert_string_equal(diagnostic.text, "");
            assert_int_equal(status, STATUS_OK);
            assert_true(dataset.count == 2 && dataset.tests == 1);
            dataset_clear(&dataset);
        } else {
            assert_int_equal(status, STATUS_BAD_AUDIO);
            assert_non_null(strstr(diagnostic.text, "short"));
        }
    }
}

// One rate for all pairs, whatever is forced.
static void test_rates(void **state) {
    (void)state;
    static const char list[] = "input,target\ndry.wav,low.wav\nfast-dry.wav,fast.wav\n";
    Dataset dataset;
    Diagnostic diagnostic;
    DatasetOptions options = {.threads = 1, .force = true};
    assert_int_equal(audio_file_write(scratch_path("fast-dry.wav"), 2 * RATE, input, FRAMES, NULL),
                     0);
    assert_int_equal(audio_file_write(scratch_path("fast.wav"), 2 * RATE, target, FRAMES, NULL), 0);
    scratch_write("list.csv", list, sizeof list - 1);
    const char *path = scratch_path("list.csv");
    assert_int_equal(dataset_read(&dataset, &path, 1, &options, &diagnostic), STATUS_BAD_AUDIO);
    assert_non_null(strstr(diagnostic.text, "fast-dry.wav: 16000 Hz, but"));
    assert_null(dataset.recordings);
}

static void test_without_memory(void **state) {
    (void)state;
    static const char list[] = "input,target,Drive\ndry.wav,low.wav,1\ndry.wav,high.wav,9\n";
    scratch_write("list.csv", list, sizeof list - 1);
    const char *path = scratch_path("list.csv");
    DatasetOptions options = {.threads = 1};
    Status status = STATUS_NO_MEMORY;
    Dataset dataset;
    for (int n = 0; n < 3000 && status != STATUS_OK; n += 1 + n / 16) {
        assert_int_equal(status, STATUS_NO_MEMORY);
        memory_fail_after(n);
        status = dataset_read(&dataset, &path, 1, &options, NULL);
        memory_fail_after(-1);
        assert_int_equal(status != STATUS_OK, dataset.recordings == NULL);
    }
    assert_int_equal(status, STATUS_OK);
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pair),
        cmocka_unit_test(test_folders),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_lists_of_spreadsheets),
        cmocka_unit_test(test_lists_in_utf_16),
        cmocka_unit_test(test_bad_lists),
        cmocka_unit_test(test_knob_dataset),
        cmocka_unit_test(test_splits),
        cmocka_unit_test(test_short_tests),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
