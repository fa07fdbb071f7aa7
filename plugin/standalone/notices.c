// SPDX-License-Identifier: ISC
#include "plugin/standalone/notices.h"

#include <stdarg.h>
#include <stdio.h>

#include "dsp/base/clock.h"

void notices_say(Notices *notices, const char *format, ...) {
    char text[sizeof(Diagnostic)];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!text[0]) {
        return;
    }
    Diagnostic *line = &notices->lines[notices->count++ % NOTICES_KEPT];
    diagnose(line, STATUS_OK, "%s", text); // nothing that a terminal obeys
    if (!notices->held) {
        fprintf(stderr, "gruff: %s\n", line->text);
    }
}

void notices_set_quiet(Notices *notices, bool quiet) {
    notices->quiet = quiet;
}

void notices_note(Notices *notices, const char *text) {
    if (!notices->quiet) {
        notices_say(notices, "%s", text);
    }
}

void notices_say_limited(Notices *notices, RateLimit *limit, const char *text) {
    double now = clock_now();
    if (limit->said > 0.0 && now - limit->said < 1.0) {
        limit->left_out++;
        return;
    }
    if (limit->left_out > 0) {
        notices_say(notices, "%.900s (and %u more before)", text, limit->left_out);
    } else {
        notices_say(notices, "%s", text);
    }
    *limit = (RateLimit){.said = now};
}

const char *notices_line(const Notices *notices, unsigned back) {
    if (back >= notices->count || back >= NOTICES_KEPT) {
        return "";
    }
    return notices->lines[(notices->count - 1 - back) % NOTICES_KEPT].text;
}

void notices_hold(Notices *notices) {
    notices->held = true;
}

void notices_release(Notices *notices) {
    notices->held = false;
    const char *latest = notices_line(notices, 0);
    if (latest[0]) {
        fprintf(stderr, "gruff: %s\n", latest);
    }
}
