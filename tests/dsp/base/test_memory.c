// SPDX-License-Identifier: ISC
// Memory, paths, and the texts of diagnostics.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/path.h"
#include "dsp/base/status.h"

static void it_is_zero_and_aligned(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 63, 64, 65, 1000, 100000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        for (int again = 0; again < 2; again++) { // the second time where something was
            unsigned char *memory = memory_new(sizes[k], 1);
            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % MEMORY_ALIGNMENT, 0);
            for (size_t i = 0; i < sizes[k]; i++) {
                assert_int_equal(memory[i], 0);
            }
            memset(memory, 255, sizes[k]);
            memory_free(memory);
        }
    }
    memory_free(NULL);
}

static void what_is_too_large_is_not_there(void **state) {
    (void)state;
    assert_null(memory_new(SIZE_MAX, 1));
    assert_null(memory_new(SIZE_MAX / 2 + 1, 2)); // the product is 0
    assert_null(memory_new(SIZE_MAX / 8 + 2, 8)); // and this one 8
    assert_null(memory_new(1, SIZE_MAX - 1));
}

static void it_grows_with_what_is_in_it(void **state) {
    (void)state;
    short *numbers = memory_resize(NULL, 0, 2, sizeof *numbers);
    assert_true(numbers && numbers[0] == 0);
    numbers[0] = 7;
    numbers[1] = 9;
    memory_fail_after(0);
    assert_null(memory_resize(numbers, 2, 100, sizeof *numbers));
    memory_fail_after(-1);
    assert_true(numbers[0] == 7 && numbers[1] == 9); // still there
    numbers = memory_resize(numbers, 1, 100, sizeof *numbers);
    assert_true(numbers[0] == 7 && numbers[1] == 0 && numbers[99] == 0);
    memory_free(numbers);
}

static void a_path_ends_in_a_name(void **state) {
    (void)state;
    assert_string_equal(path_name("/a/b.wav"), "b.wav");
    assert_string_equal(path_name("b.wav"), "b.wav");
    assert_string_equal(path_name("/b"), "b");
    assert_string_equal(path_name("a/"), "");
    assert_string_equal(path_name(""), "");
}

static void it_fails_as_a_test_asks(void **state) {
    (void)state;
    memory_fail_after(2);
    void *first = memory_new(1, 1), *second = memory_new(1, 1), *third = memory_new(1, 1);
    void *fourth = memory_new(1, 1);
    memory_fail_after(-1);
    assert_true(first && second && !third && !fourth);
    memory_free(first);
    memory_free(second);
    memory_free(memory_new(1, 1));
}

static void a_diagnostic_is_one_line_that_no_terminal_obeys(void **state) {
    (void)state;
    Diagnostic diagnostic;
    assert_int_equal(diagnose(&diagnostic, STATUS_BAD_MODEL, "a%sb\x7f%d", "\n\x1b[31m\t", 7),
                     STATUS_BAD_MODEL);
    assert_string_equal(diagnostic.text, "a  [31m b 7");
    assert_int_equal(diagnose(&diagnostic, STATUS_OK, "%s", "\xc3\xa9"), STATUS_OK);
    assert_string_equal(diagnostic.text, "\xc3\xa9"); // but text in any language
    assert_int_equal(diagnose(&diagnostic, STATUS_OK, "%s", "a\xc2\x9b\x31m\xc2\xa0"), STATUS_OK);
    assert_string_equal(diagnostic.text, "a  1m\xc2\xa0"); // one byte or two: the same control
    assert_int_equal(diagnose(&diagnostic, STATUS_OK, "%.2s: %s", "\xc3\xa9\xc3\xa9", "\xff\xc3"),
                     STATUS_OK);
    assert_string_equal(diagnostic.text, "\xc3\xa9: ??");
    assert_int_equal(diagnose(&diagnostic, STATUS_OK, "%.3s|", "\xc3\xa9\xc3\xa9"), STATUS_OK);
    assert_string_equal(diagnostic.text, "\xc3\xa9?|");
    assert_int_equal(diagnose(NULL, STATUS_NO_MEMORY, "nobody asks"), STATUS_NO_MEMORY);
    assert_int_equal(diagnose(&diagnostic, STATUS_OK, "%2000d", 1), STATUS_OK);
    assert_int_equal(strlen(diagnostic.text), sizeof diagnostic.text - 1);
}

static void a_diagnostic_can_be_a_list(void **state) {
    (void)state;
    Diagnostic diagnostic = {""};
    diagnose_also(&diagnostic, "%d\n", 1);
    assert_string_equal(diagnostic.text, "1 ");
    diagnose_also(&diagnostic, "%s", "\xff");
    assert_string_equal(diagnostic.text, "1 , ?");
    for (int i = 0; i < 2; i++) { // it stays within, also when it is full
        diagnose_also(&diagnostic, "%2000d", 1);
        assert_int_equal(strlen(diagnostic.text), sizeof diagnostic.text - 1);
        assert_memory_equal(diagnostic.text, "1 , ?, ", 7);
    }
}

static void every_status_has_a_name(void **state) {
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(status_name((Status)i), status_name((Status)k));
        }
    }
    assert_string_equal(status_name(STATUS_COUNT), "unknown");
    assert_string_equal(status_name((Status)-1), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_zero_and_aligned),
        cmocka_unit_test(what_is_too_large_is_not_there),
        cmocka_unit_test(it_grows_with_what_is_in_it),
        cmocka_unit_test(it_fails_as_a_test_asks),
        cmocka_unit_test(a_path_ends_in_a_name),
        cmocka_unit_test(a_diagnostic_is_one_line_that_no_terminal_obeys),
        cmocka_unit_test(a_diagnostic_can_be_a_list),
        cmocka_unit_test(every_status_has_a_name),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
