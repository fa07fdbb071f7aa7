// SPDX-License-Identifier: ISC
#include "plugin/standalone/xdg_paths.h"

#include <stdio.h>
#include <stdlib.h>

static bool place(char *path, size_t size, const char *variable, const char *instead,
                  const char *name) {
    const char *folder = getenv(variable), *home = getenv("HOME");
    int length = -1;
    if (folder && folder[0] == '/') { // it does not count otherwise
        length = snprintf(path, size, "%s/gruff/%s", folder, name);
    } else if (home && home[0]) {
        length = snprintf(path, size, "%s/%s/gruff/%s", home, instead, name);
    }
    return length >= 0 && (size_t)length < size;
}

bool xdg_config_path(char *path, size_t size, const char *name) {
    return place(path, size, "XDG_CONFIG_HOME", ".config", name);
}

bool xdg_state_path(char *path, size_t size, const char *name) {
    return place(path, size, "XDG_STATE_HOME", ".local/state", name);
}
