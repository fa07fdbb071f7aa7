// SPDX-License-Identifier: ISC
#include "plugin/backend/mute_stderr.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int hush_begin(void) {
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    int nowhere = memfd_create("gruff-hush", MFD_CLOEXEC);
    if (nowhere >= 0) {
        dup2(nowhere, STDERR_FILENO);
        close(nowhere);
    }
    return kept;
}

void hush_end(int hushed) {
    if (hushed >= 0) {
        fflush(stderr);
        dup2(hushed, STDERR_FILENO);
        close(hushed);
    }
}
