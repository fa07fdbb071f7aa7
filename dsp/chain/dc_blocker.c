// SPDX-License-Identifier: ISC
#include "dsp/chain/dc_blocker.h"

#include <math.h>

static const double corner = 5.0; // Hz

void dc_blocker_init(DcBlocker *blocker, double sample_rate) {
    *blocker = (DcBlocker){.coefficient = 1.0 - exp(-4.0 * asin(1.0) * corner / sample_rate)};
}

void dc_blocker_reset(DcBlocker *blocker) REALTIME {
    blocker->mean = 0.0;
}

void dc_blocker_run(DcBlocker *blocker, float *signal, const float *amount, int frames) REALTIME {
    double mean = blocker->mean;
    for (int i = 0; i < frames; i++) {
        mean += blocker->coefficient * ((double)signal[i] - mean);
        if (amount[i] != 0.0f) {
            signal[i] = (float)((double)signal[i] - (double)amount[i] * mean);
        }
    }
    blocker->mean = mean;
}
