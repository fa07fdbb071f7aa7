// SPDX-License-Identifier: ISC
#include "plugin/standalone/session.h"

#include <string.h>
#include <unistd.h>

#include "dsp/base/clock.h"
#include "dsp/files/folder.h"
#include "plugin/standalone/xdg_paths.h"

#define INTERVAL 5.0 // s between writings

void session_begin(Session *session, Presets *presets, Player *player, Notices *notices) {
    *session = (Session){.presets = presets, .player = player, .notices = notices};
    session->written = clock_now();
    if (!xdg_state_path(session->path, sizeof session->path, "session.ttl")) {
        session->path[0] = '\0';
        notices_say(notices, "there is no folder to remember the session in: set HOME");
    }
}

static bool take_changes(Session *session) {
    bool changed = false;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        float now = player_get(session->player, (ControlId)i);
        changed |= now != session->controls[i];
        session->controls[i] = now;
    }
    for (int k = 0; k < FILE_KINDS; k++) {
        const char *now = player_path(session->player, (FileKind)k);
        changed |= strcmp(now, session->files[k]) != 0;
        strcpy(session->files[k], now);
    }
    return changed;
}

void session_write(Session *session) {
    Diagnostic diagnostic = {""};
    bool changed = take_changes(session) || session->failed;
    session->written = clock_now();
    if (!session->path[0] || !changed) {
        return;
    }
    Status status = folder_make_for(session->path, &diagnostic);
    if (status == STATUS_OK) {
        status = presets_write_session(session->presets, session->player, session->path,
                                       &diagnostic);
    }
    if (status != STATUS_OK && !session->failed) {
        notices_say(session->notices, "%s", diagnostic.text);
    }
    session->failed = status != STATUS_OK;
}

bool session_restore(Session *session) {
    Diagnostic diagnostic = {""};
    if (!session->path[0] || access(session->path, F_OK) != 0) {
        return false;
    }
    if (presets_read_session(session->presets, session->player, session->path, &diagnostic) !=
        STATUS_OK) {
        notices_say(session->notices, "%s", diagnostic.text);
        return false;
    }
    (void)take_changes(session);
    return player_path(session->player, FILE_MODEL)[0];
}

bool session_poll(void *data) {
    Session *session = data;
    if (clock_now() - session->written >= INTERVAL) {
        session_write(session);
    }
    return true;
}
