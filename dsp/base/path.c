// SPDX-License-Identifier: ISC
#include "dsp/base/path.h"

#include <string.h>

const char *path_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
