// SPDX-License-Identifier: ISC
#include "dsp/base/impulse_response.h"

#include "dsp/base/memory.h"

void impulse_response_clear(ImpulseResponse *impulse) {
    for (int c = 0; c < IMPULSE_RESPONSE_MAX_CHANNELS; c++) {
        memory_free(impulse->samples[c]);
    }
    *impulse = (ImpulseResponse){0};
}
