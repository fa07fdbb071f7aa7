// SPDX-License-Identifier: ISC
// make_wav KIND RATE SECONDS OUT.wav: a WAV of noise, silence, or noise with a NaN in it.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_file.h"

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: make_wav noise|silence|nan RATE SECONDS OUT.wav\n");
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
    Status status = audio_file_write(argv[4], rate, samples, frames, &diagnostic);
    if (status != STATUS_OK) {
        fprintf(stderr, "make_wav: %s\n", diagnostic.text);
    }
    memory_free(samples);
    return status != STATUS_OK;
}
