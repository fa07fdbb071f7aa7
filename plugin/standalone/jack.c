// SPDX-License-Identifier: ISC
// The JACK backend: one mono client with an input and an output.
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <jack/jack.h>

#include "dsp/memory.h"
#include "plugin/standalone/backend.h"

struct Backend {
    BackendRun run;
    void *data;
    jack_client_t *client;
    jack_port_t *in, *out;
    _Atomic bool gone;
    char reason[256]; // written before `gone`
};

// ---- Audio thread ----

// JACK promises that jack_port_get_buffer can be called in the process callback.
REALTIME_TRUST_BEGIN
static float *port_samples(jack_port_t *port, jack_nframes_t frames) REALTIME {
    return jack_port_get_buffer(port, frames);
}
REALTIME_TRUST_END

static int process(jack_nframes_t frames, void *argument) REALTIME {
    Backend *backend = argument;
    const float *in = port_samples(backend->in, frames);
    float *out = port_samples(backend->out, frames);
    if (in && out) {
        backend->run(backend->data, &out, &in, (int)frames);
    }
    return 0;
}

// ---- Other threads ----

static void on_shutdown(jack_status_t code, const char *reason, void *argument) {
    (void)code;
    Backend *backend = argument;
    snprintf(backend->reason, sizeof backend->reason, "%s", reason);
    atomic_store(&backend->gone, true);
}

// JACK's own messages would come between ours.
static void ignore_message(const char *text) {
    (void)text;
}

static void jack_backend_free(Backend *backend) {
    if (backend) {
        if (backend->client) {
            jack_client_close(backend->client);
        }
        memory_free(backend);
    }
}

static Status make_client(Backend *backend, const char *name, Diagnostic *diagnostic) {
    jack_status_t status = 0;
    backend->client = jack_client_open(name, JackNoStartServer, &status);
    if (!backend->client) {
        if (status & (JackServerFailed | JackServerError)) {
            return diagnose(diagnostic, STATUS_CANNOT_READ,
                            "no JACK server is running; start one, for instance with qjackctl or "
                            "'jackd -d alsa', or use PipeWire's pw-jack");
        }
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "JACK refuses the client '%s' (status 0x%x); try another --name", name,
                        (unsigned)status);
    }
    jack_on_info_shutdown(backend->client, on_shutdown, backend);
    backend->in = jack_port_register(backend->client, "in", JACK_DEFAULT_AUDIO_TYPE,
                                     JackPortIsInput, 0);
    backend->out = jack_port_register(backend->client, "out", JACK_DEFAULT_AUDIO_TYPE,
                                      JackPortIsOutput, 0);
    if (!backend->in || !backend->out) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "JACK has no room for two more ports");
    }
    return STATUS_OK;
}

static Status jack_backend_new(Backend **backend, const char *name, Diagnostic *diagnostic) {
    jack_set_error_function(ignore_message);
    jack_set_info_function(ignore_message);
    *backend = NULL;
    Backend *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the JACK client");
    }
    Status status = make_client(made, name, diagnostic);
    if (status != STATUS_OK) {
        jack_backend_free(made);
        return status;
    }
    *backend = made;
    return STATUS_OK;
}

static double jack_backend_rate(const Backend *backend) {
    return jack_get_sample_rate(backend->client);
}

// The sound card's ports that audio comes from (JackPortIsOutput) or goes to (JackPortIsInput).
static const char **card_ports(Backend *backend, unsigned long direction) {
    return jack_get_ports(backend->client, NULL, JACK_DEFAULT_AUDIO_TYPE,
                          JackPortIsPhysical | direction);
}

static void connect_card(Backend *backend, Diagnostic *diagnostic) {
    const char **sources = card_ports(backend, JackPortIsOutput);
    const char **targets = card_ports(backend, JackPortIsInput);
    int plugged = 0;
    if (sources && sources[0]) {
        plugged += jack_connect(backend->client, sources[0], jack_port_name(backend->in)) == 0;
    }
    for (int i = 0; targets && i < 2 && targets[i]; i++) {
        plugged += jack_connect(backend->client, jack_port_name(backend->out), targets[i]) == 0;
    }
    diagnose(diagnostic, STATUS_OK, plugged ? "plugged in: %s to %s, %s" : "%s, %s, %s",
             sources && sources[0] ? sources[0] : "no input of a sound card",
             targets && targets[0] ? targets[0] : "no output of a sound card",
             targets && targets[0] && targets[1] ? targets[1] : "no second output");
    jack_free(sources);
    jack_free(targets);
}

static Status jack_backend_start(Backend *backend, BackendRun run, void *data, bool connect,
                                 Diagnostic *diagnostic) {
    backend->run = run;
    backend->data = data;
    if (jack_set_process_callback(backend->client, process, backend) != 0 ||
        jack_activate(backend->client) != 0) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "JACK does not let the client start");
    }
    diagnose(diagnostic, STATUS_OK, "not plugged in, as asked");
    if (connect) {
        connect_card(backend, diagnostic);
    }
    return STATUS_OK;
}

static bool jack_backend_alive(const Backend *backend, Diagnostic *diagnostic) {
    if (!atomic_load(&backend->gone)) {
        return true;
    }
    diagnose(diagnostic, STATUS_INTERRUPTED, "the JACK server is gone: %s",
             backend->reason[0] ? backend->reason : "it gave no reason");
    return false;
}

const BackendKind backend_jack = {
    .name = "JACK",
    .make = jack_backend_new,
    .sample_rate = jack_backend_rate,
    .start = jack_backend_start,
    .alive = jack_backend_alive,
    .free = jack_backend_free,
};
