// SPDX-License-Identifier: ISC
// jack_loop FRAMES GAIN [freewheel|late]: a JACK client whose port "out" is its port "in", FRAMES
// later and times GAIN. Until it is ended. "freewheel": the server freewheels meanwhile. "late":
// the loop misses the first cycle that it hears anything in.
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jack/jack.h>

#include "tests/hosts/freewheel.h"

enum { LONGEST = 1 << 16 };

typedef struct Loop {
    jack_client_t *client;
    jack_port_t *in, *out;
    float line[LONGEST];
    unsigned at, delay;
    float gain;
    bool late; // still to be
} Loop;

// Two periods.
static void miss_a_cycle(const Loop *loop, jack_nframes_t frames) {
    struct timespec length = {0};
    length.tv_nsec = (long)(2e9 * frames / jack_get_sample_rate(loop->client));
    nanosleep(&length, NULL);
}

static int process(jack_nframes_t frames, void *argument) {
    Loop *loop = argument;
    const float *in = jack_port_get_buffer(loop->in, frames);
    float *out = jack_port_get_buffer(loop->out, frames);
    for (jack_nframes_t i = 0; i < frames; i++, loop->at++) {
        loop->line[loop->at % LONGEST] = in[i];
        out[i] = loop->gain * loop->line[(loop->at - loop->delay) % LONGEST];
        if (loop->late && in[i] != 0.0f) {
            loop->late = false;
            miss_a_cycle(loop, frames);
        }
    }
    return 0;
}

static bool join(Loop *loop) {
    loop->client = freewheel_client("loop");
    if (!loop->client) {
        return false;
    }
    loop->in = jack_port_register(loop->client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    loop->out = jack_port_register(loop->client, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput,
                                   0);
    return loop->in && loop->out && jack_set_process_callback(loop->client, process, loop) == 0 &&
           jack_activate(loop->client) == 0;
}

int main(int argc, char **argv) {
    static Loop loop;
    sigset_t ends;
    int number = 0;
    if (argc < 3) {
        fputs("usage: jack_loop FRAMES GAIN [freewheel|late]\n", stderr);
        return EXIT_FAILURE;
    }
    bool freewheel = argc > 3 && strcmp(argv[3], "freewheel") == 0;
    loop.delay = (unsigned)strtoul(argv[1], NULL, 10) % LONGEST;
    loop.gain = strtof(argv[2], NULL);
    loop.late = argc > 3 && strcmp(argv[3], "late") == 0;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    bool good = join(&loop) && (!freewheel || freewheel_begin(loop.client));
    if (good) {
        sigwait(&ends, &number);
    } else {
        fputs("jack_loop: no server, or it does not let the loop in\n", stderr);
    }
    if (loop.client) {
        freewheel_end(loop.client);
        jack_client_close(loop.client);
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
