// SPDX-License-Identifier: ISC
#include "tests/plugin/standalone/fake_backend.h"

#include <string.h>

Backend fake;

static Status make(Backend **backend, const BackendSetup *setup, Diagnostic *diagnostic) {
    (void)setup;
    if (fake.gone) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "there is no server");
    }
    if (fake.refusal != STATUS_OK) {
        return diagnose(diagnostic, fake.refusal, "the server wants no more clients");
    }
    fake.opened++;
    *backend = &fake;
    return STATUS_OK;
}

static double sample_rate(const Backend *backend) {
    return backend->rate;
}

static Status start(Backend *backend, BackendRun run, void *data, Diagnostic *diagnostic) {
    (void)diagnostic;
    backend->run = run;
    backend->data = data;
    return STATUS_OK;
}

static bool alive(Backend *backend, Diagnostic *diagnostic) {
    if (backend->gone) {
        diagnose(diagnostic, STATUS_CANNOT_READ, "the server is gone");
    }
    return !backend->gone;
}

static Xruns xruns(const Backend *backend) {
    return backend->xruns;
}

static void tell_latency(Backend *backend, int frames) {
    backend->latency = frames;
}

static int midi(Backend *backend, unsigned char message[3]) {
    return midi_ring_take(&backend->ring, message);
}

static void end(Backend *backend) {
    backend->freed++;
    backend->run = NULL;
}

static const BackendKind kind = {
    .name = "fake",
    .make = make,
    .sample_rate = sample_rate,
    .start = start,
    .alive = alive,
    .xruns = xruns,
    .tell_latency = tell_latency,
    .midi = midi,
    .free = end,
};

const SetupOptions fake_setup = {
    .kind = &kind,
    .setup = {.name = "test", .channels = 1, .input = 1, .midi = true},
};

void fake_begin(double rate) {
    memset(&fake, 0, sizeof fake);
    fake.rate = rate;
}

void fake_play(float *out, const float *in, int frames) {
    fake.run(fake.data, &out, &in, frames);
}

void fake_send(int status, int first, int second) {
    const unsigned char bytes[3] = {(unsigned char)status, (unsigned char)first,
                                    (unsigned char)second};
    midi_ring_put(&fake.ring, bytes, (status & 0xf0) == MIDI_PROGRAM ? 2 : 3);
}
