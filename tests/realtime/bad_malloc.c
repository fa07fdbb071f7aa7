// SPDX-License-Identifier: ISC
// Allocates on the audio thread: the compiler must reject this file.
#include <stdlib.h>

#include "dsp/realtime.h"

void *buffer(int frames) REALTIME;

void *buffer(int frames) REALTIME {
    return malloc((unsigned)frames * sizeof(float));
}
