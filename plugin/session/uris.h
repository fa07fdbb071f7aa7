// SPDX-License-Identifier: ISC
// The URIs of the plugin, shared by its code and (later) its user interface, and the numbers that
// the host gave to those that messages need.
#ifndef GRUFF_PLUGIN_SESSION_URIS_H
#define GRUFF_PLUGIN_SESSION_URIS_H

#include <lv2/urid/urid.h>

#define GRUFF_URI "urn:gruff:amp"
#define GRUFF_STEREO_URI "urn:gruff:amp-stereo" // the same for two channels over one set of weights
#define GRUFF_MODEL_URI GRUFF_URI "#model"      // atom:Path, patch:writable: the model file
#define GRUFF_CABINET_URI GRUFF_URI "#cabinet"  // atom:Path, patch:writable: the impulse response
#define GRUFF_MODEL_DATA_URI GRUFF_URI "#modelData"     // atom:Chunk in saved state: its content
#define GRUFF_CABINET_DATA_URI GRUFF_URI "#cabinetData" // likewise
#define GRUFF_STATUS_URI GRUFF_URI "#status" // atom:String, patch:readable: how loading went

typedef struct Uris {
    LV2_URID atom_object, atom_blank, atom_chunk, atom_path, atom_sequence, atom_string, atom_urid;
    LV2_URID atom_float, atom_int;
    LV2_URID sample_rate, longest_block, nominal_block; // options
    LV2_URID patch_get, patch_set, patch_property, patch_value;
    LV2_URID files[2], contents[2]; // by FileKind
    LV2_URID status;
} Uris;

void uris_map(Uris *uris, LV2_URID_Map *map);

#endif
