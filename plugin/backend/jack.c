// SPDX-License-Identifier: ISC
// The JACK backend: one client, with the ports "in" and "out", or "in_1", "in_2", "out_1", "out_2",
// and "midi_in".
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <jack/jack.h>
#include <jack/midiport.h>
#include <jack/statistics.h>

#include "dsp/base/memory.h"
#include "plugin/backend/backend.h"
#include "plugin/backend/midi_ring.h"

struct Backend {
    BackendRun run;
    void *data;
    jack_client_t *client;
    int channels, input, output; // as of BackendSetup
    bool connect, wants_midi;
    jack_port_t *in[BACKEND_MAX_CHANNELS], *out[BACKEND_MAX_CHANNELS];
    jack_port_t *midi; // NULL: none was asked for
    MidiRing ring;
    _Atomic unsigned xruns, longest; // longest in us
    _Atomic unsigned latency;        // frames
    bool active;
    _Atomic bool gone;
    char reason[256]; // written before `gone`
};

// ---- Audio thread ----

// JACK promises that these can be called in the process callback.
REALTIME_TRUST_BEGIN
static void *port_samples(jack_port_t *port, jack_nframes_t frames) REALTIME {
    return jack_port_get_buffer(port, frames);
}

static uint32_t event_count(void *buffer) REALTIME {
    return jack_midi_get_event_count(buffer);
}

static bool event_get(jack_midi_event_t *event, void *buffer, uint32_t index) REALTIME {
    return jack_midi_event_get(event, buffer, index) == 0;
}
REALTIME_TRUST_END

static void take_midi(Backend *backend, jack_nframes_t frames) REALTIME {
    void *buffer = backend->midi ? port_samples(backend->midi, frames) : NULL;
    uint32_t count = buffer ? event_count(buffer) : 0;
    jack_midi_event_t event;
    for (uint32_t i = 0; i < count && event_get(&event, buffer, i); i++) {
        midi_ring_put(&backend->ring, event.buffer, event.size);
    }
}

static int process(jack_nframes_t frames, void *argument) REALTIME {
    Backend *backend = argument;
    const float *in[BACKEND_MAX_CHANNELS] = {NULL, NULL};
    float *out[BACKEND_MAX_CHANNELS] = {NULL, NULL};
    take_midi(backend, frames);
    for (int c = 0; c < backend->channels; c++) {
        in[c] = port_samples(backend->in[c], frames);
        out[c] = port_samples(backend->out[c], frames);
        if (!in[c] || !out[c]) {
            return 0;
        }
    }
    backend->run(backend->data, out, in, (int)frames);
    return 0;
}

// ---- Other threads ----

static void on_shutdown(jack_status_t code, const char *reason, void *argument) {
    (void)code;
    Backend *backend = argument;
    snprintf(backend->reason, sizeof backend->reason, "%s", reason);
    atomic_store(&backend->gone, true);
}

static int on_xrun(void *argument) {
    Backend *backend = argument;
    unsigned late = (unsigned)jack_get_xrun_delayed_usecs(backend->client);
    atomic_fetch_add(&backend->xruns, 1);
    if (late > atomic_load(&backend->longest)) { // only this thread writes it
        atomic_store(&backend->longest, late);
    }
    return 0;
}

// What comes out is late by what comes in and our own latency; the other way for playback.
static void on_latency(jack_latency_callback_mode_t mode, void *argument) {
    const Backend *backend = argument;
    unsigned own = atomic_load(&backend->latency);
    for (int c = 0; c < backend->channels; c++) {
        bool capture = mode == JackCaptureLatency;
        jack_latency_range_t range;
        jack_port_get_latency_range(capture ? backend->in[c] : backend->out[c], mode, &range);
        range.min += own;
        range.max += own;
        jack_port_set_latency_range(capture ? backend->out[c] : backend->in[c], mode, &range);
    }
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

static Status open_client(jack_client_t **client, const char *name, Diagnostic *diagnostic) {
    jack_status_t status = 0;
    jack_set_error_function(ignore_message);
    jack_set_info_function(ignore_message);
    *client = jack_client_open(name, JackNoStartServer, &status);
    if (*client) {
        return STATUS_OK;
    }
    if (status & (JackServerFailed | JackServerError)) {
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "no JACK server is running; start one, for instance with qjackctl or "
                        "'jackd -d alsa', or use PipeWire's pw-jack");
    }
    return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                    "JACK refuses the client '%s' (status 0x%x); try another --name", name,
                    (unsigned)status);
}

static jack_port_t *make_port(const Backend *backend, const char *name, int channel,
                              unsigned long direction) {
    char numbered[16];
    snprintf(numbered, sizeof numbered, "%s_%d", name, channel + 1);
    return jack_port_register(backend->client, backend->channels > 1 ? numbered : name,
                              JACK_DEFAULT_AUDIO_TYPE, direction, 0);
}

static Status make_ports(Backend *backend, Diagnostic *diagnostic) {
    for (int c = 0; c < backend->channels; c++) {
        backend->in[c] = make_port(backend, "in", c, JackPortIsInput);
        backend->out[c] = make_port(backend, "out", c, JackPortIsOutput);
        if (!backend->in[c] || !backend->out[c]) {
            return diagnose(diagnostic, STATUS_NO_MEMORY, "JACK has no room for more ports");
        }
    }
    if (backend->wants_midi) {
        backend->midi = jack_port_register(backend->client, "midi_in", JACK_DEFAULT_MIDI_TYPE,
                                           JackPortIsInput, 0);
        if (!backend->midi) {
            return diagnose(diagnostic, STATUS_NO_MEMORY, "JACK has no room for a port of MIDI");
        }
    }
    return STATUS_OK;
}

// The server's rate is what it is; its period can be asked for.
static Status set_up(Backend *backend, const BackendSetup *setup, Diagnostic *diagnostic) {
    double rate = jack_get_sample_rate(backend->client);
    if (setup->rate > 0.0 && setup->rate != rate) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "the JACK server runs at %g Hz, not %g; start it at that rate, or leave "
                        "out --rate",
                        rate, setup->rate);
    }
    if (setup->period > 0 && (int)jack_get_buffer_size(backend->client) != setup->period &&
        jack_set_buffer_size(backend->client, (jack_nframes_t)setup->period) != 0) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "the JACK server refuses a period of %d frames; leave out --period for its "
                        "own, %u",
                        setup->period, jack_get_buffer_size(backend->client));
    }
    return STATUS_OK;
}

static Status jack_backend_new(Backend **backend, const BackendSetup *setup,
                               Diagnostic *diagnostic) {
    *backend = NULL;
    Backend *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the JACK client");
    }
    made->channels = setup->channels;
    made->input = setup->input;
    made->output = setup->output;
    made->connect = setup->connect;
    made->wants_midi = setup->midi;
    Status status = open_client(&made->client, setup->name, diagnostic);
    if (status == STATUS_OK) {
        jack_on_info_shutdown(made->client, on_shutdown, made);
        status = set_up(made, setup, diagnostic);
    }
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

// The sound card's ports that audio comes from (JackPortIsOutput) or goes to (JackPortIsInput), and
// how many there are. jack_free() them.
static const char **card_ports(jack_client_t *client, unsigned long direction, int *count) {
    const char **ports = jack_get_ports(client, NULL, JACK_DEFAULT_AUDIO_TYPE,
                                        JackPortIsPhysical | direction);
    *count = 0;
    while (ports && ports[*count]) {
        (*count)++;
    }
    return ports;
}

// Plugs the input channels in; mono goes to two outputs.
static Status connect_audio(Backend *backend, const char **sources, int source_count,
                            const char **targets, int target_count, Diagnostic *diagnostic) {
    int last = backend->input + backend->channels - 1;
    if (last > source_count && source_count > 0) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "the sound card has no input channel %d, only %d", last, source_count);
    }
    int first = backend->output > 0 ? backend->output - 1 : 0;
    int used = backend->output > 0 ? backend->channels : 2;
    if (backend->output > 0 && first + used > target_count && target_count > 0) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "the sound card has no output channel %d, only %d", first + used,
                        target_count);
    }
    for (int c = 0; c < backend->channels && source_count > 0; c++) {
        jack_connect(backend->client, sources[backend->input - 1 + c],
                     jack_port_name(backend->in[c]));
    }
    for (int i = 0; i < used && first + i < target_count; i++) {
        jack_connect(backend->client, jack_port_name(backend->out[i % backend->channels]),
                     targets[first + i]);
    }
    return diagnose(diagnostic, STATUS_OK, "%s%s to %s%s%s",
                    source_count + target_count > 0 ? "plugged in: " : "",
                    source_count > 0 ? sources[backend->input - 1] : "no input of a sound card",
                    target_count > 0 ? targets[first] : "no output of a sound card",
                    used > 1 ? ", " : "",
                    used < 2                   ? ""
                    : first + 1 < target_count ? targets[first + 1]
                                               : "no second output");
}

// Plugs every MIDI input of the machine in.
static void connect_midi(Backend *backend) {
    const char **sources = jack_get_ports(backend->client, NULL, JACK_DEFAULT_MIDI_TYPE,
                                          JackPortIsPhysical | JackPortIsOutput);
    for (int i = 0; backend->midi && sources && sources[i]; i++) {
        jack_connect(backend->client, sources[i], jack_port_name(backend->midi));
    }
    jack_free(sources);
}

static Status jack_backend_start(Backend *backend, BackendRun run, void *data,
                                 Diagnostic *diagnostic) {
    backend->run = run;
    backend->data = data;
    // Not earlier: others connect ports as soon as they see them, and JACK wants them to be active.
    Status status = make_ports(backend, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    if (jack_set_process_callback(backend->client, process, backend) != 0 ||
        jack_set_xrun_callback(backend->client, on_xrun, backend) != 0 ||
        jack_set_latency_callback(backend->client, on_latency, backend) != 0 ||
        jack_activate(backend->client) != 0) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "JACK does not let the client start");
    }
    backend->active = true;
    if (!backend->connect) {
        return diagnose(diagnostic, STATUS_OK, "not plugged in, as asked");
    }
    int source_count = 0, target_count = 0;
    const char **sources = card_ports(backend->client, JackPortIsOutput, &source_count);
    const char **targets = card_ports(backend->client, JackPortIsInput, &target_count);
    status = connect_audio(backend, sources, source_count, targets, target_count, diagnostic);
    jack_free(sources);
    jack_free(targets);
    connect_midi(backend);
    return status;
}

static void jack_backend_tell_latency(Backend *backend, int frames) {
    atomic_store(&backend->latency, (unsigned)frames);
    if (backend->active) {
        jack_recompute_total_latencies(backend->client);
    }
}

static bool jack_backend_plugged(const Backend *backend) {
    bool plugged = true;
    for (int c = 0; c < backend->channels && !backend->connect; c++) {
        plugged = plugged && jack_port_connected(backend->in[c]) > 0 &&
                  jack_port_connected(backend->out[c]) > 0;
    }
    return plugged;
}

static bool jack_backend_alive(Backend *backend, Diagnostic *diagnostic) {
    if (!atomic_load(&backend->gone)) {
        return true;
    }
    diagnose(diagnostic, STATUS_INTERRUPTED, "the JACK server is gone: %s",
             backend->reason[0] ? backend->reason : "it gave no reason");
    return false;
}

static Xruns jack_backend_xruns(const Backend *backend) {
    return (Xruns){atomic_load(&backend->xruns), 1e-6 * atomic_load(&backend->longest)};
}

static int jack_backend_midi(Backend *backend, unsigned char message[3]) {
    return midi_ring_take(&backend->ring, message);
}

static void print_ports(jack_client_t *client, unsigned long direction, const char *what) {
    int count = 0;
    const char **ports = card_ports(client, direction, &count);
    for (int i = 0; i < count; i++) {
        printf("jack  %s %2d  %s\n", what, i + 1, ports[i]);
    }
    jack_free(ports);
}

static Status jack_backend_list(Diagnostic *diagnostic) {
    jack_client_t *client = NULL;
    Status status = open_client(&client, "gruff-list", diagnostic);
    if (status == STATUS_OK) {
        printf("jack  server     %u Hz, period %u frames\n", jack_get_sample_rate(client),
               jack_get_buffer_size(client));
        print_ports(client, JackPortIsOutput, "input ");
        print_ports(client, JackPortIsInput, "output");
        jack_client_close(client);
    }
    return status;
}

const BackendKind backend_jack = {
    .name = "JACK",
    .make = jack_backend_new,
    .sample_rate = jack_backend_rate,
    .start = jack_backend_start,
    .tell_latency = jack_backend_tell_latency,
    .plugged = jack_backend_plugged,
    .alive = jack_backend_alive,
    .xruns = jack_backend_xruns,
    .midi = jack_backend_midi,
    .free = jack_backend_free,
    .list = jack_backend_list,
};
