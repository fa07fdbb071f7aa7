// SPDX-License-Identifier: ISC
// jack_probe IN.wav OUT.wav SOURCE TARGET: a JACK client that plays IN.wav into the port TARGET
// and records what comes out of SOURCE at the same time, after half a second of silence in which
// knobs and files that were changed before come to rest. All that in freewheel: as fast as it goes,
// and without a missed cycle.
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jack/jack.h>

#include "dsp/files/audio/audio_file.h"
#include "tests/hosts/freewheel.h"

enum {
    LEAD = 24000, // frames of silence before IN.wav
    TAIL = 16384, // frames recorded after its end
};

typedef struct Probe {
    jack_client_t *client;
    jack_port_t *to, *from;
    Audio played;
    float *recorded;
    size_t frames;        // to record
    size_t led;           // frames of silence so far
    _Atomic size_t done;  // recorded so far
    _Atomic bool running; // recording has begun
} Probe;

static int process(jack_nframes_t frames, void *argument) {
    Probe *probe = argument;
    float *to = jack_port_get_buffer(probe->to, frames);
    const float *from = jack_port_get_buffer(probe->from, frames);
    memset(to, 0, frames * sizeof *to);
    size_t done = probe->done;
    if (!probe->running || !freewheel_is_on()) {
        return 0;
    }
    if (probe->led < LEAD) {
        probe->led += frames;
        return 0;
    }
    for (size_t i = 0; i < frames && done < probe->frames; i++, done++) {
        to[i] = done < probe->played.frames ? probe->played.samples[done] : 0.0f;
        probe->recorded[done] = from[i];
    }
    probe->done = done;
    return 0;
}

static bool join(Probe *probe, const char *source, const char *target) {
    probe->client = freewheel_client("probe");
    if (!probe->client) {
        return false;
    }
    probe->to = jack_port_register(probe->client, "to", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput,
                                   0);
    probe->from = jack_port_register(probe->client, "from", JACK_DEFAULT_AUDIO_TYPE,
                                     JackPortIsInput, 0);
    return probe->to && probe->from &&
           jack_set_process_callback(probe->client, process, probe) == 0 &&
           jack_activate(probe->client) == 0 &&
           jack_connect(probe->client, source, jack_port_name(probe->from)) == 0 &&
           jack_connect(probe->client, jack_port_name(probe->to), target) == 0;
}

// NULL, or why not.
static const char *record(Probe *probe) {
    const struct timespec tick = {.tv_nsec = 10000000};
    const int patience = 15000; // ticks: only what hangs takes that long
    probe->running = true;
    if (!freewheel_begin(probe->client)) {
        return "the server does not freewheel";
    }
    for (int i = 0; i < patience && probe->done < probe->frames; i++) {
        nanosleep(&tick, NULL);
    }
    freewheel_end(probe->client);
    return probe->done == probe->frames ? NULL : "the server stopped calling";
}

static int finish(Probe *probe, const char *failure) {
    if (failure) {
        fprintf(stderr, "jack_probe: %s\n", failure);
    }
    if (probe->client) {
        jack_client_close(probe->client);
    }
    audio_clear(&probe->played);
    free(probe->recorded);
    return failure ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    static Probe probe;
    Diagnostic diagnostic = {"usage: jack_probe IN.wav OUT.wav SOURCE TARGET"};
    if (argc != 5 || audio_file_read(&probe.played, argv[1], &diagnostic) != STATUS_OK) {
        return finish(&probe, diagnostic.text);
    }
    probe.frames = probe.played.frames + TAIL;
    probe.recorded = calloc(probe.frames, sizeof(float));
    if (!probe.recorded || !join(&probe, argv[3], argv[4])) {
        return finish(&probe, "cannot join the JACK server and its ports");
    }
    const char *failure = record(&probe);
    if (failure) {
        return finish(&probe, failure);
    }
    if (audio_file_write(argv[2], probe.played.rate, probe.recorded, probe.frames, &diagnostic) !=
        STATUS_OK) {
        return finish(&probe, diagnostic.text);
    }
    return finish(&probe, NULL);
}
