// SPDX-License-Identifier: ISC
#include "plugin/standalone/player.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dsp/base/clock.h"
#include "dsp/base/memory.h"
#include "dsp/chain/meters.h"
#include "dsp/chain/processor.h"
#include "plugin/standalone/watch.h"

#define PROVISIONAL_RATE 48000.0 // Hz, before a backend tells its own
#define WATCH_INTERVAL 0.5       // s between looks at the files

struct Player {
    const SetupOptions *setup;
    Notices *notices;
    const BackendKind *kind;
    Backend *backend;
    Processor *processor;
    Loader *loader;
    char paths[FILE_KINDS][LOADER_PATH];
    Watch watches[FILE_KINDS];
    double watched;         // when, by clock_now
    double rate;            // of the processor
    int told_latency;       // to the backend, in frames; -1: nothing yet
    bool started;           // at least once
    Comparison *comparison; // NULL: the guitar is live
    _Atomic float controls[CONTROL_COUNT];
    // Written by the audio thread; the peaks and `recent` taken, and set back, by main's.
    _Atomic float peak_in, peak_out; // of the samples' size
    _Atomic double worst, recent;    // share of a block's time that the processor took, in %
    _Atomic double used, time;       // s, in all
};

// ---- Audio thread ----

// A peak that main's thread sets back between the two is not lost, only told twice.
static void raise_peak(_Atomic float *peak, const float *samples, int frames) REALTIME {
    float now = meter_largest(samples, frames);
    if (now > atomic_load(peak)) {
        atomic_store(peak, now);
    }
}

static void raise_share(_Atomic double *share, double now) REALTIME {
    if (now > atomic_load(share)) {
        atomic_store(share, now);
    }
}

// The pair's guitar instead of the live one, and what is listened to instead of the chain's output.
static void run_comparison(Player *player, float *const *out, int frames) REALTIME {
    float guitar[COMPARISON_BLOCK], *to[BACKEND_MAX_CHANNELS] = {NULL, NULL};
    const float *from[BACKEND_MAX_CHANNELS] = {guitar, guitar};
    int channels = player->setup->setup.channels;
    for (int at = 0, count = 0; at < frames; at += count) {
        count = frames - at < COMPARISON_BLOCK ? frames - at : COMPARISON_BLOCK;
        for (int c = 0; c < channels; c++) {
            to[c] = out[c] + at;
        }
        comparison_feed(player->comparison, guitar, count);
        raise_peak(&player->peak_in, guitar, count);
        processor_run(player->processor, to, from, count);
        comparison_take(player->comparison, to, channels, count,
                        processor_latency(player->processor));
    }
}

static void play(void *data, float *const *out, const float *const *in, int frames) REALTIME {
    Player *player = data;
    double begin = clock_now(), time = frames / player->rate;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        processor_set(player->processor, (ControlId)i, atomic_load(&player->controls[i]));
    }
    if (player->comparison) {
        run_comparison(player, out, frames);
    } else {
        processor_run(player->processor, out, in, frames);
    }
    for (int c = 0; c < player->setup->setup.channels; c++) {
        if (!player->comparison) {
            raise_peak(&player->peak_in, in[c], frames);
        }
        raise_peak(&player->peak_out, out[c], frames);
    }
    double used = clock_now() - begin;
    raise_share(&player->worst, 100.0 * used / time);
    raise_share(&player->recent, 100.0 * used / time);
    atomic_store(&player->used, atomic_load(&player->used) + used);
    atomic_store(&player->time, atomic_load(&player->time) + time);
}

// ---- Files and controls ----

static void log_line(void *data, LogLevel level, const char *text) {
    Notices *notices = data;
    if (level == LOG_ERROR) {
        notices_say(notices, "%s", text);
    } else {
        notices_note(notices, text);
    }
}

void player_refresh(Player *player) {
    const Model *model = loader_model(player->loader);
    for (int k = 0; k < FILE_KINDS; k++) {
        char *path = loader_saved(player->loader, (FileKind)k, NULL);
        bool same = strcmp(path ? path : "", player->paths[k]) == 0;
        strcpy(player->paths[k], path ? path : "");
        if (!same) {
            watch_begin(&player->watches[k], path ? player->paths[k] : NULL);
        }
        memory_free(path);
    }
    if (player->comparison && model) {
        comparison_set_delay(player->comparison, model->info.latency, model->sample_rate);
    }
}

// A path that a session can keep; false where it is too long for one.
static bool make_absolute(char absolute[LOADER_PATH], const char *path) {
    char here[LOADER_PATH];
    bool relative = path[0] && path[0] != '/';
    int length = snprintf(absolute, LOADER_PATH, "%s%s%s",
                          relative && getcwd(here, sizeof here) ? here : "", relative ? "/" : "",
                          path);
    return length >= 0 && length < LOADER_PATH;
}

bool player_load(Player *player, FileKind kind, const char *path) {
    char absolute[LOADER_PATH];
    if (!make_absolute(absolute, path)) {
        notices_say(player->notices, "%.200s...: the path is too long", path);
        return false;
    }
    bool good = loader_load(player->loader, kind, absolute, !player->backend) == STATUS_OK;
    player_refresh(player);
    return good;
}

bool player_step(Player *player, bool forwards) {
    bool good = loader_step(player->loader, forwards) == STATUS_OK;
    player_refresh(player);
    return good;
}

void player_reload(Player *player) {
    for (int k = 0; k < FILE_KINDS; k++) {
        if (player->paths[k][0]) {
            (void)loader_load(player->loader, (FileKind)k, player->paths[k], !player->backend);
        }
    }
    player_refresh(player);
}

const char *player_path(const Player *player, FileKind kind) {
    return player->paths[kind];
}

const Model *player_model(const Player *player) {
    return loader_model(player->loader);
}

Loader *player_loader(Player *player) {
    return player->loader;
}

void player_set(Player *player, ControlId id, float value) {
    atomic_store(&player->controls[id], control_clamp(id, value));
}

float player_get(const Player *player, ControlId id) {
    return atomic_load(&player->controls[id]);
}

void player_compare(Player *player, Comparison *comparison) {
    player->comparison = comparison;
    player_refresh(player);
}

Comparison *player_comparison(const Player *player) {
    return player->comparison;
}

// ---- Start and stop ----

// A processor for `rate`, with the files of the one before. None is left behind half made: the
// next try would take it for whole.
static Status make_processor(Player *player, double rate, Diagnostic *diagnostic) {
    Processor *processor = NULL;
    int channels = player->setup->setup.channels;
    Status status = processor_new(&processor, rate, channels, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    if (player->loader) { // which says what goes wrong
        status = loader_move(player->loader, processor, rate);
    } else {
        player->loader = loader_new(processor, rate, channels,
                                    (LoaderLog){log_line, player->notices});
        if (!player->loader) {
            status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to play");
        }
    }
    if (status != STATUS_OK) {
        processor_free(processor);
        return status;
    }
    processor_free(player->processor);
    player->processor = processor;
    player->rate = rate;
    return STATUS_OK;
}

Status player_new(Player **player, const SetupOptions *setup, Notices *notices,
                  Diagnostic *diagnostic) {
    *player = NULL;
    Player *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to play");
    }
    made->setup = setup;
    made->notices = notices;
    made->kind = setup->kind;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        atomic_init(&made->controls[i], controls[i].initial);
    }
    Status status = make_processor(made, PROVISIONAL_RATE, diagnostic);
    if (status != STATUS_OK) {
        player_free(made);
        return status;
    }
    *player = made;
    return STATUS_OK;
}

void player_free(Player *player) {
    if (player) {
        player_stop(player);
        loader_free(player->loader);
        processor_free(player->processor);
        memory_free(player);
    }
}

// Tells the backend of the latency of what plays, when that has changed.
static void tell_latency(Player *player) {
    int latency = processor_latency(player->processor);
    if (player->backend && player->kind->tell_latency && latency != player->told_latency) {
        player->kind->tell_latency(player->backend, latency);
        player->told_latency = latency;
    }
}

Status player_start(Player *player, Diagnostic *diagnostic) {
    Status status = backend_open(&player->backend, &player->kind, &player->setup->setup,
                                 diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    double rate = player->kind->sample_rate(player->backend);
    if (player->started && rate == player->rate) {
        processor_reset(player->processor);
    } else {
        status = make_processor(player, rate, diagnostic);
        player->started = status == STATUS_OK;
    }
    if (status == STATUS_OK && player->comparison) {
        status = comparison_set_rate(player->comparison, rate, diagnostic);
    }
    if (status == STATUS_OK) {
        player->told_latency = -1;
        tell_latency(player);
        status = player->kind->start(player->backend, play, player, diagnostic);
    }
    if (status != STATUS_OK) {
        player_stop(player);
    }
    return status;
}

void player_stop(Player *player) {
    if (player->backend) {
        player->kind->free(player->backend);
    }
    player->backend = NULL;
}

bool player_runs(const Player *player) {
    return player->backend != NULL;
}

bool player_alive(Player *player, Diagnostic *diagnostic) {
    return player->kind->alive(player->backend, diagnostic);
}

void player_poll(Player *player) {
    double now = clock_now();
    bool changed = false;
    loader_collect(player->loader);
    tell_latency(player);
    if (now - player->watched < WATCH_INTERVAL) {
        return;
    }
    player->watched = now;
    for (int k = 0; k < FILE_KINDS; k++) {
        if (watch_changed(&player->watches[k])) {
            (void)loader_load(player->loader, (FileKind)k, player->paths[k], !player->backend);
            changed = true;
        }
    }
    if (changed) {
        player_refresh(player);
    }
}

int player_midi(Player *player, unsigned char message[3]) {
    return player->backend ? player->kind->midi(player->backend, message) : 0;
}

PlayerMeters player_meters(Player *player) {
    double time = atomic_load(&player->time);
    return (PlayerMeters){
        .peak_in = meter_decibels(atomic_exchange(&player->peak_in, 0.0f)),
        .peak_out = meter_decibels(atomic_exchange(&player->peak_out, 0.0f)),
        .load = time > 0.0 ? 100.0 * atomic_load(&player->used) / time : 0.0,
        .worst = atomic_load(&player->worst),
        .recent = atomic_exchange(&player->recent, 0.0),
        .time = time,
        .rate = player->started ? player->rate : 0.0,
        .latency = processor_latency(player->processor),
        .xruns = player->backend ? player->kind->xruns(player->backend) : (Xruns){0, 0.0},
        .backend = player->kind ? player->kind->name : "",
        .running = player->backend != NULL,
    };
}
