// SPDX-License-Identifier: ISC
#include "plugin/tool/knobs.h"

#include <string.h>

#include "dsp/base/number.h"

// A knob by its name, or by its number from 1; -1 when there is none.
static int find_knob(const Model *model, const char *name, size_t length) {
    for (int i = 0; i < model->knobs; i++) {
        if (strlen(model->knob[i].name) == length &&
            strncmp(model->knob[i].name, name, length) == 0) {
            return i;
        }
    }
    return length == 1 && *name >= '1' && *name < '1' + model->knobs ? *name - '1' : -1;
}

// Reads "NAME=VALUE" or "NUMBER=VALUE".
static Status read_knob(const char *text, const Model *model, const char *path, int *knob,
                        float *value, Diagnostic *diagnostic) {
    const char *equals = strrchr(text, '=');
    int length = equals ? (int)(equals - text) : 0;
    double number = 0.0;
    if (!equals || !number_read(equals + 1, &number)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--knob takes NAME=VALUE, not '%s'", text);
    }
    *value = (float)number;
    *knob = find_knob(model, text, (size_t)length);
    if (*knob < 0) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%.300s: has no knob '%.*s'", path, length,
                        text);
    }
    const Knob *found = &model->knob[*knob];
    if (*value < found->minimum || *value > found->maximum) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "knob '%.*s' goes from %g to %g", length,
                        text, (double)found->minimum, (double)found->maximum);
    }
    return STATUS_OK;
}

Status knobs_read(Knobs *knobs, const Model *model, const Arguments *arguments,
                  Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    *knobs = (Knobs){0};
    for (int i = 0; status == STATUS_OK && i < arguments->knob_count; i++) {
        int knob = 0;
        float value = 0.0f;
        status = read_knob(arguments->knobs[i], model, arguments->operands[0], &knob, &value,
                           diagnostic);
        if (status == STATUS_OK) {
            knobs->given[knob] = true;
            knobs->value[knob] = value;
        }
    }
    return status;
}
