// SPDX-License-Identifier: ISC
#include "plugin/standalone/main_loop.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "plugin/backend/advice.h"

enum {
    TICK = 5000000,    // ns between looks
    RETRY_TICKS = 200, // ticks between tries to get a lost backend back
};

typedef struct MainLoop {
    Player *player;
    Notices *notices;
    const LoopTask *tasks;
    int count;
} MainLoop;

static sigset_t ending_signals(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    return signals;
}

void main_loop_hold_signals(void) {
    sigset_t signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

// Waits a tick; true when it is over.
static bool tick(const MainLoop *loop) {
    static const struct timespec length = {.tv_nsec = TICK};
    sigset_t signals = ending_signals();
    int number = sigtimedwait(&signals, NULL, &length);
    bool over = number > 0 && number != SIGHUP;
    if (number == SIGHUP) {
        player_reload(loop->player);
    }
    for (int i = 0; i < loop->count; i++) {
        over |= !loop->tasks[i].poll(loop->tasks[i].data);
    }
    player_poll(loop->player);
    return over;
}

// Until it is over (true), or until the server or the device is gone.
static bool play_on(const MainLoop *loop) {
    Diagnostic diagnostic = {""};
    while (player_alive(loop->player, &diagnostic)) {
        if (tick(loop)) {
            return true;
        }
    }
    notices_say(loop->notices, "%s", diagnostic.text);
    return false;
}

// How it went, until now.
static void sum_up(const MainLoop *loop) {
    PlayerMeters meters = player_meters(loop->player);
    char longest[64] = "";
    if (meters.time <= 0.0) {
        return;
    }
    if (meters.xruns.longest > 0.0) {
        snprintf(longest, sizeof longest, ", the longest %.3f ms", 1e3 * meters.xruns.longest);
    }
    notices_say(loop->notices, "played %.1f s, load %.1f %%, worst block %.1f %%, %u xrun%s%s",
                meters.time, meters.load, meters.worst, meters.xruns.count,
                meters.xruns.count == 1 ? "" : "s", longest);
}

// Until what was lost is back (STATUS_OK), or it is over (STATUS_INTERRUPTED), or until it is clear
// that it cannot come back.
static Status wait_for_return(const MainLoop *loop) {
    Status status = STATUS_CANNOT_READ;
    notices_say(loop->notices, "waiting for it to come back; Ctrl-C ends");
    for (unsigned ticks = 1; status == STATUS_CANNOT_READ; ticks++) {
        if (tick(loop)) {
            return STATUS_INTERRUPTED;
        }
        if (ticks % RETRY_TICKS == 0) {
            Diagnostic diagnostic = {""};
            status = player_start(loop->player, &diagnostic);
            if (status != STATUS_CANNOT_READ) {
                notices_say(loop->notices, "%s", diagnostic.text);
            }
        }
    }
    return status;
}

bool main_loop_run(Player *player, Notices *notices, const LoopTask *tasks, int count) {
    const MainLoop loop = {player, notices, tasks, count};
    Diagnostic diagnostic = {""};
    Status status = player_start(player, &diagnostic);
    notices_say(notices, "%s", diagnostic.text);
    if (status != STATUS_OK) {
        return false;
    }
    advise_on_real_time(&diagnostic);
    notices_say(notices, "%s", diagnostic.text);
    for (;;) {
        bool ended = play_on(&loop);
        sum_up(&loop);
        if (ended) {
            return true;
        }
        player_stop(player);
        status = wait_for_return(&loop);
        if (status != STATUS_OK) {
            return status == STATUS_INTERRUPTED;
        }
    }
}
