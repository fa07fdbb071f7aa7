// SPDX-License-Identifier: ISC
#include "plugin/standalone/places.h"

#include <stdio.h>
#include <stdlib.h>

bool place_of_config(char *path, size_t size, const char *name) {
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (config && config[0] == '/') { // it does not count otherwise
        length = snprintf(path, size, "%s/gruff/%s", config, name);
    } else if (home && home[0]) {
        length = snprintf(path, size, "%s/.config/gruff/%s", home, name);
    }
    return length >= 0 && (size_t)length < size;
}
