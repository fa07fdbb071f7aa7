// SPDX-License-Identifier: ISC
// make_wav KIND RATE SECONDS OUT.wav: a WAV of noise, silence, noise with a NaN in it, or noise in
// the right one of two channels.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/audio/audio_io.h"

static Status write_right(const char *path, int rate, const float *samples, size_t frames,
                          Diagnostic *diagnostic) {
    AudioWriter *writer = NULL;
    Status status = audio_writer_new(&writer, path, rate, 2, diagnostic);
    for (size_t i = 0; i < frames && status == STATUS_OK; i++) {
        status = audio_writer_write(writer, (const float[]){0.0f, samples[i]}, 1, diagnostic);
    }
    if (status == STATUS_OK) {
        status = audio_writer_commit(writer, diagnostic);
    }
    audio_writer_free(writer);
    return status;
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: make_wav noise|silence|nan|right RATE SECONDS OUT.wav\n");
        return 2;
    }
    int rate = atoi(argv[2]);
    size_t frames = (size_t)(rate * atof(argv[3]));
    float *samples = memory_new(frames, sizeof *samples);
    uint32_t state = 1;
    for (size_t i = 0; i < frames && strcmp(argv[1], "silence") != 0; i++) {
        state = state * 1664525u + 1013904223u;
        samples[i] = (float)(state >> 8) / 16777216.0f - 0.5f;
    }
    if (strcmp(argv[1], "nan") == 0) {
        samples[frames / 2] = NAN;
    }
    Diagnostic diagnostic;
    Status status = strcmp(argv[1], "right") == 0
                        ? write_right(argv[4], rate, samples, frames, &diagnostic)
                        : audio_file_write(argv[4], rate, samples, frames, &diagnostic);
    if (status != STATUS_OK) {
        fprintf(stderr, "make_wav: %s\n", diagnostic.text);
    }
    memory_free(samples);
    return status != STATUS_OK;
}
