// SPDX-License-Identifier: ISC
// Where the standalone host's audio comes from and goes to. JACK is one backend; PortAudio joins
// behind the same interface.
#ifndef GRUFF_PLUGIN_STANDALONE_BACKEND_H
#define GRUFF_PLUGIN_STANDALONE_BACKEND_H

#include <stdbool.h>

#include "dsp/realtime.h"
#include "dsp/status.h"

// Plays `frames` samples of each channel in the audio thread.
typedef void (*BackendRun)(void *data, float *const *out, const float *const *in, int frames)
    REALTIME;

typedef struct Backend Backend;

// What each kind of backend can do; main's thread calls it.
typedef struct BackendKind {
    const char *name;

    // Takes up contact under `name`; nothing plays yet. On success the caller owns *backend.
    Status (*make)(Backend **backend, const char *name, Diagnostic *diagnostic);

    // Hz.
    double (*sample_rate)(const Backend *backend);

    // From now on the audio thread calls `run` with `data`. `connect`: plug in to the first input
    // and the first two outputs of the sound card; `diagnostic` tells what was found (on success,
    // too).
    Status (*start)(Backend *backend, BackendRun run, void *data, bool connect,
                    Diagnostic *diagnostic);

    // False once the server or the device is gone; `diagnostic` then tells why.
    bool (*alive)(const Backend *backend, Diagnostic *diagnostic);

    // Stops and frees. NULL is fine.
    void (*free)(Backend *backend);
} BackendKind;

extern const BackendKind backend_jack;

#endif
