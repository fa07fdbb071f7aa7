// SPDX-License-Identifier: ISC
// How long a signal takes through the sound card, the device and back.
#ifndef GRUFF_PLUGIN_CAPTURE_LATENCY_H
#define GRUFF_PLUGIN_CAPTURE_LATENCY_H

#include <stddef.h>

#include "dsp/base/status.h"

// *latency becomes the number of samples, 0 to `longest`, by which received[frames + longest] lies
// behind sent[frames]: the place of the largest value of the linear system that fits the two best,
// whatever its sign. STATUS_BAD_AUDIO when there is no such place: something else came back.
Status latency_find(size_t *latency, const float *sent, const float *received, size_t frames,
                    size_t longest, Diagnostic *diagnostic);

#endif
