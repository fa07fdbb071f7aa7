// SPDX-License-Identifier: ISC
// The other models of a folder, one after the other.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "plugin/session/neighbours.h"
#include "tests/rig/scratch.h"

static const char *const files[] = {"b.json", "c.nam", "a.aidax", "d.JSON", "e.txt", "cabinet.wav"};

static int make(void **state) {
    scratch_begin(state);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        scratch_write(files[i], "x", 1);
    }
    return 0;
}

// That the neighbours of `own` are these, ended by NULL, and each is given once.
static void assert_round(const char *own, bool forwards, const char *const *expected) {
    Neighbours neighbours;
    assert_int_equal(neighbours_read(&neighbours, scratch_path(own), NULL), STATUS_OK);
    for (; *expected; expected++) {
        assert_string_equal(neighbours_next(&neighbours, forwards), *expected);
    }
    assert_null(neighbours_next(&neighbours, forwards));
    assert_null(neighbours_next(&neighbours, forwards));
    neighbours_clear(&neighbours);
}

static void they_go_round_either_way(void **state) {
    (void)state;
    assert_round("b.json", true, (const char *[]){"c.nam", "d.JSON", "a.aidax", NULL});
    assert_round("b.json", false, (const char *[]){"a.aidax", "d.JSON", "c.nam", NULL});
    assert_round("d.JSON", true, (const char *[]){"a.aidax", "b.json", "c.nam", NULL});
    assert_round("a.aidax", false, (const char *[]){"d.JSON", "c.nam", "b.json", NULL});
}

// From where it would be.
static void a_file_that_is_gone_has_neighbours(void **state) {
    (void)state;
    assert_round("bb.json", true, (const char *[]){"c.nam", "d.JSON", "a.aidax", "b.json", NULL});
    assert_round("bb.json", false, (const char *[]){"b.json", "a.aidax", "d.JSON", "c.nam", NULL});
    assert_round("z.json", true, (const char *[]){"a.aidax", "b.json", "c.nam", "d.JSON", NULL});
    assert_round("A.json", false, (const char *[]){"d.JSON", "c.nam", "b.json", "a.aidax", NULL});
}

// A model by another name plays, too, and is not its own neighbour.
static void the_file_itself_counts_whatever_it_is_called(void **state) {
    (void)state;
    assert_round("e.txt", true, (const char *[]){"a.aidax", "b.json", "c.nam", "d.JSON", NULL});
    assert_round("cabinet.wav", true,
                 (const char *[]){"d.JSON", "a.aidax", "b.json", "c.nam", NULL});
}

static void alone_it_has_none(void **state) {
    (void)state;
    for (size_t i = 1; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(unlink(scratch_path(files[i])), 0);
    }
    assert_round("b.json", true, (const char *[]){NULL});
    assert_round("a.json", true, (const char *[]){"b.json", NULL});
}

static void a_folder_that_is_gone_is_named(void **state) {
    (void)state;
    Neighbours neighbours;
    Diagnostic diagnostic = {""};
    assert_int_equal(neighbours_read(&neighbours, "/nowhere/model.json", &diagnostic),
                     STATUS_CANNOT_READ);
    assert_non_null(strstr(diagnostic.text, "/nowhere"));
    neighbours_clear(&neighbours);
}

static void models_are_known_by_their_ending(void **state) {
    (void)state;
    static const char *const good[] = {"a.json", "a.NAM", "a.aidax", "a.aidadspmodel", ".json"};
    static const char *const bad[] = {"a", "json", "a.json~", "a.json.bak", "a.wav", ""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(neighbours_is_model(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(neighbours_is_model(bad[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_go_round_either_way),
        cmocka_unit_test(a_file_that_is_gone_has_neighbours),
        cmocka_unit_test(the_file_itself_counts_whatever_it_is_called),
        cmocka_unit_test(a_folder_that_is_gone_is_named),
        cmocka_unit_test(models_are_known_by_their_ending),
        cmocka_unit_test(alone_it_has_none),
    };
    return cmocka_run_group_tests_name("neighbours", tests, make, scratch_end);
}
