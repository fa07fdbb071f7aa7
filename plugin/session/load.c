// SPDX-License-Identifier: ISC
#include "plugin/session/load.h"

#include "dsp/base/path.h"
#include "dsp/files/audio/impulse_response_file.h"
#include "dsp/files/models/model_file.h"
#include "dsp/network/isa_choice.h"
#include "dsp/network/selftest.h"

// Adds to `message` how the file's own test went, and fills `warning` when it failed.
static void self_test(const Model *model, const char *path, Diagnostic *message,
                      Diagnostic *warning) {
    Selftest test;
    Diagnostic said = {""};
    if (selftest_run(&test, model, isa_best(), &said) != STATUS_OK) {
        diagnose(warning, STATUS_OK, "%.300s: its self-test could not be replayed: %s", path,
                 said.text);
    } else if (test.frames > 0 && test.passed) {
        diagnose_also(message, "self-test passed (error %.1g)", test.max_abs);
    } else if (test.frames > 0) {
        selftest_describe(&test, &said);
        diagnose(warning, STATUS_OK, "%.300s: self-test %s", path, said.text);
    }
}

static void describe_knobs(const Model *model, Diagnostic *message) {
    for (int i = 0; i < model->knobs; i++) {
        const Knob *knob = &model->knob[i];
        diagnose_also(message, "knob %d: %.40s (%g to %g, at %g)", i + 1,
                      knob->name[0] ? knob->name : "no name", (double)knob->minimum,
                      (double)knob->maximum, (double)knob->initial);
    }
}

static void describe(const Model *model, const char *path, Diagnostic *message,
                     Diagnostic *warning) {
    const char *name = model->info.name;
    diagnose(message, STATUS_OK, "%s: hidden size %d, %s", name[0] ? name : path_name(path),
             model_hidden(model), isa_name(isa_best()));
    describe_knobs(model, message);
    self_test(model, path, message, warning);
}

Status load_model(Model **model, const char *text, size_t length, const char *path,
                  Diagnostic *message, Diagnostic *warning) {
    Diagnostic said = {""};
    Status status = model_file_parse(model, text, length, path, message);
    if (status == STATUS_OK) {
        describe(*model, path, message, &said);
    }
    if (said.text[0]) { // beside what is there already
        Diagnostic before = *warning;
        diagnose(warning, STATUS_OK, "%s%s%s", said.text, before.text[0] ? "; " : "", before.text);
    }
    return status;
}

static void describe_rate(const ModelStage *stage, double sample_rate, Diagnostic *message) {
    if (model_stage_rate_mode(stage) == RATE_DELAYED) {
        diagnose_also(message, "made for %g Hz: at %g Hz its state is delayed",
                      model_stage_model_rate(stage), sample_rate);
    } else if (model_stage_rate_mode(stage) == RATE_RESAMPLED) {
        diagnose_also(message,
                      "made for %g Hz: at %g Hz it is resampled, %d samples of latency, fewer when "
                      "oversampled",
                      model_stage_model_rate(stage), sample_rate, model_stage_latency(stage));
    }
}

Status load_stage(ModelStage **stage, const Model *model, const char *path, double sample_rate,
                  int channels, Diagnostic *message) {
    Diagnostic cause = {""};
    Status status = model_stage_new(stage, model, isa_best(), sample_rate, channels, &cause);
    if (status != STATUS_OK) {
        return diagnose(message, status, "%.500s: %s", path, cause.text);
    }
    describe_rate(*stage, sample_rate, message);
    return STATUS_OK;
}

Status load_cabinet_of(Cabinet **cabinet, const ImpulseResponse *impulse, const char *path,
                       double sample_rate, int channels, Diagnostic *message) {
    Diagnostic cause = {""};
    Status status = cabinet_new(cabinet, impulse, sample_rate, channels, &cause);
    if (status != STATUS_OK) {
        return diagnose(message, status, "%.500s: %s", path, cause.text);
    }
    if (impulse) {
        diagnose(message, STATUS_OK, "cabinet %.300s: %.0f ms", path_name(path),
                 1e3 * cabinet_frames(*cabinet) / sample_rate);
        if (cabinet_sounding(*cabinet)) {
            bool left = cabinet_sounding(*cabinet) == 1;
            diagnose_also(message, "its %s channel is silent: the %s one is used",
                          left ? "right" : "left", left ? "left" : "right");
        }
    } else {
        diagnose(message, STATUS_OK, "no cabinet");
    }
    return STATUS_OK;
}

Status load_cabinet(Cabinet **cabinet, const char *path, double sample_rate, int channels,
                    Diagnostic *message) {
    *cabinet = NULL;
    ImpulseResponse impulse = {0};
    Status status = path[0] ? impulse_response_file_read(&impulse, path, message) : STATUS_OK;
    if (status == STATUS_OK) {
        status = load_cabinet_of(cabinet, path[0] ? &impulse : NULL, path, sample_rate, channels,
                                 message);
    }
    impulse_response_clear(&impulse);
    return status;
}
