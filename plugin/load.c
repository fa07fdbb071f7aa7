// SPDX-License-Identifier: ISC
#include "plugin/load.h"

#include <math.h>
#include <string.h>

#include "dsp/files/model_file.h"
#include "dsp/selftest.h"

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

Status load_model(Model **model, const char *path, Diagnostic *message, Diagnostic *warning) {
    *warning = (Diagnostic){""};
    Status status = model_file_read(model, path, message);
    if (status == STATUS_OK) {
        const char *name = (*model)->info.name;
        diagnose(message, STATUS_OK, "%s: hidden size %d, %s", name[0] ? name : file_name(path),
                 model_hidden(*model), isa_name(isa_best()));
        self_test(*model, path, message, warning);
    }
    return status;
}

static void warn_of_rate(const Voice *voice, double sample_rate, Diagnostic *warning) {
    double rate = voice_model_rate(voice);
    if (rate > 0.0 && fabs(rate - sample_rate) > 0.5) {
        Diagnostic before = *warning;
        diagnose(warning, STATUS_OK,
                 "the model was made for %g Hz, but the session runs at %g Hz: it will sound "
                 "different%s%s",
                 rate, sample_rate, before.text[0] ? "; " : "", before.text);
    }
}

Status load_voice(Voice **voice, const Model *model, const char *path, double sample_rate,
                  int channels, Diagnostic *message, Diagnostic *warning) {
    Diagnostic cause = {""};
    Status status = voice_new(voice, model, isa_best(), sample_rate, channels, &cause);
    if (status != STATUS_OK) {
        return diagnose(message, status, "%.500s: %s", path, cause.text);
    }
    warn_of_rate(*voice, sample_rate, warning);
    return STATUS_OK;
}
