// SPDX-License-Identifier: ISC
// send_midi TARGET BYTES...: a JACK client with the port "out", like one of a sound card's, that
// sends messages ("b0 14 7f"), three a cycle, to the port TARGET; for "-" to whoever connects
// itself. In freewheel, where nobody misses a cycle.
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jack/jack.h>
#include <jack/midiport.h>

#include "tests/hosts/freewheel.h"

enum {
    MOST = 4096, // messages
    AT_ONCE = 3,
    PATIENCE = 15000, // ticks of 10 ms
};

static unsigned char messages[MOST][3];
static size_t lengths[MOST];
static int count;
static jack_port_t *out;
static _Atomic bool begun;
static _Atomic int sent;

static int process(jack_nframes_t frames, void *argument) {
    (void)argument;
    void *buffer = jack_port_get_buffer(out, frames);
    jack_midi_clear_buffer(buffer);
    int now = sent;
    if (!begun || !freewheel_is_on()) {
        return 0;
    }
    if (now == count) {
        sent = now + 1; // one cycle later the last one has been taken
    }
    for (unsigned i = 0; i < AT_ONCE && now < count; i++) {
        if (jack_midi_event_write(buffer, frames / 2 + i, messages[now], lengths[now]) == 0) {
            sent = ++now;
        }
    }
    return 0;
}

static bool read_message(const char *text) {
    unsigned bytes[3] = {0, 0, 0};
    int got = sscanf(text, "%2x %2x %2x", &bytes[0], &bytes[1], &bytes[2]);
    if (got < 1 || count == MOST) {
        return false;
    }
    for (int i = 0; i < got; i++) {
        messages[count][i] = (unsigned char)bytes[i];
    }
    lengths[count++] = (size_t)got;
    return true;
}

// Waits until it is so; only what hangs takes as long as it has patience.
static bool wait_for(bool (*so)(void)) {
    const struct timespec tick = {.tv_nsec = 10000000};
    for (int i = 0; i < PATIENCE && !so(); i++) {
        nanosleep(&tick, NULL);
    }
    return so();
}

static bool connected(void) {
    return jack_port_connected(out) > 0;
}

static bool all_sent(void) {
    return sent > count;
}

int main(int argc, char **argv) {
    for (int i = 2; i < argc; i++) {
        if (!read_message(argv[i])) {
            fprintf(stderr, "send_midi: '%s' is no message, or there are too many\n", argv[i]);
            return EXIT_FAILURE;
        }
    }
    jack_client_t *client = freewheel_client("send_midi");
    if (argc < 3 || !client) {
        fprintf(stderr, "send_midi: no server, or not called as send_midi TARGET BYTES...\n");
        return EXIT_FAILURE;
    }
    out = jack_port_register(client, "out", JACK_DEFAULT_MIDI_TYPE,
                             JackPortIsOutput | JackPortIsPhysical, 0);
    bool good = out && jack_set_process_callback(client, process, NULL) == 0 &&
                jack_activate(client) == 0 &&
                (strcmp(argv[1], "-") == 0 ||
                 jack_connect(client, jack_port_name(out), argv[1]) == 0) &&
                wait_for(connected);
    begun = true;
    good = good && freewheel_begin(client) && wait_for(all_sent);
    freewheel_end(client);
    jack_client_close(client);
    if (!good) {
        fprintf(stderr, "send_midi: nobody takes it\n");
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
