// SPDX-License-Identifier: ISC
// raw_audio IN.wav OUT.raw: writes the first channel of IN.wav on the right, 32-bit floats without
// a header, as ALSA's "file" device plays them. raw_audio IN.raw OUT.wav FRAMES: the left channel
// of the first FRAMES of such a file, at 48 kHz.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/files/audio/audio_file.h"

enum { RATE = 48000 };

static bool write_raw(const Audio *audio, const char *path) {
    FILE *file = fopen(path, "wb");
    bool good = file != NULL;
    for (size_t i = 0; good && i < audio->frames; i++) {
        float pair[2] = {0.0f, audio->samples[i]};
        good = fwrite(pair, sizeof pair, 1, file) == 1;
    }
    return file && fclose(file) == 0 && good;
}

// Also holds that the right channel is the left one.
static bool read_raw(float *samples, size_t frames, const char *path) {
    FILE *file = fopen(path, "rb");
    bool good = file != NULL;
    for (size_t i = 0; good && i < frames; i++) {
        float pair[2] = {0.0f, 0.0f};
        good = fread(pair, sizeof pair, 1, file) == 1 && pair[0] == pair[1];
        samples[i] = pair[0];
    }
    if (file) {
        fclose(file);
    }
    return good;
}

int main(int argc, char **argv) {
    Diagnostic diagnostic = {"usage: raw_audio IN.wav OUT.raw | IN.raw OUT.wav FRAMES"};
    bool good = false;
    if (argc == 3) {
        Audio audio = {0};
        good = audio_file_read(&audio, argv[1], &diagnostic) == STATUS_OK &&
               write_raw(&audio, argv[2]);
        audio_clear(&audio);
    } else if (argc == 4) {
        size_t frames = strtoul(argv[3], NULL, 10);
        float *samples = calloc(frames + 1, sizeof *samples);
        diagnose(&diagnostic, STATUS_BAD_AUDIO, "%s is shorter, or left is not right", argv[1]);
        good = samples && read_raw(samples, frames, argv[1]) &&
               audio_file_write(argv[2], RATE, samples, frames, &diagnostic) == STATUS_OK;
        free(samples);
    }
    if (!good) {
        fprintf(stderr, "raw_audio: %s\n", diagnostic.text);
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
