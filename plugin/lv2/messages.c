// SPDX-License-Identifier: ISC
#include "plugin/lv2/messages.h"

#include <string.h>

#include <lv2/atom/util.h>

// The value of `key` in an object, or NULL. Never looks beyond the object.
static const LV2_Atom *object_get(const LV2_Atom_Object *object, LV2_URID key) REALTIME {
    LV2_ATOM_OBJECT_FOREACH(object, property) {
        if (property->key == key) {
            return &property->value;
        }
    }
    return NULL;
}

static const char *text_of(const LV2_Atom *atom) REALTIME {
    const char *text = LV2_ATOM_BODY_CONST(atom);
    return atom->size > 0 && memchr(text, 0, atom->size) ? text : NULL;
}

Request request_read(const Uris *uris, const LV2_Atom *atom) REALTIME {
    Request none = {REQUEST_NONE, 0, NULL};
    if ((atom->type != uris->atom_object && atom->type != uris->atom_blank) ||
        atom->size < sizeof(LV2_Atom_Object_Body)) {
        return none;
    }
    const LV2_Atom_Object *object = (const LV2_Atom_Object *)atom;
    const LV2_Atom *property = object_get(object, uris->patch_property);
    LV2_URID wanted = 0;
    if (property) {
        if (property->type != uris->atom_urid || property->size != sizeof(LV2_URID)) {
            return none;
        }
        memcpy(&wanted, LV2_ATOM_BODY_CONST(property), sizeof wanted);
    }
    if (object->body.otype == uris->patch_get) {
        return (Request){REQUEST_GET, wanted, NULL};
    }
    bool file = wanted && (wanted == uris->files[0] || wanted == uris->files[1]);
    if (object->body.otype == uris->patch_set && file) {
        const LV2_Atom *value = object_get(object, uris->patch_value);
        bool text = value && (value->type == uris->atom_path || value->type == uris->atom_string);
        const char *path = text ? text_of(value) : NULL;
        return path ? (Request){REQUEST_SET_FILE, wanted, path} : none;
    }
    return none;
}

uint32_t sequence_begin(const Uris *uris, LV2_Atom_Sequence *sequence) REALTIME {
    uint32_t capacity = sequence->atom.size;
    sequence->atom.type = uris->atom_sequence;
    sequence->atom.size = sizeof(LV2_Atom_Sequence_Body);
    sequence->body.unit = 0; // frames
    sequence->body.pad = 0;
    return capacity;
}

// A whole patch:Set event but for the text at its end.
typedef struct SetEvent {
    LV2_Atom_Event event;
    LV2_Atom_Object_Body object;
    LV2_Atom_Property_Body property;
    LV2_URID property_value;
    uint32_t pad;
    LV2_Atom_Property_Body value;
} SetEvent;

bool sequence_set(const Uris *uris, LV2_Atom_Sequence *sequence, uint32_t capacity,
                  LV2_URID property, LV2_URID type, const char *text) REALTIME {
    uint32_t length = (uint32_t)strlen(text) + 1;
    uint32_t padded = lv2_atom_pad_size(length);
    uint32_t size = (uint32_t)sizeof(SetEvent) + padded;
    if (capacity < sequence->atom.size || capacity - sequence->atom.size < size) {
        return false;
    }
    SetEvent head = {
        .event.time.frames = 0,
        .event.body = {size - (uint32_t)sizeof(LV2_Atom_Event), uris->atom_object},
        .object = {0, uris->patch_set},
        .property = {uris->patch_property, 0, {sizeof(LV2_URID), uris->atom_urid}},
        .property_value = property,
        .value = {uris->patch_value, 0, {length, type}},
    };
    char *to = (char *)&sequence->body + sequence->atom.size;
    memset(to + size - 8, 0, 8); // the padding
    memcpy(to, &head, sizeof head);
    memcpy(to + sizeof head, text, length);
    sequence->atom.size += size;
    return true;
}
