// SPDX-License-Identifier: ISC
// gruff: plays a guitar through a model, live.
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "dsp/processor.h"
#include "plugin/load.h"
#include "plugin/standalone/backend.h"
#include "plugin/standalone/options.h"

enum { EXIT_USAGE = 2 };

typedef struct Player {
    const Options *options;
    const BackendKind *kind;
    Backend *backend;
    Processor *processor;
    sigset_t signals; // that end or reload
} Player;

static void say(const Diagnostic *diagnostic) {
    fprintf(stderr, "gruff: %s\n", diagnostic->text);
}

static void play(void *data, float *const *out, const float *const *in, int frames) REALTIME {
    processor_run(data, out, in, frames);
}

// Loads the model and says so, and what is wrong with it; or why not.
static Engine *load(const Player *player) {
    Engine *engine = NULL;
    Diagnostic message = {""}, warning = {""};
    (void)load_engine(&engine, player->options->model, 1, &message, &warning);
    say(&message);
    if (warning.text[0]) {
        say(&warning);
    }
    return engine;
}

static void warn_of_rate(const Player *player, const Engine *engine) {
    Diagnostic warning;
    if (rate_differs(engine, player->kind->sample_rate(player->backend), &warning)) {
        say(&warning);
    }
}

// Until a signal, or until the server or the device is gone.
static bool wait_for_end(Player *player) {
    static const struct timespec tick = {.tv_nsec = 50000000};
    Diagnostic diagnostic = {""};
    while (player->kind->alive(player->backend, &diagnostic)) {
        int number = sigtimedwait(&player->signals, NULL, &tick);
        if (number == SIGHUP) {
            Engine *engine = load(player);
            if (engine) {
                warn_of_rate(player, engine);
                processor_offer(player->processor, engine);
            }
        } else if (number > 0) {
            return true;
        }
        processor_collect(player->processor);
    }
    say(&diagnostic);
    return false;
}

// The processor with its model and its controls. Takes the engine.
static Status prepare(Player *player, Engine *engine, Diagnostic *diagnostic) {
    double rate = player->kind->sample_rate(player->backend);
    warn_of_rate(player, engine);
    Status status = processor_new(&player->processor, rate, 1, diagnostic);
    if (status != STATUS_OK) {
        engine_free(engine);
        return status;
    }
    processor_install(player->processor, engine);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        processor_set(player->processor, (ControlId)i, player->options->controls[i]);
    }
    return STATUS_OK;
}

static Status start(Player *player, Engine *engine, Diagnostic *diagnostic) {
    Status status = player->kind->make(&player->backend, player->options->name, diagnostic);
    if (status != STATUS_OK) {
        engine_free(engine);
        return status;
    }
    status = prepare(player, engine, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    return player->kind->start(player->backend, play, player->processor, player->options->connect,
                               diagnostic);
}

// Threads that come later inherit the mask: only wait_for_end gets these signals.
static void hold_signals(Player *player) {
    sigemptyset(&player->signals);
    sigaddset(&player->signals, SIGINT);
    sigaddset(&player->signals, SIGTERM);
    sigaddset(&player->signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &player->signals, NULL);
}

static bool perform(const Options *options) {
    Player player = {.options = options, .kind = &backend_jack};
    Engine *engine = load(&player);
    if (!engine) {
        return false;
    }
    hold_signals(&player);
    Diagnostic diagnostic = {""};
    bool good = start(&player, engine, &diagnostic) == STATUS_OK;
    say(&diagnostic);
    good = good && wait_for_end(&player);
    player.kind->free(player.backend);
    processor_free(player.processor);
    return good;
}

int main(int argc, char **argv) {
    Options options;
    Diagnostic diagnostic = {""};
    if (options_read(&options, argc, argv, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff: %s; see gruff --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    if (options.version) {
        puts("gruff " GRUFF_VERSION);
    } else if (options.help) {
        options_print_help();
    } else {
        return perform(&options) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
