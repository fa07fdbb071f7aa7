// SPDX-License-Identifier: ISC
// jack_loop FRAMES [GAIN]: a JACK client whose port "out" is its port "in", FRAMES later and times
// GAIN (1). Until it is ended.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <jack/jack.h>

enum { LONGEST = 1 << 16 };

typedef struct Loop {
    jack_port_t *in, *out;
    float line[LONGEST];
    unsigned at, delay;
    float gain;
} Loop;

static int process(jack_nframes_t frames, void *argument) {
    Loop *loop = argument;
    const float *in = jack_port_get_buffer(loop->in, frames);
    float *out = jack_port_get_buffer(loop->out, frames);
    for (jack_nframes_t i = 0; i < frames; i++, loop->at++) {
        loop->line[loop->at % LONGEST] = in[i];
        out[i] = loop->gain * loop->line[(loop->at - loop->delay) % LONGEST];
    }
    return 0;
}

int main(int argc, char **argv) {
    static Loop loop;
    sigset_t ends;
    int number = 0;
    loop.delay = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) % LONGEST : 0;
    loop.gain = argc > 2 ? strtof(argv[2], NULL) : 1.0f;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    jack_client_t *client = jack_client_open("loop", JackNoStartServer, NULL);
    if (!client) {
        fputs("jack_loop: no server\n", stderr);
        return EXIT_FAILURE;
    }
    loop.in = jack_port_register(client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    loop.out = jack_port_register(client, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    if (!loop.in || !loop.out || jack_set_process_callback(client, process, &loop) != 0 ||
        jack_activate(client) != 0) {
        fputs("jack_loop: cannot start\n", stderr);
        return EXIT_FAILURE;
    }
    sigwait(&ends, &number);
    jack_client_close(client);
    return EXIT_SUCCESS;
}
