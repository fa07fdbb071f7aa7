// SPDX-License-Identifier: ISC
// Messages by themselves: what is read of an atom, and what fits into the notify port.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>

#include "plugin/lv2/messages.h"

// ---- A host's numbers and atoms ----

static const char *known[64];
static Uris uris;

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char *uri) {
    (void)handle;
    LV2_URID i = 0;
    for (; i < 63 && known[i] && strcmp(known[i], uri) != 0; i++) {
    }
    known[i] = uri;
    return i + 1;
}

static LV2_URID_Map map = {NULL, map_uri};
static uint8_t buffer[4096];
static LV2_Atom_Forge forge;

static int setup(void **state) {
    (void)state;
    uris_map(&uris, &map);
    lv2_atom_forge_init(&forge, &map);
    memset(buffer, 0, sizeof buffer);
    lv2_atom_forge_set_buffer(&forge, buffer, sizeof buffer);
    return 0;
}

// A patch:Set of `property` to `size` bytes of text as an atom of type `type`.
static Request read_set(LV2_URID property, LV2_URID type, const char *text, uint32_t size) {
    LV2_Atom_Forge_Frame frame;
    setup(NULL);
    lv2_atom_forge_object(&forge, &frame, 0, uris.patch_set);
    lv2_atom_forge_key(&forge, uris.patch_property);
    lv2_atom_forge_urid(&forge, property);
    lv2_atom_forge_key(&forge, uris.patch_value);
    lv2_atom_forge_atom(&forge, size, type);
    lv2_atom_forge_write(&forge, text, size);
    lv2_atom_forge_pop(&forge, &frame);
    return request_read(&uris, (const LV2_Atom *)buffer);
}

static Request read_get(LV2_URID property) {
    LV2_Atom_Forge_Frame frame;
    setup(NULL);
    lv2_atom_forge_object(&forge, &frame, 0, uris.patch_get);
    if (property) {
        lv2_atom_forge_key(&forge, uris.patch_property);
        lv2_atom_forge_urid(&forge, property);
    }
    lv2_atom_forge_pop(&forge, &frame);
    return request_read(&uris, (const LV2_Atom *)buffer);
}

// ---- Tests ----

static void a_set_of_a_file_is_read(void **state) {
    (void)state;
    for (int k = 0; k < 2; k++) {
        for (int string = 0; string < 2; string++) { // some hosts send that
            LV2_URID type = string ? uris.atom_string : uris.atom_path;
            Request request = read_set(uris.files[k], type, "/a", 3);
            assert_int_equal(request.kind, REQUEST_SET_FILE);
            assert_int_equal(request.property, uris.files[k]);
            assert_string_equal(request.path, "/a");
        }
    }
}

static void what_is_no_path_is_not_taken(void **state) {
    (void)state;
    LV2_URID file = uris.files[0];
    assert_int_equal(read_set(file, uris.atom_path, "/ab", 3).kind, REQUEST_NONE); // without a zero
    assert_int_equal(read_set(file, uris.atom_path, "", 0).kind, REQUEST_NONE);
    assert_int_equal(read_set(file, uris.atom_urid, "/a", 3).kind, REQUEST_NONE);
    assert_int_equal(read_set(uris.status, uris.atom_string, "/a", 3).kind, REQUEST_NONE);
    assert_int_equal(read_set(0, uris.atom_path, "/a", 3).kind, REQUEST_NONE);
}

static void a_get_is_of_one_property_or_all(void **state) {
    (void)state;
    Request request = read_get(0);
    assert_int_equal(request.kind, REQUEST_GET);
    assert_int_equal(request.property, 0);
    request = read_get(uris.status);
    assert_int_equal(request.kind, REQUEST_GET);
    assert_int_equal(request.property, uris.status);
}

// A property is named by its URID, whatever else has as many bytes.
static void what_is_no_property_is_not_taken(void **state) {
    (void)state;
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_object(&forge, &frame, 0, uris.patch_get);
    lv2_atom_forge_key(&forge, uris.patch_property);
    lv2_atom_forge_int(&forge, (int32_t)uris.status);
    lv2_atom_forge_pop(&forge, &frame);
    assert_int_equal(request_read(&uris, (const LV2_Atom *)buffer).kind, REQUEST_NONE);
}

// Before atom:Object there was atom:Blank.
static void objects_of_old_hosts_are_read(void **state) {
    (void)state;
    (void)read_get(uris.status);
    ((LV2_Atom *)buffer)->type = uris.atom_blank;
    Request request = request_read(&uris, (const LV2_Atom *)buffer);
    assert_int_equal(request.kind, REQUEST_GET);
    assert_int_equal(request.property, uris.status);
}

static void other_atoms_are_not_for_us(void **state) {
    (void)state;
    LV2_Atom_Object object = {{sizeof object.body, uris.atom_object}, {0, uris.atom_path}};
    assert_int_equal(request_read(&uris, &object.atom).kind, REQUEST_NONE);
    object.body.otype = uris.patch_get;
    object.atom.type = uris.atom_string;
    assert_int_equal(request_read(&uris, &object.atom).kind, REQUEST_NONE);
    object.atom = (LV2_Atom){4, uris.atom_object}; // too short for an object
    assert_int_equal(request_read(&uris, &object.atom).kind, REQUEST_NONE);
}

// A port of just the room that one message takes holds one, byte for byte; with less it is empty.
static void what_does_not_fit_is_not_written(void **state) {
    (void)state;
    static const char *const texts[] = {"", "/model.json", "/a/path/that/is/longer/by/some/bytes"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        uint32_t needed = 0;
        for (uint32_t capacity = 8; capacity < 400; capacity++) {
            LV2_Atom_Sequence *sequence = (LV2_Atom_Sequence *)buffer;
            memset(buffer, 0x55, sizeof buffer);
            sequence->atom.size = capacity;
            assert_int_equal(sequence_begin(&uris, sequence), capacity);
            assert_int_equal(sequence->atom.size, sizeof sequence->body);
            bool fits = sequence_set(&uris, sequence, capacity, uris.status, uris.atom_string,
                                     texts[t]);
            assert_true(sequence->atom.size <= capacity);
            for (size_t i = sizeof sequence->atom + capacity; i < sizeof buffer; i++) {
                assert_int_equal(buffer[i], 0x55); // nothing beyond the port
            }
            needed = fits && !needed ? capacity : needed;
            assert_int_equal(fits, needed != 0);
            assert_int_equal(sequence->atom.size, fits ? needed : sizeof sequence->body);
        }
        assert_true(needed > 0);
    }
}

static void a_message_is_what_a_host_reads(void **state) {
    (void)state;
    LV2_Atom_Sequence *sequence = (LV2_Atom_Sequence *)buffer;
    sequence->atom.size = sizeof buffer - sizeof sequence->atom;
    uint32_t capacity = sequence_begin(&uris, sequence);
    assert_true(sequence_set(&uris, sequence, capacity, uris.files[1], uris.atom_path, "/cabinet"));
    assert_true(sequence_set(&uris, sequence, capacity, uris.status, uris.atom_string, "fine"));
    const struct {
        LV2_URID property;
        const char *text;
    } sent[3] = {{uris.files[1], "/cabinet"}, {uris.status, "fine"}, {0, ""}}, *next = sent;
    LV2_ATOM_SEQUENCE_FOREACH(sequence, event) {
        const LV2_Atom_Object *object = (const LV2_Atom_Object *)&event->body;
        const LV2_Atom *property = NULL, *value = NULL;
        assert_int_equal(event->time.frames, 0);
        assert_int_equal(object->body.otype, uris.patch_set);
        lv2_atom_object_get(object, uris.patch_property, &property, uris.patch_value, &value, 0);
        assert_non_null(property);
        assert_non_null(value);
        assert_int_equal(((const LV2_Atom_URID *)property)->body, next->property);
        assert_int_equal(value->size, strlen(next->text) + 1);
        assert_string_equal((const char *)LV2_ATOM_BODY_CONST(value), next->text);
        next++;
    }
    assert_ptr_equal(next, sent + 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_set_of_a_file_is_read, setup),
        cmocka_unit_test_setup(what_is_no_path_is_not_taken, setup),
        cmocka_unit_test_setup(a_get_is_of_one_property_or_all, setup),
        cmocka_unit_test_setup(what_is_no_property_is_not_taken, setup),
        cmocka_unit_test_setup(objects_of_old_hosts_are_read, setup),
        cmocka_unit_test_setup(other_atoms_are_not_for_us, setup),
        cmocka_unit_test_setup(what_does_not_fit_is_not_written, setup),
        cmocka_unit_test_setup(a_message_is_what_a_host_reads, setup),
    };
    return cmocka_run_group_tests_name("lv2 messages", tests, NULL, NULL);
}
