// SPDX-License-Identifier: ISC
#include "plugin/backend/mute_stderr.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int mute_stderr_begin(void) {
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    int nowhere = memfd_create("gruff-stderr", MFD_CLOEXEC);
    if (nowhere >= 0) {
        dup2(nowhere, STDERR_FILENO);
        close(nowhere);
    }
    return kept;
}

void mute_stderr_end(int muted) {
    if (muted >= 0) {
        fflush(stderr);
        dup2(muted, STDERR_FILENO);
        close(muted);
    }
}
