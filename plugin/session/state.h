// SPDX-License-Identifier: ISC
// Saved state, as LV2 has it: the paths of model and cabinet, as paths that the host may move with
// the session, and what is in those files, so that the session plays without them.
#ifndef GRUFF_PLUGIN_SESSION_STATE_H
#define GRUFF_PLUGIN_SESSION_STATE_H

#include <stdbool.h>

#include <lv2/state/state.h>

#include "plugin/session/loader.h"
#include "plugin/session/uris.h"

// Stores the loader's files with `store`. Any thread but the audio thread.
LV2_State_Status state_save(Loader *loader, const Uris *uris, LV2_State_Store_Function store,
                            LV2_State_Handle state, const LV2_Feature *const *features);

// Loads what state_save stored; `at_once` only while nothing runs. What the state does not name
// stays.
LV2_State_Status state_restore(Loader *loader, const Uris *uris, bool at_once,
                               LV2_State_Retrieve_Function retrieve, LV2_State_Handle state,
                               const LV2_Feature *const *features);

#endif
