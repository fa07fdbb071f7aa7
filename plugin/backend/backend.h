// SPDX-License-Identifier: ISC
// Where the standalone host's audio comes from and goes to. JACK and PortAudio stand behind this
// one interface.
#ifndef GRUFF_PLUGIN_BACKEND_BACKEND_H
#define GRUFF_PLUGIN_BACKEND_BACKEND_H

#include <stdbool.h>

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"

enum { BACKEND_MAX_CHANNELS = 2 };

// What MIDI messages begin with, on the first channel.
enum { MIDI_CONTROL = 0xb0, MIDI_PROGRAM = 0xc0 };

// Plays `frames` samples of each channel in the audio thread; in and out never overlap.
typedef void (*BackendRun)(void *data, float *const *out, const float *const *in, int frames)
    REALTIME;

// What is asked of a backend.
typedef struct BackendSetup {
    const char *name;          // of the JACK client
    const char *device;        // PortAudio: its number or a part of its name; NULL: the usual one
    const char *output_device; // the same for the output; NULL: as the input, if that plays
    double rate;               // Hz; 0: what the server or the device has
    int period;                // frames of a call; 0: what the server or the device has
    int channels;              // 1: mono, played on both outputs; 2: stereo
    int output;   // the sound card's output, from 1, of the first channel; 0: the first two outputs
    int input;    // the sound card's channel, from 1, that the first channel comes from
    bool connect; // JACK: plug in to the sound card and to the MIDI inputs
    bool midi;    // listen to MIDI
} BackendSetup;

// Missed deadlines so far, and the longest of them in s, 0 where the backend cannot tell.
typedef struct Xruns {
    unsigned count;
    double longest;
} Xruns;

typedef struct Backend Backend;

// What each kind of backend can do; main's thread calls it.
typedef struct BackendKind {
    const char *name;

    // Takes up contact; nothing plays yet. On success the caller owns *backend.
    // STATUS_CANNOT_READ: there is no server or no device; other failures: it is there, and refuses
    // what is asked.
    Status (*make)(Backend **backend, const BackendSetup *setup, Diagnostic *diagnostic);

    // Hz.
    double (*sample_rate)(const Backend *backend);

    // From now on the audio thread calls `run` with `data`; `diagnostic` tells what was plugged in
    // (on success, too).
    Status (*start)(Backend *backend, BackendRun run, void *data, Diagnostic *diagnostic);

    // How many frames the output is late against the input, for others in the chain; before `start`
    // and whenever that changes. NULL: there is nobody to tell.
    void (*tell_latency)(Backend *backend, int frames);

    // After `start`: whether every audio port has a counterpart, or plugging in was asked for and
    // has been done. False only for a client that was to be left unplugged and still is.
    bool (*plugged)(const Backend *backend);

    // False once the server or the device is gone; `diagnostic` then tells why.
    bool (*alive)(Backend *backend, Diagnostic *diagnostic);

    Xruns (*xruns)(const Backend *backend);

    // The next control change or program change, its status byte first: its length, 0 when there is
    // none, -1 when some were lost.
    int (*midi)(Backend *backend, unsigned char message[3]);

    // Stops and frees. NULL is fine.
    void (*free)(Backend *backend);

    // Prints the devices to standard output, a line each.
    Status (*list)(Diagnostic *diagnostic);
} BackendKind;

// The kinds that were built in, the preferred one first; NULL ends them.
extern const BackendKind *const backends[];

#ifdef GRUFF_HAS_JACK
extern const BackendKind backend_jack;
#endif
#ifdef GRUFF_HAS_PORTAUDIO
extern const BackendKind backend_portaudio;
#endif

// Makes *backend of `*kind`, or, when that is NULL, of the first kind that has a server or a
// device, and says of which.
Status backend_open(Backend **backend, const BackendKind **kind, const BackendSetup *setup,
                    Diagnostic *diagnostic);

// Prints the devices of `kind`, NULL for all, to standard output, and on standard error, after
// `program`, why there are none. False when there are none at all.
bool backend_list(const BackendKind *kind, const char *program);

// The kind of that name (of any case), NULL for NULL. STATUS_BAD_ARGUMENT when it was not built in.
Status backend_choose(const BackendKind **kind, const char *name, Diagnostic *diagnostic);

#endif
