// SPDX-License-Identifier: ISC
// What the system must allow for sound without gaps.
#ifndef GRUFF_PLUGIN_BACKEND_ADVICE_H
#define GRUFF_PLUGIN_BACKEND_ADVICE_H

#include "dsp/base/status.h"

// Keeps the process in memory where that is allowed, and tells in `advice` what is not allowed and
// how to get it; "" where all is. Main's thread, once all is loaded.
void advise_on_real_time(Diagnostic *advice);

#endif
