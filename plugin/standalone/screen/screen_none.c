// SPDX-License-Identifier: ISC
// In place of the screen where ncurses is not there.
#include "plugin/standalone/screen/screen.h"

const char screen_help[] = "This one was built without a screen (ncurses).\n";

bool screen_can_be(void) {
    return false;
}

Status screen_new(Screen **screen, const ScreenOf *of, Diagnostic *diagnostic) {
    (void)of;
    *screen = NULL;
    return diagnose(diagnostic, STATUS_UNSUPPORTED, "this gruff was built without a screen");
}

LoopTask screen_task(Screen *screen) {
    return (LoopTask){NULL, screen};
}

void screen_free(Screen *screen) {
    (void)screen;
}
