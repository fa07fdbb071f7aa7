// SPDX-License-Identifier: ISC
// Which models an engine can run.
#ifndef GRUFF_DSP_NETWORK_ENGINE_CHECK_H
#define GRUFF_DSP_NETWORK_ENGINE_CHECK_H

#include "dsp/base/status.h"
#include "dsp/network/model.h"

// Held to this, finite input cannot overflow inside; audio is a million times smaller.
#define ENGINE_MAX_INPUT 1e6f

// What model_check says, and STATUS_UNSUPPORTED for gains, states and a settling that cannot be
// run.
Status engine_check_model(const Model *model, Diagnostic *diagnostic);

#endif
