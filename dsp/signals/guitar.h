// SPDX-License-Identifier: ISC
// An electric guitar: six plucked strings (Karplus and Strong 1983, extended as by Jaffe and Smith
// 1983: tuned by a fractional delay, plucked at a point, dulled by a soft stroke or a palm), each
// heard by a magnetic pickup at one place of the string, and the pickup's own resonance.
#ifndef GRUFF_DSP_SIGNALS_GUITAR_H
#define GRUFF_DSP_SIGNALS_GUITAR_H

#include <stddef.h>
#include <stdint.h>

#include "dsp/base/status.h"
#include "dsp/signals/score.h"

// Plays `score` into `frames` samples at `rate` Hz, scaled so that its largest peak is `peak`,
// over a noise floor of about -96 dB. The same seed gives the same samples.
Status guitar_play(float *out, size_t frames, double rate, const Score *score, double peak,
                   uint64_t seed, Diagnostic *diagnostic);

#endif
