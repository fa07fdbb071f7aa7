// SPDX-License-Identifier: ISC
#include "dsp/files/models/extras.h"
#include "dsp/files/models/fields.h"
#include "dsp/files/models/keras.h"

static const double gain_limit = 120.0; // dB either way; more is a mistake

static Status read_shape(Model *model, const Tree *root, Diagnostic *diagnostic) {
    int inputs = 0;
    if (!keras_read_size(tree_member(root, "in_shape"), 1 + MODEL_MAX_KNOBS, &inputs)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "\"in_shape\" must be an array that ends in a whole number from 1 to %d "
                        "(the audio and the knobs)",
                        1 + MODEL_MAX_KNOBS);
    }
    model->knobs = inputs - 1;
    return STATUS_OK;
}

static Status read_levels(Model *model, const Tree *root, Diagnostic *diagnostic) {
    int skip = 0;
    Status status = field_integer(root, "in_skip", 0, 1, &skip, diagnostic);
    if (status == STATUS_OK) {
        status = field_number(root, "in_gain", -gain_limit, gain_limit, &model->input_gain,
                              diagnostic);
    }
    if (status == STATUS_OK) {
        status = field_number(root, "out_gain", -gain_limit, gain_limit, &model->output_gain,
                              diagnostic);
    }
    model->skip = skip == 1;
    return status;
}

// The rate may stand at the top or with the metadata; the top one counts.
static Status read_metadata(Model *model, const Tree *root, Diagnostic *diagnostic) {
    const Tree *metadata = NULL;
    Status status = field_object(root, "metadata", &metadata, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    ModelInfo *info = &model->info;
    double esr = -1.0;
    field_text(metadata, "name", info->name);
    field_text(metadata, "author", info->author);
    field_text(metadata, "license", info->license);
    field_text(metadata, "based", info->gear);
    field_hint(metadata, "esr", &esr);
    info->esr = esr >= 0.0 ? esr : -1.0;
    status = field_rate(metadata, "samplerate", &model->sample_rate, diagnostic);
    return status == STATUS_OK ? field_rate(root, "samplerate", &model->sample_rate, diagnostic)
                               : status;
}

Status keras_read(Model *model, const Tree *root, Diagnostic *diagnostic) {
    Status status = read_metadata(model, root, diagnostic);
    if (status == STATUS_OK) {
        status = read_levels(model, root, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_shape(model, root, diagnostic);
    }
    if (status == STATUS_OK) {
        status = keras_read_layers(model, tree_member(root, "layers"), diagnostic);
    }
    return status == STATUS_OK ? extras_read(model, root, diagnostic) : status;
}
