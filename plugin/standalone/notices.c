// SPDX-License-Identifier: ISC
#include "plugin/standalone/notices.h"

#include <stdio.h>

void notices_say(Notices *notices, const char *text) {
    if (!text[0]) {
        return;
    }
    diagnose(&notices->lines[notices->count++ % NOTICES_KEPT], STATUS_OK, "%s", text);
    if (!notices->held) {
        fprintf(stderr, "gruff: %s\n", text);
    }
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
