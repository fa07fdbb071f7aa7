// SPDX-License-Identifier: ISC
#include "plugin/capture/take.h"

#include <math.h>
#include <string.h>

static void listen(Take *take, float sample) REALTIME {
    float size = fabsf(sample);
    if (size > atomic_load(&take->peak)) {
        atomic_store(&take->peak, size);
    }
    if (size > atomic_load(&take->loudest)) {
        atomic_store(&take->loudest, size);
    }
    if (size >= TAKE_CLIP) {
        atomic_fetch_add(&take->clipped, 1);
    }
}

void take_run(void *data, float *const *out, const float *const *in, int frames) REALTIME {
    Take *take = data;
    if (!atomic_load(&take->begun)) {
        memset(out[0], 0, (size_t)frames * sizeof *out[0]);
        return;
    }
    size_t done = atomic_load(&take->done);
    for (int i = 0; i < frames; i++) {
        float next = 0.0f;
        if (take->led < take->lead) {
            take->led++;
        } else if (done < take->room) {
            next = done < take->frames ? take->played[done] : 0.0f;
            take->recorded[done++] = in[0][i];
            listen(take, in[0][i]);
        }
        out[0][i] = next;
    }
    atomic_store(&take->done, done);
}
