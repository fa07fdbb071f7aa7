// SPDX-License-Identifier: ISC
// The mark of what the audio thread may call. A function type with this mark never allocates,
// locks, waits, makes a system call, prints, or loops without bound; clang 20 and later check it
// with -Wfunction-effects. Stands after the parameter list: `void f(int frames) REALTIME;`
#ifndef GRUFF_DSP_REALTIME_H
#define GRUFF_DSP_REALTIME_H

#if defined(__has_attribute)
#if __has_attribute(nonblocking)
#define REALTIME __attribute__((nonblocking))
#endif
#endif
#ifndef REALTIME
#define REALTIME
#endif

#endif
