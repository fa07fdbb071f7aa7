// SPDX-License-Identifier: ISC
// lilv saves and restores the state of plugin instances. Ours is a player that looks like one: its
// descriptor has nothing but the state extension, and its ports are the player's controls.
#include "plugin/standalone/presets.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/presets/presets.h>

#include "dsp/base/memory.h"
#include "dsp/base/number.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/whole_file.h"
#include "plugin/backend/mute_stderr.h"
#include "plugin/session/state.h"
#include "plugin/session/uris.h"
#include "plugin/standalone/bundle.h"
#include "plugin/standalone/urid_map.h"

enum { NAME = 128, SESSION_LIMIT = 64 << 20 };

typedef struct Preset {
    char name[NAME];
    LilvNode *node;
} Preset;

struct Presets {
    Notices *notices;
    UridMap urids;
    Uris uris;
    LV2_URID atom_int, atom_double, atom_bool;
    LilvWorld *world;
    const LilvPlugin *plugin;
    bool scanned; // all bundles, for presets
    Preset *list;
    int count;
    // While lilv saves or restores.
    Player *player;
    float values[CONTROL_COUNT];
    bool brings_model, names_oversampling; // what is restored
};

// ---- The player as an instance ----

static LV2_State_Status instance_save(LV2_Handle handle, LV2_State_Store_Function store,
                                      LV2_State_Handle state, uint32_t flags,
                                      const LV2_Feature *const *features) {
    (void)flags;
    (void)features; // paths stay whole: what is in the files is saved, too
    Presets *presets = handle;
    return state_save(player_loader(presets->player), &presets->uris, store, state, NULL);
}

static LV2_State_Status instance_restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
                                         LV2_State_Handle state, uint32_t flags,
                                         const LV2_Feature *const *features) {
    (void)flags;
    Presets *presets = handle;
    bool at_once = !player_runs(presets->player);
    size_t size = 0;
    uint32_t type = 0, stored = 0;
    presets->brings_model = retrieve(state, presets->uris.files[FILE_MODEL], &size, &type, &stored);
    return state_restore(player_loader(presets->player), &presets->uris, at_once, retrieve, state,
                         features);
}

static const void *instance_extension(const char *uri) {
    static const LV2_State_Interface interface = {instance_save, instance_restore};
    return strcmp(uri, LV2_STATE__interface) == 0 ? &interface : NULL;
}

static const LV2_Descriptor descriptor = {.URI = GRUFF_URI, .extension_data = instance_extension};

static const void *get_value(const char *symbol, void *data, uint32_t *size, uint32_t *type) {
    Presets *presets = data;
    ControlId id;
    *size = *type = 0;
    if (!control_find(symbol, &id)) {
        return NULL;
    }
    presets->values[id] = player_get(presets->player, id);
    *size = sizeof(float);
    *type = presets->uris.atom_float;
    return &presets->values[id];
}

static void set_value(const char *symbol, void *data, const void *value, uint32_t size,
                      uint32_t type) {
    Presets *presets = data;
    ControlId id;
    float number = 0.0f;
    if (!control_find(symbol, &id)) {
        return;
    }
    if (type == presets->uris.atom_float && size == sizeof(float)) {
        memcpy(&number, value, sizeof number);
    } else if (type == presets->atom_double && size == sizeof(double)) {
        double wide = 0.0;
        memcpy(&wide, value, sizeof wide);
        number = (float)wide;
    } else if ((type == presets->atom_int || type == presets->atom_bool) &&
               size == sizeof(int32_t)) {
        int32_t whole = 0;
        memcpy(&whole, value, sizeof whole);
        number = (float)whole;
    } else {
        return;
    }
    presets->names_oversampling |= id == CONTROL_OVERSAMPLING;
    player_set(presets->player, id, number);
}

static LilvState *take_state(Presets *presets, Player *player) {
    LilvInstance instance = {&descriptor, presets, NULL};
    presets->player = player;
    (void)lilv_plugin_get_num_ports(presets->plugin); // or lilv saves none of their values
    return lilv_state_new_from_instance(presets->plugin, &instance, &presets->urids.map, NULL, NULL,
                                        NULL, NULL, get_value, presets,
                                        LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE, NULL);
}

static void give_state(Presets *presets, const LilvState *state, Player *player) {
    LilvInstance instance = {&descriptor, presets, NULL};
    presets->player = player;
    presets->brings_model = presets->names_oversampling = false;
    lilv_state_restore(state, &instance, set_value, presets, 0, NULL);
    if (presets->brings_model && !presets->names_oversampling) { // written before there was any
        player_set(player, CONTROL_OVERSAMPLING, controls[CONTROL_OVERSAMPLING].initial);
    }
    player_refresh(player);
}

// ---- The list ----

// The plugin as the world knows it now: loading more bundles may have moved it.
static void look_up_plugin(Presets *presets) {
    LilvNode *uri = lilv_new_uri(presets->world, GRUFF_URI);
    presets->plugin = lilv_plugins_get_by_uri(lilv_world_get_all_plugins(presets->world), uri);
    lilv_node_free(uri);
}

static Status find_plugin(Presets *presets, const char *bundle, Diagnostic *diagnostic) {
    presets->world = lilv_world_new();
    if (!presets->world) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for presets");
    }
    LilvNode *folder = lilv_new_file_uri(presets->world, NULL, bundle);
    lilv_world_load_bundle(presets->world, folder);
    look_up_plugin(presets);
    lilv_node_free(folder);
    return presets->plugin
               ? STATUS_OK
               : diagnose(diagnostic, STATUS_CANNOT_READ,
                          "%.900s: describes no " GRUFF_URI "; install Gruff anew", bundle);
}

Status presets_new(Presets **presets, const char *bundle, Notices *notices,
                   Diagnostic *diagnostic) {
    Presets *made = memory_new(1, sizeof *made);
    *presets = NULL;
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for presets");
    }
    made->notices = notices;
    urid_map_begin(&made->urids);
    LV2_URID_Map *map = &made->urids.map;
    uris_map(&made->uris, map);
    made->atom_int = map->map(map->handle, LV2_ATOM__Int);
    made->atom_double = map->map(map->handle, LV2_ATOM__Double);
    made->atom_bool = map->map(map->handle, LV2_ATOM__Bool);
    Status status = find_plugin(made, bundle, diagnostic);
    if (status != STATUS_OK) {
        presets_free(made);
        return status;
    }
    *presets = made;
    return STATUS_OK;
}

static void forget(Presets *presets) {
    for (int i = 0; i < presets->count; i++) {
        lilv_node_free(presets->list[i].node);
    }
    memory_free(presets->list);
    presets->list = NULL;
    presets->count = 0;
}

void presets_free(Presets *presets) {
    if (presets) {
        forget(presets);
        lilv_world_free(presets->world);
        urid_map_clear(&presets->urids);
        memory_free(presets);
    }
}

static int by_name(const void *a, const void *b) {
    return strcasecmp(((const Preset *)a)->name, ((const Preset *)b)->name);
}

static void add(Presets *presets, const LilvNode *node) {
    LilvNode *label = lilv_new_uri(presets->world, LILV_NS_RDFS "label");
    lilv_world_load_resource(presets->world, node);
    LilvNode *name = lilv_world_get(presets->world, node, label, NULL);
    if (name) {
        Preset *preset = &presets->list[presets->count++];
        snprintf(preset->name, sizeof preset->name, "%s", lilv_node_as_string(name));
        preset->node = lilv_node_duplicate(node);
    }
    lilv_node_free(name);
    lilv_node_free(label);
}

static void scan(Presets *presets) {
    int muted = mute_stderr_begin(); // lilv tells of every plugin that it finds twice
    if (!presets->scanned) {
        lilv_world_load_all(presets->world);
        look_up_plugin(presets);
        presets->scanned = true;
    }
    LilvNode *kind = lilv_new_uri(presets->world, LV2_PRESETS__Preset);
    LilvNodes *nodes = lilv_plugin_get_related(presets->plugin, kind);
    forget(presets);
    presets->list = memory_new(lilv_nodes_size(nodes) + 1, sizeof *presets->list);
    LILV_FOREACH(nodes, i, nodes) {
        if (presets->list) {
            add(presets, lilv_nodes_get(nodes, i));
        }
    }
    if (presets->list) {
        qsort(presets->list, (size_t)presets->count, sizeof *presets->list, by_name);
    }
    lilv_nodes_free(nodes);
    lilv_node_free(kind);
    mute_stderr_end(muted);
}

int presets_count(Presets *presets) {
    if (presets && !presets->scanned) {
        scan(presets);
    }
    return presets ? presets->count : 0;
}

const char *presets_name(Presets *presets, int index) {
    return index >= 0 && index < presets_count(presets) ? presets->list[index].name : "";
}

// Whether `name` is the preset's, or what stands before or after the colon in it.
static bool is_called(const Preset *preset, const char *name) {
    const char *whole = preset->name, *colon = strchr(whole, ':');
    size_t head = colon ? (size_t)(colon - whole) : 0;
    return strcasecmp(name, whole) == 0 || strcmp(name, lilv_node_as_string(preset->node)) == 0 ||
           (head > 0 && strlen(name) == head && strncasecmp(name, whole, head) == 0) ||
           (colon && strcasecmp(name, colon + 1 + strspn(colon + 1, " ")) == 0);
}

int presets_find(Presets *presets, const char *name) {
    int count = presets_count(presets);
    double number = 0.0;
    for (int i = 0; i < count; i++) {
        if (is_called(&presets->list[i], name)) {
            return i;
        }
    }
    bool placed = number_read(name, &number) && number >= 1.0 && number <= count &&
                  number == floor(number);
    return placed ? (int)number - 1 : -1;
}

// ---- Using them ----

bool presets_apply(Presets *presets, int index, Player *player) {
    if (index < 0 || index >= presets_count(presets)) {
        return false;
    }
    const Preset *preset = &presets->list[index];
    LilvState *state = lilv_state_new_from_world(presets->world, &presets->urids.map, preset->node);
    if (!state) {
        notices_say(presets->notices, "the preset '%s' cannot be read", preset->name);
        return false;
    }
    give_state(presets, state, player);
    lilv_state_free(state);
    notices_say(presets->notices, "preset '%s'", preset->name);
    return true;
}

// The name of a file for `name`: letters and digits stay.
static void file_name(char *file, size_t size, const char *name) {
    size_t length = 0;
    for (; *name && length + 1 < size; name++) {
        file[length++] = isalnum((unsigned char)*name) ? *name : '-';
    }
    file[length] = '\0';
}

bool presets_save(Presets *presets, Player *player, const char *name) {
    char folder[BUNDLE_PATH], path[BUNDLE_PATH + NAME + 32], file[NAME], ttl[NAME + 8];
    if (!name[0] || !bundle_user_folder(folder)) {
        notices_say(presets->notices,
                    "the preset '%s' needs a name and a home folder to be saved in", name);
        return false;
    }
    file_name(file, sizeof file, name);
    snprintf(path, sizeof path, "%s/gruff-%s.preset.lv2/", folder, file);
    snprintf(ttl, sizeof ttl, "%s.ttl", file);
    LilvState *state = take_state(presets, player);
    if (state) {
        lilv_state_set_label(state, name);
    }
    int muted = mute_stderr_begin(); // it warns of absolute paths
    bool good = state && lilv_state_save(presets->world, &presets->urids.map, &presets->urids.unmap,
                                         state, NULL, path, ttl) == 0;
    mute_stderr_end(muted);
    lilv_state_free(state);
    if (!good) {
        notices_say(presets->notices, "the preset could not be saved in %.900s", path);
        return false;
    }
    LilvNode *bundle = lilv_new_file_uri(presets->world, NULL, path);
    (void)presets_count(presets); // all others first
    lilv_world_unload_bundle(presets->world, bundle);
    lilv_world_load_bundle(presets->world, bundle);
    lilv_node_free(bundle);
    scan(presets);
    notices_say(presets->notices, "preset '%s' saved", name);
    return true;
}

// ---- Sessions ----

Status presets_write_session(Presets *presets, Player *player, const char *path,
                             Diagnostic *diagnostic) {
    int muted = mute_stderr_begin(); // it warns of absolute paths
    LilvState *state = take_state(presets, player);
    char *text = state
                     ? lilv_state_to_string(presets->world, &presets->urids.map,
                                            &presets->urids.unmap, state, "urn:gruff:session", NULL)
                     : NULL;
    mute_stderr_end(muted);
    Status status = text ? atomic_file_write(path, text, strlen(text), diagnostic)
                         : diagnose(diagnostic, STATUS_CANNOT_WRITE,
                                    "%.900s: the session cannot be put into words", path);
    lilv_free(text);
    lilv_state_free(state);
    return status;
}

// Whether the text ends as a statement does: lilv takes what it can get of half a file.
static bool is_whole(const char *text, size_t length) {
    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        length--;
    }
    return length > 0 && text[length - 1] == '.';
}

static LilvState *state_of_text(Presets *presets, const char *text, size_t length) {
    int muted = mute_stderr_begin();
    LilvState *state = is_whole(text, length)
                           ? lilv_state_new_from_string(presets->world, &presets->urids.map, text)
                           : NULL;
    mute_stderr_end(muted);
    return state;
}

Status presets_read_session(Presets *presets, Player *player, const char *path,
                            Diagnostic *diagnostic) {
    char *text = NULL;
    size_t length = 0;
    Status status = whole_file_read(&text, &length, SESSION_LIMIT, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    LilvState *state = state_of_text(presets, text, length);
    memory_free(text);
    if (!state) {
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "%.900s: is broken; the last session is not restored", path);
    }
    give_state(presets, state, player);
    lilv_state_free(state);
    return STATUS_OK;
}
