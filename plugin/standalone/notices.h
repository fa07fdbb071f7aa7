// SPDX-License-Identifier: ISC
// What the host has to say: lines on standard error, or kept while a screen has the terminal.
// Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_NOTICES_H
#define GRUFF_PLUGIN_STANDALONE_NOTICES_H

#include <stdbool.h>

#include "dsp/base/status.h"

enum { NOTICES_KEPT = 64 };

// All zero is fine.
typedef struct Notices {
    bool held;  // a screen shows them
    bool quiet; // only errors count
    Diagnostic lines[NOTICES_KEPT];
    unsigned count; // said so far; the latest is lines[(count - 1) % NOTICES_KEPT]
} Notices;

// From here on only what goes wrong is said (`quiet`), or all.
void notices_set_quiet(Notices *notices, bool quiet);

// Says a line of what goes well, unless it is quiet.
void notices_note(Notices *notices, const char *text);

// Says a line, unless it is "".
void notices_say(Notices *notices, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Lines of one kind that could come by the thousand. All zero is fine.
typedef struct RateLimit {
    double said; // when, by clock_now
    unsigned left_out;
} RateLimit;

// Says a line if none of its kind was said for a second, and how many were left out since.
void notices_say_limited(Notices *notices, RateLimit *limit, const char *text);

// The line `back` lines before the latest, 0 for the latest; "" when there is none.
const char *notices_line(const Notices *notices, unsigned back);

// A screen has the terminal and shows what is said: lines are kept.
void notices_hold(Notices *notices);

// The terminal is free again: prints the latest line of what was held.
void notices_release(Notices *notices);

#endif
