// SPDX-License-Identifier: ISC
#include "tests/hosts/freewheel.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK = 10000000,  // ns
    AGAIN = 200,      // ticks until the server is asked again
    PATIENCE = 15000, // ticks; only what hangs takes as long
};

static atomic_bool on;

static void on_freewheel(int starting, void *argument) {
    (void)argument;
    atomic_store(&on, starting != 0);
}

jack_client_t *freewheel_client(const char *name) {
    char numbered[64];
    snprintf(numbered, sizeof numbered, "%s-%d", name, (int)getpid());
    jack_client_t *client = jack_client_open(numbered, JackNoStartServer, NULL);
    if (client && jack_set_freewheel_callback(client, on_freewheel, NULL) != 0) {
        jack_client_close(client);
        return NULL;
    }
    return client;
}

// What the server answers says little: it may refuse while it is still busy with its last change.
static bool change(jack_client_t *client, bool wanted) {
    const struct timespec tick = {.tv_nsec = TICK};
    for (int i = 0; i < PATIENCE && atomic_load(&on) != wanted; i++) {
        if (i % AGAIN == 0) {
            if (i > 0) {
                jack_set_freewheel(client, !wanted);
            }
            jack_set_freewheel(client, wanted);
        }
        nanosleep(&tick, NULL);
    }
    return atomic_load(&on) == wanted;
}

bool freewheel_begin(jack_client_t *client) {
    return change(client, true);
}

bool freewheel_is_on(void) {
    return atomic_load(&on);
}

void freewheel_end(jack_client_t *client) {
    (void)change(client, false);
}
