// SPDX-License-Identifier: ISC
// What frequencies a sound holds from moment to moment.
#ifndef GRUFF_TRAINING_REPORT_SPECTROGRAM_H
#define GRUFF_TRAINING_REPORT_SPECTROGRAM_H

#include <stddef.h>

#include "dsp/base/status.h"

enum { SPECTROGRAM_COLUMNS = 340, SPECTROGRAM_ROWS = 120 };

#define SPECTROGRAM_LOW 50.0     // Hz: where the lowest row begins
#define SPECTROGRAM_FLOOR -160.0 // dB: no level is lower

// levels[SPECTROGRAM_ROWS * SPECTROGRAM_COLUMNS], row after row from the lowest frequency on: the
// highest level in dB of a full-scale sine. Rows divide the frequencies from SPECTROGRAM_LOW to
// half of `rate` evenly by their logarithm, columns the samples[frames] evenly. Hann windows of
// 43 ms.
Status spectrogram_make(double *levels, const float *samples, size_t frames, double rate,
                        Diagnostic *diagnostic);

#endif
