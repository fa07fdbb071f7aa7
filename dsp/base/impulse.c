// SPDX-License-Identifier: ISC
#include "dsp/base/impulse.h"

#include "dsp/base/memory.h"

void impulse_clear(Impulse *impulse) {
    for (int c = 0; c < IMPULSE_MAX_CHANNELS; c++) {
        memory_free(impulse->samples[c]);
    }
    *impulse = (Impulse){0};
}
