// SPDX-License-Identifier: ISC
// A small LV2 host for tests: the plugin from its bundle through lilv, with or without worker,
// messages and other features.
#ifndef GRUFF_TESTS_PLUGIN_LV2_HOST_H
#define GRUFF_TESTS_PLUGIN_LV2_HOST_H

#include <stdbool.h>

#include <lilv/lilv.h>
#include <lv2/urid/urid.h>

#include "dsp/chain/controls.h"

enum HostFlags {
    HOST_MAP = 1,       // urid:map and urid:unmap
    HOST_LOG = 2,       // log:log
    HOST_WORKER = 4,    // worker:schedule; work is done after each cycle
    HOST_THREAD = 8,    // with HOST_WORKER: by a thread of its own
    HOST_MESSAGES = 16, // the atom ports are connected
    HOST_BUSY = 32,     // with HOST_WORKER: it takes nothing
    HOST_STEREO = 64,   // the stereo plugin
    HOST_OPTIONS =
        128, // with HOST_MAP: options: the rate, blocks of at most 8192, mostly 256 frames
    HOST_FULL = HOST_MAP | HOST_LOG | HOST_WORKER | HOST_MESSAGES | HOST_OPTIONS
};

typedef struct Host Host;

// An active instance of the plugin in `bundle` (a folder), with its controls as a neutral chain has
// them (dsp/chain/processor.h). Fails the process when there is none.
Host *host_new(const char *bundle, double rate, unsigned flags);
void host_free(Host *host);

// Deactivates the plugin and activates it again.
void host_start_anew(Host *host);

const LilvPlugin *host_plugin(const Host *host);
LilvWorld *host_world(const Host *host);

// One cycle: messages, audio, then (without a thread) the worker. In place is fine.
void host_run(Host *host, const float *in, float *out, int frames);

// The same with two channels, for HOST_STEREO (host_run gives both the same, and hears the left
// one).
void host_run_stereo(Host *host, const float *const *in, float *const *out, int frames);

// Cycles of `block` frames (0: of random length); in place is fine.
void host_play(Host *host, const float *in, float *out, int frames, int block);

// Silent cycles until the plugin has told a status, or for two seconds of audio after its worker
// has done its work; whether it did.
bool host_await_status(Host *host);

// Whether the plugin's worker has nothing to do.
bool host_is_idle(Host *host);

void host_set(Host *host, ControlId id, float value);

// Presses the momentary port `port` (PORT_PREVIOUS or PORT_NEXT), or lets it go.
void host_press(Host *host, unsigned port, bool down);

// What the output port `port` says, from PORT_FIRST_OUTPUT on.
float host_output(const Host *host, unsigned port);

// Sends patch:Set of the model's path, or of the property that holds another one's, or patch:Get of
// everything, in the next cycle.
void host_send_model(Host *host, const char *path);
void host_send_file(Host *host, const char *property, const char *path);
void host_send_get(Host *host);

// Sends an atom of `size` bytes as it is in the next cycle.
void host_send_raw(Host *host, const void *atom, uint32_t size);

// What the plugin offers for the extension `uri`, and the handle for it.
const void *host_extension(const Host *host, const char *uri);
void *host_handle(const Host *host);

LV2_URID host_urid(Host *host, const char *uri);
LV2_URID_Map *host_map(Host *host);

// What the plugin told last, and a fresh start for it; "" when nothing.
const char *host_model(const Host *host);
const char *host_cabinet(const Host *host);
const char *host_status(const Host *host);
void host_forget(Host *host);

// Whether the worker takes jobs.
void host_set_busy(Host *host, bool busy);

// Whether it loses those that it takes, as one does whose host throws its queue away; and how many
// it has taken so far.
void host_set_losing(Host *host, bool loses);
int host_jobs(const Host *host);

// All that the plugin logged.
const char *host_log(const Host *host);

// Saves to the folder `folder` (made) or restores from it: while inactive, or while active, then
// without the controls; from any one thread.
bool host_save(Host *host, const char *folder);
bool host_restore(Host *host, const char *folder, bool while_active);

#endif
