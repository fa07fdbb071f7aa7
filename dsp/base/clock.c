// SPDX-License-Identifier: ISC
#include "dsp/base/clock.h"

#include <time.h>

static double seconds(struct timespec time) REALTIME {
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// Linux answers this without a system call.
REALTIME_TRUST_BEGIN
double clock_now(void) REALTIME {
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return seconds(now);
}
REALTIME_TRUST_END

double clock_thread(void) {
    struct timespec used = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return seconds(used);
}
