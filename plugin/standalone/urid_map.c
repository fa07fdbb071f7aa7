// SPDX-License-Identifier: ISC
#include "plugin/standalone/urid_map.h"

#include <string.h>

#include "dsp/base/memory.h"

static LV2_URID number_of(LV2_URID_Map_Handle handle, const char *uri) {
    UridMap *map = handle;
    for (uint32_t i = 0; i < map->count; i++) {
        if (strcmp(map->uris[i], uri) == 0) {
            return i + 1;
        }
    }
    char *copy = map->count < URID_MAP_MOST ? memory_new(strlen(uri) + 1, 1) : NULL;
    if (!copy) {
        return 0;
    }
    strcpy(copy, uri);
    map->uris[map->count++] = copy;
    return map->count;
}

static const char *uri_of(LV2_URID_Unmap_Handle handle, LV2_URID number) {
    const UridMap *map = handle;
    return number > 0 && number <= map->count ? map->uris[number - 1] : NULL;
}

void urid_map_begin(UridMap *map) {
    *map = (UridMap){.map = {map, number_of}, .unmap = {map, uri_of}};
}

void urid_map_clear(UridMap *map) {
    for (uint32_t i = 0; i < map->count; i++) {
        memory_free(map->uris[i]);
    }
    map->count = 0;
}
