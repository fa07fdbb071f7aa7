// SPDX-License-Identifier: ISC
#include "plugin/describe/describe.h"

#include <string.h>

bool describe_repeats(const OptionGroup *const *groups, const Option *option) {
    for (; *groups; groups++) {
        const Option *options = option_group_options(*groups);
        for (size_t i = 0; i < (*groups)->count; i++) {
            if (strcmp(options[i].name, option->name) == 0) {
                return &options[i] != option;
            }
        }
    }
    return false;
}
