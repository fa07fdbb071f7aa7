// SPDX-License-Identifier: ISC
#include "plugin/load.h"

#include <math.h>
#include <string.h>

#include "dsp/files/model_file.h"
#include "dsp/selftest.h"

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

// Adds to `message` how the file's own test went, and fills `warning` when it failed.
static void self_test(const Model *model, const char *path, Diagnostic *message,
                      Diagnostic *warning) {
    Selftest test;
    Diagnostic said = {""}, before = *message;
    if (selftest_run(&test, model, isa_best(), &said) != STATUS_OK) {
        diagnose(warning, STATUS_OK, "%.300s: its self-test could not be replayed: %s", path,
                 said.text);
    } else if (test.frames > 0 && test.passed) {
        diagnose(message, STATUS_OK, "%s, self-test passed (error %.1g)", before.text,
                 test.max_abs);
    } else if (test.frames > 0) {
        selftest_describe(&test, &said);
        diagnose(warning, STATUS_OK, "%.300s: self-test %s", path, said.text);
    }
}

Status load_engine(Engine **engine, const char *path, int channels, Diagnostic *message,
                   Diagnostic *warning) {
    *engine = NULL;
    *warning = (Diagnostic){""};
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
        self_test(model, path, message, warning);
    } else {
        diagnose(message, status, "%s: %s", path, cause.text);
    }
    model_free(model);
    return status;
}
