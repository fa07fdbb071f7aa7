// SPDX-License-Identifier: ISC
// What a shell shows of its work: how much of the time it takes, and how loud it is. Audio
// thread.
#ifndef GRUFF_DSP_CHAIN_METERS_H
#define GRUFF_DSP_CHAIN_METERS_H

#include "dsp/base/realtime.h"

#define METER_FLOOR (-90.0f) // dB

// The load in %, from what it was, after a block that lasts `seconds` took `used` s: it rises at
// once and falls within a second.
float meter_load(float load, double used, double seconds) REALTIME;

// The largest size among the samples; what is no number, or beyond 1e6, does not count.
float meter_largest(const float *samples, int frames) REALTIME;

// That in dB, at least METER_FLOOR.
float meter_decibels(float size) REALTIME;

// The peak in dB, from what it was, after `frames` more samples that last `seconds`; falls by 20 dB
// in a second.
float meter_peak(float peak, const float *samples, int frames, double seconds) REALTIME;

#endif
