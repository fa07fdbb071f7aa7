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
static Model *load(const Player *player) {
    Model *model = NULL;
    Diagnostic message = {""}, warning = {""};
    (void)load_model(&model, player->options->model, &message, &warning);
    say(&message);
    if (warning.text[0]) {
        say(&warning);
    }
    return model;
}

// The voice of `model` at the rate of the backend; says how it came there, or why not.
static Voice *give_voice(const Player *player, const Model *model) {
    Voice *voice = NULL;
    Diagnostic message = {""};
    double rate = player->kind->sample_rate(player->backend);
    (void)load_voice(&voice, model, player->options->model, rate, 1, &message);
    if (message.text[0]) {
        say(&message);
    }
    return voice;
}

// The cabinet that was asked for, said; NULL when none was, or it cannot be read.
static Cabinet *give_cabinet(const Player *player) {
    Cabinet *cabinet = NULL;
    Diagnostic message = {""};
    double rate = player->kind->sample_rate(player->backend);
    if (player->options->cabinet) {
        (void)load_cabinet(&cabinet, player->options->cabinet, rate, 1, &message);
        say(&message);
    }
    return cabinet;
}

static void reload(const Player *player) {
    Cabinet *cabinet = give_cabinet(player);
    if (cabinet) {
        processor_offer_cabinet(player->processor, cabinet);
    }
    Model *model = load(player);
    Voice *voice = model ? give_voice(player, model) : NULL;
    model_free(model);
    if (voice) {
        processor_offer(player->processor, voice);
    }
}

// Until a signal, or until the server or the device is gone.
static bool wait_for_end(Player *player) {
    static const struct timespec tick = {.tv_nsec = 50000000};
    Diagnostic diagnostic = {""};
    while (player->kind->alive(player->backend, &diagnostic)) {
        int number = sigtimedwait(&player->signals, NULL, &tick);
        if (number == SIGHUP) {
            reload(player);
        } else if (number > 0) {
            return true;
        }
        processor_collect(player->processor);
    }
    say(&diagnostic);
    return false;
}

// The processor with its model and its controls.
static Status prepare(Player *player, const Model *model, Diagnostic *diagnostic) {
    double rate = player->kind->sample_rate(player->backend);
    Status status = processor_new(&player->processor, rate, 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Voice *voice = give_voice(player, model);
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

static Status start(Player *player, const Model *model, Diagnostic *diagnostic) {
    Status status = player->kind->make(&player->backend, player->options->name, diagnostic);
    if (status == STATUS_OK) {
        status = prepare(player, model, diagnostic);
    }
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
    Model *model = load(&player);
    if (!model) {
        return false;
    }
    hold_signals(&player);
    Diagnostic diagnostic = {""};
    bool good = start(&player, model, &diagnostic) == STATUS_OK;
    say(&diagnostic);
    model_free(model);
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
