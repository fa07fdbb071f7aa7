// SPDX-License-Identifier: ISC
#include "plugin/standalone/notices.h"

#include <stdio.h>

#include "plugin/meters.h"

void notices_say(Notices *notices, const char *text) {
    if (!text[0]) {
        return;
    }
    diagnose(&notices->lines[notices->count++ % NOTICES_KEPT], STATUS_OK, "%s", text);
    if (!notices->held) {
        fprintf(stderr, "gruff: %s\n", text);
    }
}

void notices_say_rarely(Notices *notices, Rarely *rarely, const char *text) {
    double now = meter_clock();
    Diagnostic line = {""};
    if (rarely->said > 0.0 && now - rarely->said < 1.0) {
        rarely->left_out++;
        return;
    }
    if (rarely->left_out > 0) {
        diagnose(&line, STATUS_OK, "%.900s (and %u more before)", text, rarely->left_out);
    } else {
        diagnose(&line, STATUS_OK, "%s", text);
    }
    *rarely = (Rarely){.said = now};
    notices_say(notices, line.text);
}

const char *notices_line(const Notices *notices, unsigned back) {
    if (back >= notices->count || back >= NOTICES_KEPT) {
        return "";
    }
    return notices->lines[(notices->count - 1 - back) % NOTICES_KEPT].text;
}

void notices_release(Notices *notices) {
    notices->held = false;
    const char *latest = notices_line(notices, 0);
    if (latest[0]) {
        fprintf(stderr, "gruff: %s\n", latest);
    }
}
