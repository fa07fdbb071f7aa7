// SPDX-License-Identifier: ISC
// The mark of what the audio thread may call. A function type with this mark never allocates,
// locks, waits, makes a system call, prints, or loops without bound; clang 20 and later check it
// with -Wfunction-effects. Stands after the parameter list: `void f(int frames) REALTIME;`
#ifndef GRUFF_DSP_BASE_REALTIME_H
#define GRUFF_DSP_BASE_REALTIME_H

#if defined(__has_attribute)
#if __has_attribute(nonblocking)
#define REALTIME __attribute__((nonblocking))
#endif
#endif
#ifndef REALTIME
#define REALTIME
#endif

// Between these two, REALTIME functions may call what others wrote and promise to be fit for the
// audio thread without telling the compiler: a host's callbacks, JACK. Keep it to that one call.
#if defined(__clang__) && defined(__has_warning)
#if __has_warning("-Wfunction-effects")
#define REALTIME_TRUST_BEGIN                                                                       \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wfunction-effects\"")
#define REALTIME_TRUST_END _Pragma("clang diagnostic pop")
#endif
#endif
#ifndef REALTIME_TRUST_BEGIN
#define REALTIME_TRUST_BEGIN
#define REALTIME_TRUST_END
#endif

#endif
