// SPDX-License-Identifier: ISC
#include "dsp/impulse.h"

#include "dsp/memory.h"

void impulse_clear(Impulse *impulse) {
    for (int c = 0; c < IMPULSE_MAX_CHANNELS; c++) {
        memory_free(impulse->samples[c]);
    }
    *impulse = (Impulse){0};
}
