// SPDX-License-Identifier: ISC
#include "dsp/chain/control_options.h"

#include <stdio.h>

enum { HELP = 80 }; // bytes

static const char *describe(ControlId id, char *text) {
    const Control *control = &controls[id];
    char range[CONTROL_RANGE];
    snprintf(text, HELP, "%s, %s (%g)", control->name, control_range(id, range),
             (double)control->initial);
    return text;
}

Status control_values_read(ControlValues *values, ControlId id, const char *text,
                           Diagnostic *diagnostic) {
    Status status = control_read(id, text, &values->values[id], diagnostic);
    values->given[id] = values->given[id] || status == STATUS_OK;
    return status;
}

Status control_take_pair(void *place, const Option *option, const char *text,
                         Diagnostic *diagnostic) {
    (void)option;
    ControlValues *values = place;
    ControlId id;
    float value = 0.0f;
    Status status = control_read_pair(text, &id, &value, diagnostic);
    if (status == STATUS_OK) {
        values->values[id] = value;
        values->given[id] = true;
    }
    return status;
}

static Status take(void *place, const Option *option, const char *text, Diagnostic *diagnostic) {
    return control_values_read(place, (ControlId)option->index, text, diagnostic);
}

const Option *control_options(void) {
    static Option options[CONTROL_COUNT];
    static char helps[CONTROL_COUNT][HELP];
    for (int i = 0; i < CONTROL_COUNT; i++) {
        options[i] = (Option){
            .name = controls[i].symbol,
            .value = "VALUE",
            .take = take,
            .index = i,
            .help = describe((ControlId)i, helps[i]),
            .more = controls[i].help,
        };
    }
    return options;
}

const OptionWord *control_words(void) {
    static OptionWord words[CONTROL_COUNT + 1]; // the last one is their end
    static char helps[CONTROL_COUNT][HELP];
    for (int i = 0; i < CONTROL_COUNT; i++) {
        words[i] = (OptionWord){controls[i].symbol, i, describe((ControlId)i, helps[i])};
    }
    return words;
}
