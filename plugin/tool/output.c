// SPDX-License-Identifier: ISC
#include "plugin/tool/output.h"

#include <stdio.h>

#include "dsp/base/memory.h"
#include "dsp/files/models/model_file.h"

Status tool_print_json(Tree *object, bool whole, Diagnostic *diagnostic) {
    char *text = whole ? tree_print(object) : NULL;
    tree_free(object);
    if (!text) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to print the result");
    }
    fputs(text, stdout);
    memory_free(text);
    return STATUS_OK;
}

Status tool_read_model(Model **model, Selftest *test, const Arguments *arguments,
                       Diagnostic *diagnostic) {
    const char *path = arguments->operands[0];
    Diagnostic cause = {""};
    Status status = model_file_read(model, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    status = selftest_run(test, *model, arguments->isa, &cause);
    if (status != STATUS_OK) {
        model_free(*model);
        *model = NULL;
        return diagnose(diagnostic, status, "%.500s: %s", path, cause.text);
    }
    return STATUS_OK;
}

void tool_print_test(const Selftest *test) {
    Diagnostic said;
    if (test->frames > 0) {
        selftest_describe(test, &said);
        printf("The model's self-test: %s\n", said.text);
    }
}

Tree *tool_describe_test(const Selftest *test) {
    Tree *object = tree_object(), *faults = tree_array();
    bool whole = faults != NULL;
    for (int i = 0; whole && i < SELFTEST_FAULTS; i++) {
        const SelftestFaultNames *known = &selftest_faults[i];
        whole = !(test->faults & (unsigned)known->fault) ||
                tree_put_text(faults, NULL, known->name);
    }
    whole = tree_put(object, "faults", faults) && whole &&
            tree_put_integer(object, "frames", test->frames) &&
            tree_put_bool(object, "passed", test->passed) &&
            tree_put_finite(object, "max_abs", test->max_abs) &&
            tree_put_finite(object, "rms", test->rms);
    return tree_if_whole(object, whole);
}
