// SPDX-License-Identifier: ISC
// Allocates on the audio thread: the compiler must reject this file, and where it is told not to,
// the sanitizer must stop the program.
#include <stdlib.h>

#include "dsp/base/realtime.h"

static void *buffer(int frames) REALTIME;

static void *buffer(int frames) REALTIME {
    return malloc((unsigned)frames * sizeof(float));
}

int main(int argc, char **argv) {
    (void)argv;
    void *memory = buffer(argc);
    free(memory);
    return memory == NULL;
}
