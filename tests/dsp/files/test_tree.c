// SPDX-License-Identifier: ISC
// JSON as a tree: what is read and refused, and that numbers survive.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/files/models/tree.h"

static Tree *parse(const char *text) {
    Tree *tree = NULL;
    Diagnostic diagnostic = {""};
    if (tree_parse(&tree, text, strlen(text), "test", &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    return tree;
}

static void assert_refused(const char *text, const char *words) {
    Tree *tree = NULL;
    Diagnostic diagnostic = {""};
    assert_int_equal(tree_parse(&tree, text, strlen(text), "test", &diagnostic), STATUS_BAD_MODEL);
    assert_null(tree);
    assert_non_null(strstr(diagnostic.text, words));
}

// `depth` arrays in each other.
static void nest(char *text, int depth) {
    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    text[2 * depth] = '\0';
}

static void values_are_nested_only_so_deep(void **state) {
    (void)state;
    char text[2 * TREE_MAX_DEPTH + 16];
    nest(text, TREE_MAX_DEPTH);
    tree_free(parse(text));
    nest(text, TREE_MAX_DEPTH + 1);
    assert_refused(text, "line 1: values are nested more than 64 deep");
}

static void brackets_in_texts_are_not_nested(void **state) {
    (void)state;
    Tree *tree = parse(
        "{\"a\": \"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
        "{{{{{{{{\\\"[[[\", \"b\": 1}");
    double number = 0.0;
    assert_true(tree_number(tree_member(tree, "b"), &number));
    assert_true(number == 1.0);
    assert_int_equal(strlen(tree_text(tree_member(tree, "a"))), 78);
    tree_free(tree);
}

static void a_byte_order_mark_is_passed_over(void **state) {
    (void)state;
    tree_free(parse("\xef\xbb\xbf[1]"));
    assert_refused("\xef\xbb[1]", "not JSON");
}

static void only_objects_and_arrays_stand_alone(void **state) {
    (void)state;
    static const char *const bad[] = {"1", "\"a\"", "null", "", " ", "[1] 2", "[1,]", "{\"a\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_refused(bad[i], "test: line 1, column ");
    }
}

static void what_is_not_there_is_answered_as_such(void **state) {
    (void)state;
    Tree *tree = parse("{\"a\": [1, true, false, null, \"2\", {}], \"n\": null}");
    const Tree *array = tree_member(tree, "a");
    double number = -1.0;
    assert_int_equal(tree_count(array), 6);
    assert_int_equal(tree_count(tree), 0);
    assert_true(tree_number(tree_item(array, 1), &number) && number == 1.0);
    assert_true(tree_number(tree_item(array, 2), &number) && number == 0.0);
    number = 7.0;
    assert_false(tree_number(tree_item(array, 3), &number));
    assert_false(tree_number(tree_item(array, 4), &number));
    assert_false(tree_number(tree_item(array, 6), &number));
    assert_false(tree_number(NULL, &number));
    assert_true(number == 7.0);
    assert_null(tree_item(tree, 0));
    assert_null(tree_member(array, "a"));
    assert_null(tree_member(NULL, "a"));
    assert_null(tree_text(array));
    assert_string_equal(tree_text(tree_item(array, 4)), "2");
    assert_true(tree_is_null(tree_member(tree, "n")));
    assert_string_equal(tree_kind(NULL), "nothing");
    assert_string_equal(tree_kind(array), "an array");
    tree_free(tree);
}

// In the shortest form that gives the same float: what jansson would print for a double is longer.
static void floats_survive_being_printed(void **state) {
    (void)state;
    Random random = {5};
    for (int i = 0; i < 2000; i++) {
        float value = i == 0 ? 0.1f : ldexpf((float)random_within(&random, 1.0), i % 200 - 100);
        Tree *tree = tree_array();
        double again = 0.0;
        assert_true(tree_put_float(tree, NULL, value));
        char *text = tree_print(tree);
        tree_free(tree);
        assert_true(strlen(text) < 24 && text[strlen(text) - 1] == '\n');
        if (i == 0) {
            assert_string_equal(text, "[0.1]\n");
        }
        tree = parse(text);
        assert_true(tree_number(tree_item(tree, 0), &again));
        assert_true((float)again == value);
        tree_free(tree);
        memory_free(text);
    }
}

static void nonsense_is_not_put_in(void **state) {
    (void)state;
    Tree *tree = tree_object();
    assert_false(tree_put_number(tree, "a", NAN));
    assert_false(tree_put_number(tree, "a", INFINITY));
    assert_false(tree_put_float(tree, "a", -INFINITY));
    assert_false(tree_put_text(tree, "a", "\xff"));
    assert_false(tree_put(tree, "a", NULL));
    assert_false(tree_put(NULL, "a", tree_array()));
    assert_true(tree_put_integer(tree, "a", 1LL << 40) && tree_put_bool(tree, "b", true) &&
                tree_put_null(tree, "c"));
    char *text = tree_print(tree);
    assert_string_equal(text, "{\"a\": 1099511627776, \"b\": true, \"c\": null}\n");
    memory_free(text);
    tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_nested_only_so_deep),
        cmocka_unit_test(brackets_in_texts_are_not_nested),
        cmocka_unit_test(a_byte_order_mark_is_passed_over),
        cmocka_unit_test(only_objects_and_arrays_stand_alone),
        cmocka_unit_test(what_is_not_there_is_answered_as_such),
        cmocka_unit_test(floats_survive_being_printed),
        cmocka_unit_test(nonsense_is_not_put_in),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
