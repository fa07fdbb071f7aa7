// SPDX-License-Identifier: ISC
// In place of osc.c where liblo is not there.
#include <stddef.h>

#include "plugin/standalone/osc.h"

Status osc_new(Osc **osc, int port, bool any, Player *player, Notices *notices,
               PresetChooser chooser, Diagnostic *diagnostic) {
    (void)port;
    (void)any;
    (void)player;
    (void)notices;
    (void)chooser;
    *osc = NULL;
    return diagnose(diagnostic, STATUS_UNSUPPORTED, "this gruff was built without OSC (liblo)");
}

void osc_free(Osc *osc) {
    (void)osc;
}

bool osc_poll(void *data) {
    (void)data;
    return true;
}
