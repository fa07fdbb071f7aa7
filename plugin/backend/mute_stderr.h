// SPDX-License-Identifier: ISC
// Libraries print what they tried on the way; ours are the only lines that count.
#ifndef GRUFF_PLUGIN_BACKEND_MUTE_STDERR_H
#define GRUFF_PLUGIN_BACKEND_MUTE_STDERR_H

// Between the two, standard error goes nowhere. Main's thread, not nested. Answers what
// mute_stderr_end takes; does nothing where the system has no way.
int mute_stderr_begin(void);
void mute_stderr_end(int muted);

#endif
