// SPDX-License-Identifier: ISC
// Numbers for URIs, as LV2 wants them of a host.
#ifndef GRUFF_PLUGIN_STANDALONE_URID_MAP_H
#define GRUFF_PLUGIN_STANDALONE_URID_MAP_H

#include <lv2/urid/urid.h>

enum { URID_MAP_MOST = 256 };

// urid_map_begin fills it in; it then stays where it is.
typedef struct UridMap {
    char *uris[URID_MAP_MOST]; // of the numbers from 1
    uint32_t count;
    LV2_URID_Map map; // 0 for a URI beyond the room, or when memory is short
    LV2_URID_Unmap unmap;
} UridMap;

void urid_map_begin(UridMap *map);
void urid_map_clear(UridMap *map);

#endif
