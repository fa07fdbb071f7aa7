// SPDX-License-Identifier: ISC
// A backend that plays nothing by itself: the test is its audio thread, its server and its MIDI.
#ifndef GRUFF_TESTS_PLUGIN_STANDALONE_FAKE_BACKEND_H
#define GRUFF_TESTS_PLUGIN_STANDALONE_FAKE_BACKEND_H

#include "plugin/backend/backend.h"
#include "plugin/backend/midi_ring.h"
#include "plugin/backend/setup_options.h"

// All zero but `rate` at the start of a test: fake_begin.
struct Backend {
    double rate;    // Hz, of the next start
    bool gone;      // there is no server
    Status refusal; // what else keeps it from being opened; STATUS_OK: nothing
    Xruns xruns;    // that it tells of
    int latency;    // that it was told
    int opened, freed;
    BackendRun run; // NULL before the start
    void *data;
    MidiRing ring; // what comes by MIDI
};

extern Backend fake;
extern const SetupOptions fake_setup; // mono, listens to MIDI

void fake_begin(double rate);

// The next `frames` frames.
void fake_play(float *out, const float *in, int frames);

// Puts a MIDI message of two or three bytes into the ring.
void fake_send(int status, int first, int second);

#endif
