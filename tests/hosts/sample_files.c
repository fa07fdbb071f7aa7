// SPDX-License-Identifier: ISC
// sample_files FOLDER: writes what the host checks need: model.json (made up, 48 kHz), other.json
// (another one) and in.wav, a second of silence (in which every model settles) and then a signal.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/files/audio_file.h"
#include "dsp/files/model_file.h"
#include "tests/sample_model.h"

enum { RATE = 48000, SILENCE = RATE, FRAMES = 4 * RATE };

static const char *path_in(const char *folder, const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static Status write_model(const char *path, unsigned seed, Diagnostic *diagnostic) {
    Model *model = sample_model_new(16, seed, true);
    Status status = model_file_write(model, path, diagnostic);
    model_free(model);
    return status;
}

int main(int argc, char **argv) {
    static float signal[FRAMES];
    Diagnostic diagnostic = {"say where: sample_files FOLDER"};
    sample_signal(signal + SILENCE, FRAMES - SILENCE, RATE, 1);
    if (argc != 2 || write_model(path_in(argv[1], "model.json"), 3, &diagnostic) != STATUS_OK ||
        write_model(path_in(argv[1], "other.json"), 4, &diagnostic) != STATUS_OK ||
        audio_file_write(path_in(argv[1], "in.wav"), RATE, signal, FRAMES, &diagnostic) !=
            STATUS_OK) {
        fprintf(stderr, "sample_files: %s\n", diagnostic.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
