// SPDX-License-Identifier: ISC
// sample_files FOLDER: writes what the host checks need: model.json (made up, 48 kHz), other.json
// (another one), knobs.json (with a name, an error, how calm it is, and two knobs) and in.wav, a
// second of silence (in which every model settles) and then a signal.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/files/audio/audio_file.h"
#include "dsp/files/models/model_file.h"
#include "tests/rig/sample_model.h"

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

// What sample_model_new makes, with two knobs more, Drive and Tone, that hardly do anything.
static Model *model_with_knobs(void) {
    Model *plain = sample_model_new(16, 5, true), *model = model_new();
    if (!model) {
        abort();
    }
    model->knobs = 2;
    model->knob[0] = (Knob){"Drive", 0.0f, 10.0f, 5.0f};
    model->knob[1] = (Knob){"Tone", 0.0f, 1.0f, 0.25f};
    strcpy(model->info.name, "Brown sugar");
    model->info.esr = 0.0042;
    model->info.behaviour = (ModelBehaviour){.known = true, .calm_to = 12.0};
    model->skip = true;
    model->sample_rate = plain->sample_rate;
    for (int i = 0; i < plain->layer_count; i++) {
        const Layer *from = &plain->layers[i];
        int inputs = from->inputs + (i == 0 ? model->knobs : 0);
        int rows = layer_gates(from->kind) * from->outputs;
        if (model_add_layer(model, from->kind, from->activation, inputs, from->outputs, NULL) !=
            STATUS_OK) {
            abort();
        }
        Layer *to = &model->layers[i];
        for (int row = 0; row < rows; row++) {
            memcpy(to->kernel + row * inputs, from->kernel + row * from->inputs,
                   (size_t)from->inputs * sizeof *to->kernel);
        }
        if (to->recurrent_kernel) {
            memcpy(to->recurrent_kernel, from->recurrent_kernel,
                   (size_t)(rows * from->outputs) * sizeof *to->recurrent_kernel);
        }
    }
    model_free(plain);
    return model;
}

static Status write_knobs(const char *path, Diagnostic *diagnostic) {
    Model *model = model_with_knobs();
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
        write_knobs(path_in(argv[1], "knobs.json"), &diagnostic) != STATUS_OK ||
        audio_file_write(path_in(argv[1], "in.wav"), RATE, signal, FRAMES, &diagnostic) !=
            STATUS_OK) {
        fprintf(stderr, "sample_files: %s\n", diagnostic.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
