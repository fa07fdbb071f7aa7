// SPDX-License-Identifier: ISC
#include "dsp/network/engine_check.h"

#include <math.h>
#include <stdbool.h>

enum {
    MAX_GAIN = 120, // dB, either way
    MAX_SETTLING = 1 << 22,
};

// Whether a state is one that a network may come to, with much room.
static bool usable_state(const float *state, int count) {
    for (int i = 0; state && i < count; i++) {
        if (!(fabsf(state[i]) <= ENGINE_MAX_INPUT)) {
            return false;
        }
    }
    return true;
}

Status engine_check_model(const Model *model, Diagnostic *diagnostic) {
    if (fabs(model->input_gain) > MAX_GAIN || fabs(model->output_gain) > MAX_GAIN) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "the model's gains, %g and %g dB, are beyond %d dB", model->input_gain,
                        model->output_gain, MAX_GAIN);
    }
    if (model->settling < 0 || model->settling > MAX_SETTLING) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "the model wants to settle for %d samples; 0 to %d can be run",
                        model->settling, MAX_SETTLING);
    }
    Status status = model_check(model, diagnostic);
    for (int i = 0; status == STATUS_OK && i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        if (!usable_state(layer->initial_state, layer->outputs) ||
            !usable_state(layer->initial_cell, layer->outputs)) {
            status = diagnose(diagnostic, STATUS_UNSUPPORTED,
                              "layer %d starts from a state beyond %g", i + 1,
                              (double)ENGINE_MAX_INPUT);
        }
    }
    return status;
}
