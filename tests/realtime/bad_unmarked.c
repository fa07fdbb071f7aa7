// SPDX-License-Identifier: ISC
// Calls on the audio thread what is not marked for it: the compiler must reject this file.
#include "dsp/base/realtime.h"
#include "dsp/network/engine.h"

void swap(Engine *engine) REALTIME;

void swap(Engine *engine) REALTIME {
    engine_free(engine);
}
