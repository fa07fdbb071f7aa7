// SPDX-License-Identifier: ISC
#include "plugin/load.h"

#include <math.h>
#include <string.h>

#include "dsp/files/model_file.h"

bool rate_differs(const Engine *engine, double sample_rate, Diagnostic *message) {
    double rate = engine_sample_rate(engine);
    if (rate <= 0.0 || fabs(rate - sample_rate) <= 0.5) {
        return false;
    }
    diagnose(message, STATUS_OK,
             "the model was made for %g Hz, but the session runs at %g Hz: it will sound different",
             rate, sample_rate);
    return true;
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

Status load_engine(Engine **engine, const char *path, int channels, Diagnostic *message) {
    *engine = NULL;
    Model *model = NULL;
    Status status = model_file_read(&model, path, message);
    if (status != STATUS_OK) {
        return status;
    }
    Diagnostic cause = {""};
    status = engine_new(engine, model, isa_best(), channels, &cause);
    if (status == STATUS_OK) {
        diagnose(message, STATUS_OK, "%s: hidden size %d, %s",
                 model->info.name[0] ? model->info.name : file_name(path), model_hidden(model),
                 isa_name(engine_isa(*engine)));
    } else {
        diagnose(message, status, "%s: %s", path, cause.text);
    }
    model_free(model);
    return status;
}
