// SPDX-License-Identifier: ISC
// A player: a processor on a backend, with its files and controls. What turns the knobs (command
// line, keys, MIDI, OSC, presets) calls these functions, and only these. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_PLAYER_H
#define GRUFF_PLUGIN_STANDALONE_PLAYER_H

#include <stdbool.h>

#include "dsp/chain/controls.h"
#include "dsp/network/model.h"
#include "plugin/backend/setup_options.h"
#include "plugin/session/loader.h"
#include "plugin/standalone/comparison.h"
#include "plugin/standalone/notices.h"

typedef struct Player Player;

// How it goes.
typedef struct PlayerMeters {
    float peak_in, peak_out; // dB since the last look; METER_FLOOR for silence
    double load, worst;      // of a block's time, in %: in all, and the worst block
    double recent;           // the worst block since the last look, in %
    double time;             // s played
    double rate;             // Hz; 0 before the first start
    int latency;             // frames
    Xruns xruns;             // of the backend as it runs
    const char *backend;     // its name; "" before the first start
    bool running;
} PlayerMeters;

// A player without a model that plays nothing yet, all controls at their initial values. `setup`
// and `notices` stay the caller's. The caller owns *player.
Status player_new(Player **player, const SetupOptions *setup, Notices *notices,
                  Diagnostic *diagnostic);

// Stops, and frees. NULL is fine.
void player_free(Player *player);

// ---- Files and controls: at any time ----

// Loads a file, through a fade while it plays; "" takes a cabinet out. False when it cannot be
// read, which is said; what sounded sounds on.
bool player_load(Player *player, FileKind kind, const char *path);

// Loads the next, or the previous, model of the folder.
bool player_step(Player *player, bool forwards);

// Loads both files anew.
void player_reload(Player *player);

// What sounds; "" for none. Until the next loading.
const char *player_path(const Player *player, FileKind kind);

// The model that sounds; NULL when there is none. Until the next loading.
const Model *player_model(const Player *player);

// For saving and restoring state (plugin/session/state.h); player_refresh after restoring.
Loader *player_loader(Player *player);
void player_refresh(Player *player);

// Turns a control, held to its range; and where it stands.
void player_set(Player *player, ControlId id, float value);
float player_get(const Player *player, ControlId id);

// Before the first start: plays the pair of `comparison`, which stays the caller's, instead of what
// the backend brings. NULL where there is none.
void player_compare(Player *player, Comparison *comparison);
Comparison *player_comparison(const Player *player);

// ---- Start and stop ----

// Opens the backend and plays; `diagnostic` tells what was plugged in, too. STATUS_CANNOT_READ: no
// server or device is there.
Status player_start(Player *player, Diagnostic *diagnostic);

void player_stop(Player *player);

// Whether the audio thread may be at work.
bool player_runs(const Player *player);

// False once the server or the device is gone; `diagnostic` tells why.
bool player_alive(Player *player, Diagnostic *diagnostic);

// Loads files that have changed, frees what the audio thread has done with. Call it twice a second
// or more often.
void player_poll(Player *player);

PlayerMeters player_meters(Player *player);

// The next MIDI message, as of BackendKind; 0, too, while nothing plays.
int player_midi(Player *player, unsigned char message[3]);

#endif
