// SPDX-License-Identifier: ISC
// What the system must allow for sound without gaps.
#ifndef GRUFF_PLUGIN_BACKEND_ADVICE_H
#define GRUFF_PLUGIN_BACKEND_ADVICE_H

// Keeps the process in memory where that is allowed, and says on standard error what is not allowed
// and how to get it. Main's thread, once all is loaded.
void advise_on_real_time(void);

#endif
