// SPDX-License-Identifier: ISC
#include "plugin/session/uris.h"

#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/parameters/parameters.h>
#include <lv2/patch/patch.h>

void uris_map(Uris *uris, LV2_URID_Map *map) {
    uris->atom_object = map->map(map->handle, LV2_ATOM__Object);
    uris->atom_blank = map->map(map->handle, LV2_ATOM__Blank);
    uris->atom_path = map->map(map->handle, LV2_ATOM__Path);
    uris->atom_sequence = map->map(map->handle, LV2_ATOM__Sequence);
    uris->atom_string = map->map(map->handle, LV2_ATOM__String);
    uris->atom_urid = map->map(map->handle, LV2_ATOM__URID);
    uris->atom_float = map->map(map->handle, LV2_ATOM__Float);
    uris->atom_int = map->map(map->handle, LV2_ATOM__Int);
    uris->sample_rate = map->map(map->handle, LV2_PARAMETERS__sampleRate);
    uris->longest_block = map->map(map->handle, LV2_BUF_SIZE__maxBlockLength);
    uris->nominal_block = map->map(map->handle, LV2_BUF_SIZE__nominalBlockLength);
    uris->patch_get = map->map(map->handle, LV2_PATCH__Get);
    uris->patch_set = map->map(map->handle, LV2_PATCH__Set);
    uris->patch_property = map->map(map->handle, LV2_PATCH__property);
    uris->patch_value = map->map(map->handle, LV2_PATCH__value);
    uris->atom_chunk = map->map(map->handle, LV2_ATOM__Chunk);
    uris->files[0] = map->map(map->handle, GRUFF_MODEL_URI);
    uris->files[1] = map->map(map->handle, GRUFF_CABINET_URI);
    uris->contents[0] = map->map(map->handle, GRUFF_MODEL_DATA_URI);
    uris->contents[1] = map->map(map->handle, GRUFF_CABINET_DATA_URI);
    uris->status = map->map(map->handle, GRUFF_STATUS_URI);
}
