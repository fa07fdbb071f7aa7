// SPDX-License-Identifier: ISC
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "plugin/session/state.h"

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

static LV2_State_Status save_file(Loader *loader, const Uris *uris, FileKind kind,
                                  LV2_State_Store_Function store, LV2_State_Handle state,
                                  const LV2_State_Map_Path *mapper,
                                  const LV2_Feature *const *features) {
    const uint32_t flags = LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE;
    Content content;
    char *path = loader_saved(loader, kind, &content);
    if (!path) {
        return LV2_STATE_SUCCESS;
    }
    char *abstract = mapper ? mapper->abstract_path(mapper->handle, path) : NULL;
    const char *stored = abstract ? abstract : path;
    LV2_State_Status status = store(state, uris->files[kind], stored, strlen(stored) + 1,
                                    uris->atom_path, flags);
    if (status == LV2_STATE_SUCCESS && content.bytes) {
        status = store(state, uris->contents[kind], content.bytes, content.length, uris->atom_chunk,
                       flags);
    }
    if (abstract) {
        free_path(features, abstract);
    }
    content_clear(&content);
    memory_free(path);
    return status;
}

LV2_State_Status state_save(Loader *loader, const Uris *uris, LV2_State_Store_Function store,
                            LV2_State_Handle state, const LV2_Feature *const *features) {
    const LV2_State_Map_Path *mapper = feature(features, LV2_STATE__mapPath);
    LV2_State_Status status = LV2_STATE_SUCCESS;
    for (int k = 0; status == LV2_STATE_SUCCESS && k < FILE_KINDS; k++) {
        status = save_file(loader, uris, (FileKind)k, store, state, mapper, features);
    }
    return status;
}

static Content restore_content(const Uris *uris, FileKind kind,
                               LV2_State_Retrieve_Function retrieve, LV2_State_Handle state) {
    size_t size = 0;
    uint32_t type = 0;
    uint32_t flags = 0;
    const void *bytes = retrieve(state, uris->contents[kind], &size, &type, &flags);
    return bytes && type == uris->atom_chunk ? content_from_state(bytes, size) : (Content){0};
}

static LV2_State_Status restore_file(Loader *loader, const Uris *uris, FileKind kind, bool at_once,
                                     LV2_State_Retrieve_Function retrieve, LV2_State_Handle state,
                                     const LV2_Feature *const *features) {
    size_t size = 0;
    uint32_t type = 0;
    uint32_t flags = 0;
    const char *stored = retrieve(state, uris->files[kind], &size, &type, &flags);
    if (!stored) {
        return LV2_STATE_SUCCESS; // a state of controls only: what is there stays
    }
    if ((type != uris->atom_path && type != uris->atom_string) || !memchr(stored, 0, size)) {
        return LV2_STATE_ERR_BAD_TYPE;
    }
    const LV2_State_Map_Path *mapper = feature(features, LV2_STATE__mapPath);
    char *absolute = mapper ? mapper->absolute_path(mapper->handle, stored) : NULL;
    const char *path = absolute ? absolute : stored;
    // Hosts keep links to files that are not theirs. Without the real name every saving would put
    // one more link before the file.
    char real[PATH_MAX];
    Content content = restore_content(uris, kind, retrieve, state);
    Status status = loader_restore(loader, kind, realpath(path, real) ? real : path, &content,
                                   at_once);
    content_clear(&content);
    if (absolute) {
        free_path(features, absolute);
    }
    return status == STATUS_OK ? LV2_STATE_SUCCESS : LV2_STATE_ERR_UNKNOWN;
}

LV2_State_Status state_restore(Loader *loader, const Uris *uris, bool at_once,
                               LV2_State_Retrieve_Function retrieve, LV2_State_Handle state,
                               const LV2_Feature *const *features) {
    LV2_State_Status status = LV2_STATE_SUCCESS;
    for (int k = 0; k < FILE_KINDS;
         k++) { // one that fails does not keep the other from coming back
        LV2_State_Status one = restore_file(loader, uris, (FileKind)k, at_once, retrieve, state,
                                            features);
        status = status == LV2_STATE_SUCCESS ? one : status;
    }
    return status;
}
