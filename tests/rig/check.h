// SPDX-License-Identifier: ISC
// For the checkers that need libc only, so that they are easily built for other machines.
#ifndef GRUFF_TESTS_RIG_CHECK_H
#define GRUFF_TESTS_RIG_CHECK_H

#include <stdbool.h>

// Counts; when not `ok`, prints what failed. One thread.
void check(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Prints how many checks there were; main's result: 1 when one has failed, 0 otherwise.
int check_report(void);

#endif
