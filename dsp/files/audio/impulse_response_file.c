// SPDX-License-Identifier: ISC
#include "dsp/files/audio/impulse_response_file.h"

#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_io.h"

enum { BLOCK = 1024 }; // frames read at a time

static const double fade_seconds = 0.05; // where it is cut

static Status no_memory(const char *path, Diagnostic *diagnostic) {
    return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for its samples", path);
}

// Appends `frames` interleaved frames as far as there is room.
static void append(ImpulseResponse *impulse, const float *samples, size_t frames, size_t stride,
                   size_t room) {
    for (size_t i = 0; i < frames && impulse->frames < room; i++) {
        for (int c = 0; c < impulse->channels; c++) {
            impulse->samples[c][impulse->frames] = samples[i * stride + (size_t)c];
        }
        impulse->frames++;
    }
}

static void fade_out(ImpulseResponse *impulse) {
    size_t length = (size_t)(fade_seconds * impulse->rate);
    for (size_t i = 0; i < length && i < impulse->frames; i++) {
        for (int c = 0; c < impulse->channels; c++) {
            impulse->samples[c][impulse->frames - 1 - i] *= (float)i / (float)length;
        }
    }
}

static Status read_all(ImpulseResponse *impulse, AudioReader *reader, float *block,
                       const char *path, Diagnostic *diagnostic) {
    size_t stride = (size_t)audio_reader_channels(reader), got = BLOCK;
    size_t room = (size_t)impulse->rate * IMPULSE_RESPONSE_MAX_SECONDS;
    double energy = 0.0;
    while (got == BLOCK && impulse->frames < room) {
        Status status = audio_reader_read(reader, block, BLOCK, &got, diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
        append(impulse, block, got, stride, room);
    }
    if (impulse->frames == room) {
        fade_out(impulse);
    }
    for (size_t i = 0; i < impulse->frames * (size_t)impulse->channels; i++) {
        double x =
            (double)impulse->samples[i % (size_t)impulse->channels][i / (size_t)impulse->channels];
        energy += x * x;
    }
    if (!(energy > 1e-12)) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: is silent: this is no impulse response of a cabinet", path);
    }
    return STATUS_OK;
}

static Status make_room(ImpulseResponse *impulse, const char *path, Diagnostic *diagnostic) {
    if (impulse->rate > 1000000) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED, "%s: has %d Hz, beyond all reason", path,
                        impulse->rate);
    }
    for (int c = 0; c < impulse->channels; c++) {
        impulse->samples[c] = memory_new((size_t)impulse->rate * IMPULSE_RESPONSE_MAX_SECONDS,
                                         sizeof(float));
        if (!impulse->samples[c]) {
            return no_memory(path, diagnostic);
        }
    }
    return STATUS_OK;
}

Status impulse_response_file_read(ImpulseResponse *impulse, const char *path,
                                  Diagnostic *diagnostic) {
    *impulse = (ImpulseResponse){0};
    AudioReader *reader = NULL;
    Status status = audio_reader_new(&reader, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    int channels = audio_reader_channels(reader);
    impulse->rate = audio_reader_rate(reader);
    impulse->channels = channels < IMPULSE_RESPONSE_MAX_CHANNELS ? channels
                                                                 : IMPULSE_RESPONSE_MAX_CHANNELS;
    float *block = memory_new((size_t)BLOCK * (size_t)channels, sizeof(float));
    status = block ? make_room(impulse, path, diagnostic) : no_memory(path, diagnostic);
    if (status == STATUS_OK) {
        status = read_all(impulse, reader, block, path, diagnostic);
    }
    memory_free(block);
    audio_reader_free(reader);
    if (status != STATUS_OK) {
        impulse_response_clear(impulse);
    }
    return status;
}
