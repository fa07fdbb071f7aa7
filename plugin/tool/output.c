// SPDX-License-Identifier: ISC
#include <math.h>
#include <stdio.h>

#include "dsp/memory.h"
#include "plugin/tool/tool.h"

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

double tool_energy_db(double ratio) {
    return 10.0 * log10(ratio);
}

double tool_amplitude_db(double amplitude) {
    return 20.0 * log10(amplitude);
}

bool tool_put_number(Tree *object, const char *key, double value) {
    return isfinite(value) ? tree_put_number(object, key, value) : tree_put_null(object, key);
}
