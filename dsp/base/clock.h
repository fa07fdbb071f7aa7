// SPDX-License-Identifier: ISC
// Clocks, in s, to take differences of. Any thread.
#ifndef GRUFF_DSP_BASE_CLOCK_H
#define GRUFF_DSP_BASE_CLOCK_H

#include "dsp/base/realtime.h"

// The time since some moment; setting the machine's clock does not move it.
double clock_now(void) REALTIME;

// The processor time that this thread has used: what other programs take does not count.
double clock_thread(void);

#endif
