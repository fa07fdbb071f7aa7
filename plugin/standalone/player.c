// SPDX-License-Identifier: ISC
#include "plugin/standalone/player.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "dsp/processor.h"
#include "plugin/backend/advice.h"
#include "plugin/load.h"
#include "plugin/meters.h"
#include "plugin/standalone/watch.h"

enum {
    TICK = 50000000,  // ns between looks at the backend
    WATCH_TICKS = 10, // ticks between looks at the files
    RETRY_TICKS = 20, // ticks between tries to get a lost backend back
};

typedef struct Player {
    const Options *options;
    const BackendKind *kind;
    Backend *backend;
    Model *model;
    Processor *processor;
    Watch model_watch, cabinet_watch;
    sigset_t signals; // that end or reload
    // Written by the audio thread.
    double rate;
    _Atomic double worst; // share of a block's time that the processor took, at most, in %
    _Atomic double used;  // s, in all
    _Atomic double time;  // s played, in all
} Player;

static void say(const Diagnostic *diagnostic) {
    if (diagnostic->text[0]) {
        fprintf(stderr, "gruff: %s\n", diagnostic->text);
    }
}

// ---- Audio thread ----

static void play(void *data, float *const *out, const float *const *in, int frames) REALTIME {
    Player *player = data;
    double begin = meter_clock(), time = frames / player->rate;
    processor_run(player->processor, out, in, frames);
    double used = meter_clock() - begin;
    double share = 100.0 * used / time;
    if (share > atomic_load(&player->worst)) { // only this thread writes these
        atomic_store(&player->worst, share);
    }
    atomic_store(&player->used, atomic_load(&player->used) + used);
    atomic_store(&player->time, atomic_load(&player->time) + time);
}

// ---- Files ----

// Loads the model and says so, and what is wrong with it; or why not.
static Model *load(const Player *player) {
    Model *model = NULL;
    Diagnostic message = {""}, warning = {""};
    (void)load_model(&model, player->options->model, &message, &warning);
    say(&message);
    say(&warning);
    return model;
}

// The voice of `model` at the rate of the backend; says how it came there, or why not.
static Voice *give_voice(const Player *player, const Model *model) {
    Voice *voice = NULL;
    Diagnostic message = {""};
    (void)load_voice(&voice, model, player->options->model, player->rate,
                     player->options->backend.setup.channels, &message);
    say(&message);
    return voice;
}

// The cabinet that was asked for, said; NULL when none was, or it cannot be read.
static Cabinet *give_cabinet(const Player *player) {
    Cabinet *cabinet = NULL;
    Diagnostic message = {""};
    if (player->options->cabinet) {
        (void)load_cabinet(&cabinet, player->options->cabinet, player->rate,
                           player->options->backend.setup.channels, &message);
        say(&message);
    }
    return cabinet;
}

static void reload_cabinet(const Player *player) {
    Cabinet *cabinet = give_cabinet(player);
    if (cabinet) {
        processor_offer_cabinet(player->processor, cabinet);
    }
}

static void reload_model(Player *player) {
    Model *model = load(player);
    Voice *voice = model ? give_voice(player, model) : NULL;
    if (voice) {
        processor_offer(player->processor, voice);
        model_free(player->model);
        player->model = model;
    } else {
        model_free(model);
    }
}

static void reload_what_changed(Player *player) {
    if (watch_changed(&player->model_watch)) {
        reload_model(player);
    }
    if (watch_changed(&player->cabinet_watch)) {
        reload_cabinet(player);
    }
}

// ---- Coming and going ----

// Gives a new processor its files and its controls.
static Status furnish(Player *player, Diagnostic *diagnostic) {
    Voice *voice = give_voice(player, player->model);
    if (!voice) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED, "there is nothing to play");
    }
    processor_install(player->processor, voice);
    Cabinet *cabinet = give_cabinet(player);
    if (player->options->cabinet && !cabinet) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "there is no cabinet to play through");
    }
    processor_install_cabinet(player->processor, cabinet);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        processor_set(player->processor, (ControlId)i, player->options->controls[i]);
    }
    return STATUS_OK;
}

// A processor for the backend's rate, unless there is one. None is left behind half furnished: the
// next try would take it for whole.
static Status prepare(Player *player, Diagnostic *diagnostic) {
    double rate = player->kind->sample_rate(player->backend);
    if (player->processor && rate == player->rate) {
        processor_reset(player->processor);
        return STATUS_OK;
    }
    processor_free(player->processor);
    player->processor = NULL;
    player->rate = rate;
    Status status = processor_new(&player->processor, rate, player->options->backend.setup.channels,
                                  diagnostic);
    if (status == STATUS_OK) {
        status = furnish(player, diagnostic);
    }
    if (status != STATUS_OK) {
        processor_free(player->processor);
        player->processor = NULL;
    }
    return status;
}

static Status start(Player *player, Diagnostic *diagnostic) {
    Status status = backend_open(&player->backend, &player->kind, &player->options->backend.setup,
                                 diagnostic);
    if (status == STATUS_OK) {
        status = prepare(player, diagnostic);
    }
    if (status == STATUS_OK) {
        status = player->kind->start(player->backend, play, player, diagnostic);
    }
    return status;
}

static void stop(Player *player) {
    if (player->backend) {
        player->kind->free(player->backend);
    }
    player->backend = NULL;
}

// How it went, until now.
static void sum_up(const Player *player) {
    Xruns xruns = player->kind->xruns(player->backend);
    double time = atomic_load(&player->time);
    if (time > 0.0) {
        fprintf(stderr, "gruff: played %.1f s, load %.1f %%, worst block %.1f %%, %u xrun%s", time,
                100.0 * atomic_load(&player->used) / time, atomic_load(&player->worst), xruns.count,
                xruns.count == 1 ? "" : "s");
        if (xruns.longest > 0.0) {
            fprintf(stderr, ", the longest %.3f ms", 1e3 * xruns.longest);
        }
        fputc('\n', stderr);
    }
}

// Waits a tick; true when a signal says that it is over.
static bool tick(Player *player) {
    static const struct timespec length = {.tv_nsec = TICK};
    int number = sigtimedwait(&player->signals, NULL, &length);
    if (number == SIGHUP && player->backend) {
        reload_cabinet(player);
        reload_model(player);
    }
    return number > 0 && number != SIGHUP;
}

// Until a signal (true), or until the server or the device is gone.
static bool play_on(Player *player) {
    Diagnostic diagnostic = {""};
    for (unsigned ticks = 1; player->kind->alive(player->backend, &diagnostic); ticks++) {
        if (tick(player)) {
            return true;
        }
        if (ticks % WATCH_TICKS == 0) {
            reload_what_changed(player);
        }
        processor_collect(player->processor);
    }
    say(&diagnostic);
    return false;
}

// Until what was lost is back (STATUS_OK), or a signal (STATUS_INTERRUPTED), or until it is clear
// that it cannot come back.
static Status wait_for_return(Player *player) {
    Status status = STATUS_CANNOT_READ;
    fprintf(stderr, "gruff: waiting for it to come back; Ctrl-C ends\n");
    for (unsigned ticks = 1; status == STATUS_CANNOT_READ; ticks++) {
        if (tick(player)) {
            return STATUS_INTERRUPTED;
        }
        if (ticks % RETRY_TICKS == 0) {
            Diagnostic diagnostic = {""};
            status = start(player, &diagnostic);
            if (status == STATUS_CANNOT_READ) {
                stop(player);
            } else {
                say(&diagnostic);
            }
        }
    }
    return status;
}

// Threads that come later inherit the mask: only tick gets these signals.
static void hold_signals(Player *player) {
    sigemptyset(&player->signals);
    sigaddset(&player->signals, SIGINT);
    sigaddset(&player->signals, SIGTERM);
    sigaddset(&player->signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &player->signals, NULL);
}

static bool perform(Player *player) {
    Diagnostic diagnostic = {""};
    if (start(player, &diagnostic) != STATUS_OK) {
        say(&diagnostic);
        return false;
    }
    say(&diagnostic);
    advise_on_real_time();
    for (;;) {
        bool ended = play_on(player);
        sum_up(player);
        if (ended) {
            return true;
        }
        stop(player);
        Status status = wait_for_return(player);
        if (status != STATUS_OK) {
            return status == STATUS_INTERRUPTED;
        }
    }
}

bool player_perform(const Options *options) {
    Player player = {.options = options, .kind = options->backend.kind};
    watch_begin(&player.model_watch, options->model);
    watch_begin(&player.cabinet_watch, options->cabinet);
    player.model = load(&player);
    if (!player.model) {
        return false;
    }
    hold_signals(&player);
    bool good = perform(&player);
    stop(&player);
    processor_free(player.processor);
    model_free(player.model);
    return good;
}
