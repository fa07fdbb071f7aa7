// SPDX-License-Identifier: ISC
#include <stdio.h>
#include <string.h>

#include "dsp/files/models/model_file.h"
#include "plugin/tool/output.h"
#include "plugin/tool/tool.h"

static Status set_text(char *to, const char *text, const char *what, Diagnostic *diagnostic) {
    if (!text) {
        return STATUS_OK;
    }
    if (strlen(text) >= MODEL_TEXT) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "the %s is longer than %d bytes", what,
                        MODEL_TEXT - 1);
    }
    snprintf(to, MODEL_TEXT, "%s", text);
    return STATUS_OK;
}

static Status set_texts(ModelInfo *info, const Arguments *arguments, Diagnostic *diagnostic) {
    Status status = set_text(info->name, arguments->name, "name", diagnostic);
    if (status == STATUS_OK) {
        status = set_text(info->author, arguments->author, "author", diagnostic);
    }
    return status == STATUS_OK ? set_text(info->license, arguments->license, "licence", diagnostic)
                               : status;
}

// Mends what the self-test names. A model whose test cannot be passed stays as it is only if no
// repair was asked for.
static Status repair(Model *model, const Arguments *arguments, Selftest *test,
                     Diagnostic *diagnostic) {
    Diagnostic cause = {""};
    Status status = selftest_run(test, model, arguments->isa, &cause);
    if (!arguments->repair) {
        return STATUS_OK; // a model that cannot be run here can be converted all the same
    }
    if (status != STATUS_OK) {
        return diagnose(diagnostic, status, "%.500s: %s", arguments->operands[0], cause.text);
    }
    if (test->frames == 0) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "%s: it has no self-test that could tell what to repair",
                        arguments->operands[0]);
    }
    if (!test->passed && !test->faults) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "%s: it is off by up to %.2g for no known reason; it cannot be repaired",
                        arguments->operands[0], test->max_abs);
    }
    selftest_repair(model, test->faults);
    return STATUS_OK;
}

// Whether AIDA-X can play it, as far as its shape tells: one GRU (with the reset gate after the
// product) or LSTM, one linear dense layer, at most two knobs.
static bool fits_aidax(const Model *model) {
    const Layer *first = &model->layers[0], *second = &model->layers[1];
    return model->layer_count == 2 && model->knobs <= 2 &&
           (first->kind == LAYER_GRU || first->kind == LAYER_LSTM) && second->kind == LAYER_DENSE &&
           second->activation == ACTIVATION_LINEAR;
}

static Status report(const Model *model, const Selftest *test, const Arguments *arguments,
                     Diagnostic *diagnostic) {
    bool mended = arguments->repair && test->faults;
    if (arguments->json) {
        Tree *object = tree_object();
        bool whole = tree_put_bool(object, "repaired", mended) &&
                     tree_put_bool(object, "aidax", fits_aidax(model)) &&
                     tree_put(object, "test", tool_describe_test(test));
        return tool_print_json(object, whole, diagnostic);
    }
    Diagnostic said;
    selftest_describe(test, &said);
    printf("%s: written%s\nself-test of the original: %s\n", arguments->operands[1],
           mended ? ", repaired" : "", said.text);
    if (!fits_aidax(model)) {
        printf(
            "AIDA-X cannot play it: it takes one GRU or LSTM, one linear dense layer and at most "
            "two knobs\n");
    }
    return STATUS_OK;
}

Status tool_convert(const Arguments *arguments, Diagnostic *diagnostic) {
    Model *model = NULL;
    Selftest test = {0};
    Status status = model_file_read(&model, arguments->operands[0], diagnostic);
    if (status == STATUS_OK) {
        status = repair(model, arguments, &test, diagnostic);
    }
    if (status == STATUS_OK) {
        status = set_texts(&model->info, arguments, diagnostic);
    }
    if (status == STATUS_OK) {
        status = model_file_write(model, arguments->operands[1], diagnostic);
    }
    if (status == STATUS_OK) {
        status = report(model, &test, arguments, diagnostic);
    }
    model_free(model);
    return status;
}
