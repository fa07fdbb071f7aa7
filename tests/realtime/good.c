// SPDX-License-Identifier: ISC
// What the audio thread may do: the compiler must accept this file.
#include "dsp/base/realtime.h"
#include "dsp/chain/controls.h"

float level(float value) REALTIME;

float level(float value) REALTIME {
    return control_clamp(CONTROL_INPUT, value);
}
