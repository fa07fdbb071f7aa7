// SPDX-License-Identifier: ISC
// Saved state: the path of the model, as a path that the host may move with the session.
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/memory.h"
#include "plugin/lv2/amp.h"

static const void *feature(const LV2_Feature *const *features, const char *uri) {
    for (; features && *features; features++) {
        if (strcmp((*features)->URI, uri) == 0) {
            return (*features)->data;
        }
    }
    return NULL;
}

static void free_path(const LV2_Feature *const *features, char *path) {
    const LV2_State_Free_Path *freer = feature(features, LV2_STATE__freePath);
    if (freer) {
        freer->free_path(freer->handle, path);
    } else {
        free(path); // the host's allocation, as hosts without the feature expect
    }
}

LV2_State_Status amp_save(LV2_Handle handle, LV2_State_Store_Function store, LV2_State_Handle state,
                          uint32_t flags, const LV2_Feature *const *features) {
    (void)flags;
    Amp *amp = handle;
    const LV2_State_Map_Path *mapper = feature(features, LV2_STATE__mapPath);
    if (!amp->map) {
        return LV2_STATE_ERR_NO_FEATURE;
    }
    char *path = loader_path(amp->loader);
    if (!path) {
        return LV2_STATE_SUCCESS;
    }
    char *abstract = mapper ? mapper->abstract_path(mapper->handle, path) : NULL;
    const char *stored = abstract ? abstract : path;
    LV2_State_Status status = store(state, amp->uris.model, stored, strlen(stored) + 1,
                                    amp->uris.atom_path, LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
    if (abstract) {
        free_path(features, abstract);
    }
    memory_free(path);
    return status;
}

LV2_State_Status amp_restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
                             LV2_State_Handle state, uint32_t flags,
                             const LV2_Feature *const *features) {
    (void)flags;
    Amp *amp = handle;
    if (!amp->map) {
        return LV2_STATE_ERR_NO_FEATURE;
    }
    size_t size = 0;
    uint32_t type = 0;
    uint32_t value_flags = 0;
    const char *stored = retrieve(state, amp->uris.model, &size, &type, &value_flags);
    if (!stored) {
        return LV2_STATE_SUCCESS; // a state of controls only: the model stays
    }
    if ((type != amp->uris.atom_path && type != amp->uris.atom_string) ||
        !memchr(stored, 0, size)) {
        return LV2_STATE_ERR_BAD_TYPE;
    }
    const LV2_State_Map_Path *mapper = feature(features, LV2_STATE__mapPath);
    char *absolute = mapper ? mapper->absolute_path(mapper->handle, stored) : NULL;
    const char *path = absolute ? absolute : stored;
    // Hosts keep links to files that are not theirs. Without the real name every saving would put
    // one more link before the file.
    char real[PATH_MAX];
    bool at_once = !atomic_load(&amp->active);
    Status status = loader_load(amp->loader, realpath(path, real) ? real : path, at_once, true);
    if (absolute) {
        free_path(features, absolute);
    }
    return status == STATUS_OK ? LV2_STATE_SUCCESS : LV2_STATE_ERR_UNKNOWN;
}
