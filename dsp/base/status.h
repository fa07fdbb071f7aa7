// SPDX-License-Identifier: ISC
// Status codes of fallible functions, and the human text that goes with one.
#ifndef GRUFF_DSP_BASE_STATUS_H
#define GRUFF_DSP_BASE_STATUS_H

// What a fallible function answers. STATUS_OK is zero, every other value is a failure.
typedef enum Status {
    STATUS_OK = 0,
    STATUS_NO_MEMORY,    // an allocation failed
    STATUS_BAD_ARGUMENT, // the caller asked for something impossible
    STATUS_CANNOT_READ,  // a file is missing, unreadable, or not of a readable kind
    STATUS_CANNOT_WRITE, // a file cannot be made, filled or renamed
    STATUS_BAD_MODEL,    // a model file is broken or has weights of the wrong size
    STATUS_UNSUPPORTED,  // well formed, but nothing that this build can run
    STATUS_BAD_AUDIO,    // audio that cannot be used: NaN, silence, too short, rates differ
    STATUS_DIVERGED,     // training found no usable weights
    STATUS_INTERRUPTED,  // stopped by the user
    STATUS_COUNT
} Status;

// The text for a person: what, where, why, what to do. One line of UTF-8, no newline at its end.
typedef struct Diagnostic {
    char text[1024];
} Diagnostic;

// A short constant name of `status`, for logs and tests. Any thread.
const char *status_name(Status status);

// Writes the formatted text into `diagnostic` (NULL is fine), control characters as spaces, '?'
// for what is not UTF-8, and returns `status`, so that a failing function can end in `return
// diagnose(...)`. Not for the audio thread.
Status diagnose(Diagnostic *diagnostic, Status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Adds the formatted text to the list in `diagnostic`, behind a comma unless it is the first. What
// does not fit is cut off. Not for the audio thread.
void diagnose_also(Diagnostic *diagnostic, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __clang_analyzer__
// It looks at one file at a time and must be told that the answer is the status given.
#define diagnose(diagnostic, status, ...)                                                          \
    ((void)diagnose(diagnostic, status, __VA_ARGS__), (status))
#endif

#endif
