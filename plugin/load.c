// SPDX-License-Identifier: ISC
#include "plugin/load.h"

#include <math.h>
#include <string.h>

#include "dsp/files/model_file.h"

bool rate_differs(const Engine *engine, double sample_rate) {
    double rate = engine_sample_rate(engine);
    return rate > 0.0 && fabs(rate - sample_rate) > 0.5;
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void describe(const Engine *engine, const Model *model, const char *path, double sample_rate,
                     Diagnostic *message) {
    const char *name = model->info.name[0] ? model->info.name : file_name(path);
    if (rate_differs(engine, sample_rate)) {
        diagnose(message, STATUS_OK,
                 "%s: made for %g Hz, but the session runs at %g Hz: it will sound different", name,
                 model->sample_rate, sample_rate);
    } else {
        diagnose(message, STATUS_OK, "%s: hidden size %d, %s", name, model_hidden(model),
                 isa_name(engine_isa(engine)));
    }
}

Status load_engine(Engine **engine, const char *path, double sample_rate, int channels,
                   Diagnostic *message) {
    *engine = NULL;
    Model *model = NULL;
    Status status = model_file_read(&model, path, message);
    if (status != STATUS_OK) {
        return status;
    }
    Diagnostic cause = {""};
    status = engine_new(engine, model, isa_best(), channels, &cause);
    if (status == STATUS_OK) {
        describe(*engine, model, path, sample_rate, message);
    } else {
        diagnose(message, status, "%s: %s", path, cause.text);
    }
    model_free(model);
    return status;
}
