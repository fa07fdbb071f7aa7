// SPDX-License-Identifier: ISC
// Comma-separated values.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/csv.h"

enum { ROOM = 1100 };

// Reads `text` and writes its rows, each as "LINE BEGIN-END[CELL][CELL]", into `said`; or what is
// wrong with it.
static Status read_all(char said[ROOM], const char *text) {
    char parsed[ROOM];
    Csv csv;
    CsvRow row;
    Diagnostic diagnostic;
    int length = 0;
    snprintf(parsed, sizeof parsed, "%s", text);
    csv_begin(&csv, parsed);
    said[0] = '\0';
    for (;;) {
        Status status = csv_next(&csv, &row, &diagnostic);
        if (status != STATUS_OK || row.count == 0) {
            if (status != STATUS_OK) {
                snprintf(said, ROOM, "%s", diagnostic.text);
            } else {
                assert_int_equal(row.begin, strlen(text));
                assert_int_equal(row.end, strlen(text));
            }
            return status;
        }
        length += snprintf(said + length, (size_t)(ROOM - length), "%d %zu-%zu", row.line,
                           row.begin, row.end);
        for (int i = 0; i < row.count; i++) {
            length += snprintf(said + length, (size_t)(ROOM - length), "[%s]", row.cells[i]);
        }
    }
}

static void test_rows_and_cells(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"a", "1 0-1[a]"},
        {"a,b\n", "1 0-4[a][b]"},
        {"a,b\r\nc,d\re\n", "1 0-5[a][b]2 5-9[c][d]3 9-11[e]"},
        {"a,\n,b\n", "1 0-3[a][]2 3-6[][b]"},
        {"a,", "1 0-2[a][]"},
        {" a\t, b c ,\n", "1 0-11[a][b c][]"},
        {"\xEF\xBB\xBF"
         "a\n",
         "1 3-5[a]"},
        {"\n, ,\r\n\ta\n\n", "3 6-9[a]"},
        {"\"a,b\",\" c \"\n", "1 0-12[a,b][ c ]"},
        {"\"\"\"a\"\"\", \"\" \n", "1 0-13[\"a\"][]"},
        {"\"a\r\nb\",c\nd\n", "1 0-9[a\r\nb][c]3 9-11[d]"},
        {"a\"b,c\n", "1 0-6[a\"b][c]"},
        // What spreadsheets put between cells.
        {"a;b;c\n0,5;;1 2\n", "1 0-6[a][b][c]2 6-15[0,5][][1 2]"},
        {"a\tb\t c\r\n\t\t1,5\r\n", "1 0-8[a][b][c]2 8-15[][][1,5]"},
        {"\xEF\xBB\xBF;;\r\n\"x;y\";b,c;\"d,\r\n\"\r\ne;f;\r\n",
         "2 7-25[x;y][b,c][d,\r\n]4 25-31[e][f][]"},
        {"a,b;c\n", "1 0-6[a][b;c]"},
        {"\"a,b,c\";d\n", "1 0-10[a,b,c][d]"},
        {"sep=;\r\na,b,c;d\n", "2 7-15[a,b,c][d]"},
        {"sep=;,b\n", "1 0-8[sep=;][b]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char said[ROOM];
        assert_int_equal(read_all(said, cases[i][0]), STATUS_OK);
        assert_string_equal(said, cases[i][1]);
    }
}

static void test_faults_have_a_place(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"a\nb,\"c\nd\n", "line 2, column 2: its quote is not closed"},
        {"\"", "line 1, column 1: its quote is not closed"},
        {"a,b,\"c\" d\n", "line 1, column 3: something stands behind its closing quote"},
        {"\"a\n\"\"b\"c", "line 2, column 1: something stands behind its closing quote"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char said[ROOM];
        assert_int_equal(read_all(said, cases[i][0]), STATUS_BAD_ARGUMENT);
        assert_string_equal(said, cases[i][1]);
    }
}

static void test_too_many_cells_are_counted(void **state) {
    (void)state;
    char text[2 * CSV_COLUMNS + 4];
    memset(text, ',', sizeof text);
    text[0] = 'a';
    text[2 * CSV_COLUMNS + 2] = 'b';
    text[2 * CSV_COLUMNS + 3] = '\0';
    Csv csv;
    CsvRow row;
    csv_begin(&csv, text);
    assert_int_equal(csv_next(&csv, &row, NULL), STATUS_OK);
    assert_int_equal(row.count, 2 * CSV_COLUMNS + 2);
    assert_string_equal(row.cells[0], "a");
    assert_string_equal(row.cells[CSV_COLUMNS - 1], "");
    assert_int_equal(csv_next(&csv, &row, NULL), STATUS_OK);
    assert_int_equal(row.count, 0);
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},           {"plain text", "plain text"}, {"a,b", "\"a,b\""},
        {" a", "\" a\""},   {"a\t", "\"a\t\""},           {"say \"a\"", "\"say \"\"a\"\"\""},
        {"\"", "\"\"\"\""}, {"a\nb", "\"a\nb\""},         {"a;b", "\"a;b\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[40] = "x,";
        size_t length = strlen(cases[i][1]);
        assert_int_equal(csv_write(text + 2, sizeof text - 2, cases[i][0]), length);
        assert_string_equal(text + 2, cases[i][1]);
        Csv csv;
        CsvRow row;
        csv_begin(&csv, text);
        assert_int_equal(csv_next(&csv, &row, NULL), STATUS_OK);
        assert_int_equal(row.count, 2);
        assert_string_equal(row.cells[1], cases[i][0]);
        // What does not fit is cut.
        char small[3] = "zz";
        assert_int_equal(csv_write(small, 2, cases[i][0]), length);
        assert_true(strlen(small) == (length < 1 ? length : 1) && small[2] == '\0');
        assert_int_equal(csv_write(NULL, 0, cases[i][0]), length);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_cells),
        cmocka_unit_test(test_faults_have_a_place),
        cmocka_unit_test(test_too_many_cells_are_counted),
        cmocka_unit_test(test_what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
