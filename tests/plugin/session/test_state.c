// SPDX-License-Identifier: ISC
// Saved state as LV2 has it: what is stored, under which paths, and what comes back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <lv2/atom/atom.h>

#include "dsp/files/models/model_file.h"
#include "plugin/session/state.h"
#include "tests/rig/scratch.h"

enum { RATE = 48000, MOST_URIS = 64, MOST_BYTES = 1 << 16 };

// ---- A host: numbers for URIs, a state of a few values, paths that it moves ----

static const char *uris_known[MOST_URIS];
static Uris uris;

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char *uri) {
    (void)handle;
    LV2_URID i = 0;
    for (; i < MOST_URIS && uris_known[i] && strcmp(uris_known[i], uri) != 0; i++) {
    }
    assert_true(i < MOST_URIS);
    uris_known[i] = uri;
    return i + 1;
}

typedef struct Value {
    uint32_t key, type, flags;
    size_t size;
    char bytes[MOST_BYTES];
} Value;

static Value values[4];

static Value *find(uint32_t key) {
    for (int i = 0; i < 4; i++) {
        if (values[i].key == key) {
            return &values[i];
        }
    }
    return NULL;
}

// One that must be there.
static Value *stored(uint32_t key) {
    Value *value = find(key);
    assert_non_null(value);
    return value ? value : &values[0];
}

static LV2_State_Status store(LV2_State_Handle handle, uint32_t key, const void *value, size_t size,
                              uint32_t type, uint32_t flags) {
    (void)handle;
    assert_null(find(key));
    assert_true(size <= MOST_BYTES);
    Value *free_one = stored(0);
    *free_one = (Value){.key = key, .type = type, .flags = flags, .size = size};
    memcpy(free_one->bytes, value, size);
    return LV2_STATE_SUCCESS;
}

static const void *retrieve(LV2_State_Handle handle, uint32_t key, size_t *size, uint32_t *type,
                            uint32_t *flags) {
    (void)handle;
    const Value *value = find(key);
    if (!value) {
        return NULL;
    }
    *size = value->size;
    *type = value->type;
    *flags = value->flags;
    return value->bytes;
}

static int freed;
static char moved_to[512]; // where the session's folder is now

static char *copy(const char *text) {
    char *to = malloc(strlen(text) + 1);
    assert_non_null(to);
    return strcpy(to, text);
}

static char *abstract_path(LV2_State_Map_Path_Handle handle, const char *absolute) {
    (void)handle;
    return copy(strrchr(absolute, '/') + 1);
}

static char *absolute_path(LV2_State_Map_Path_Handle handle, const char *abstract) {
    (void)handle;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", moved_to, abstract);
    return copy(path);
}

static void free_path(LV2_State_Free_Path_Handle handle, char *path) {
    (void)handle;
    freed++;
    free(path);
}

static LV2_State_Map_Path mapper = {NULL, abstract_path, absolute_path};
static LV2_State_Free_Path freer = {NULL, free_path};
static const LV2_Feature map_feature = {LV2_STATE__mapPath, &mapper};
static const LV2_Feature free_feature = {LV2_STATE__freePath, &freer};
static const LV2_Feature *const moving[] = {&map_feature, &free_feature, NULL};

// ---- What is saved ----

static Processor *processor;
static Loader *loader;

static void log_nothing(void *data, LogLevel level, const char *text) {
    (void)data;
    (void)level;
    (void)text;
}

static int make(void **state) {
    scratch_begin(state);
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    model->sample_rate = RATE;
    model->layers[0].kernel[0] = 1.0f;
    assert_int_equal(model_file_write(model, scratch_path("model.json"), NULL), STATUS_OK);
    model_free(model);
    scratch_audio("cabinet.wav", RATE, 1, (const float[]){1.0f, 0.5f}, 2);
    snprintf(moved_to, sizeof moved_to, "%s", scratch_path("."));
    uris_map(&uris, &(LV2_URID_Map){NULL, map_uri});
    return 0;
}

static int begin(void **state) {
    (void)state;
    memset(values, 0, sizeof values);
    freed = 0;
    assert_int_equal(processor_new(&processor, RATE, 1, NULL), STATUS_OK);
    loader = loader_new(processor, RATE, 1, (LoaderLog){log_nothing, NULL});
    assert_non_null(loader);
    return 0;
}

static int end(void **state) {
    (void)state;
    loader_free(loader);
    processor_free(processor);
    return 0;
}

static void load_both(void) {
    assert_int_equal(loader_load(loader, FILE_MODEL, scratch_path("model.json"), true), STATUS_OK);
    assert_int_equal(loader_load(loader, FILE_CABINET, scratch_path("cabinet.wav"), true),
                     STATUS_OK);
}

static LV2_State_Status save(const LV2_Feature *const *features) {
    return state_save(loader, &uris, store, NULL, features);
}

// Into a loader that has nothing.
static LV2_State_Status restore(const LV2_Feature *const *features) {
    loader_free(loader);
    loader = loader_new(processor, RATE, 1, (LoaderLog){log_nothing, NULL});
    assert_non_null(loader);
    return state_restore(loader, &uris, true, retrieve, NULL, features);
}

// What sounds now, from the notification.
static void assert_sounds(const char *model, const char *cabinet) {
    const Notification *notification = loader_notification(loader);
    assert_non_null(notification);
    assert_string_equal(notification->paths[FILE_MODEL], model);
    assert_string_equal(notification->paths[FILE_CABINET], cabinet);
}

static const char *real_path(const char *name) {
    static char real[2][4096];
    static int next;
    next = !next;
    assert_non_null(realpath(scratch_path(name), real[next]));
    return real[next];
}

// ---- Tests ----

static void paths_are_stored_as_the_host_moves_them(void **state) {
    (void)state;
    const uint32_t flags = LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE;
    load_both();
    assert_int_equal(save(moving), LV2_STATE_SUCCESS);
    assert_int_equal(freed, 2);
    static const char *const names[] = {"model.json", "cabinet.wav"};
    for (int k = 0; k < FILE_KINDS; k++) {
        const Value *path = stored(uris.files[k]), *content = stored(uris.contents[k]);
        assert_string_equal(path->bytes, names[k]);
        assert_int_equal(path->size, strlen(names[k]) + 1);
        assert_int_equal(path->type, uris.atom_path);
        assert_int_equal(path->flags, flags);
        assert_int_equal(content->type, uris.atom_chunk);
        assert_int_equal(content->flags, flags);
        assert_true(content->size > 8);
    }
    assert_int_equal(restore(moving), LV2_STATE_SUCCESS);
    assert_int_equal(freed, 4);
    assert_sounds(real_path("model.json"), real_path("cabinet.wav"));
}

static void without_that_feature_they_are_absolute(void **state) {
    (void)state;
    load_both();
    assert_int_equal(save(NULL), LV2_STATE_SUCCESS);
    assert_string_equal(stored(uris.files[FILE_MODEL])->bytes, scratch_path("model.json"));
    assert_int_equal(restore(NULL), LV2_STATE_SUCCESS);
    assert_sounds(real_path("model.json"), real_path("cabinet.wav"));
}

static void nothing_loaded_is_nothing_stored(void **state) {
    (void)state;
    assert_int_equal(save(moving), LV2_STATE_SUCCESS);
    assert_int_equal(values[0].key, 0);
    assert_int_equal(restore(moving), LV2_STATE_SUCCESS); // a state of controls only
    assert_null(loader_notification(loader));
}

// Hosts keep links to files: the file itself is what is saved again.
static void a_link_stands_for_its_file(void **state) {
    (void)state;
    load_both();
    assert_int_equal(save(moving), LV2_STATE_SUCCESS);
    assert_int_equal(symlink("model.json", scratch_path("link.json")), 0);
    Value *path = stored(uris.files[FILE_MODEL]);
    strcpy(path->bytes, "link.json");
    path->size = sizeof "link.json";
    assert_int_equal(restore(moving), LV2_STATE_SUCCESS);
    assert_sounds(real_path("model.json"), real_path("cabinet.wav"));
    assert_int_equal(unlink(scratch_path("link.json")), 0);
}

// A model that does not come back does not keep the cabinet from it; what went wrong is answered.
static void one_that_fails_does_not_keep_the_other_away(void **state) {
    (void)state;
    load_both();
    assert_int_equal(save(moving), LV2_STATE_SUCCESS);
    stored(uris.contents[FILE_MODEL])->key = 99;
    strcpy(stored(uris.files[FILE_MODEL])->bytes, "nodel.json");
    assert_int_equal(restore(moving), LV2_STATE_ERR_UNKNOWN);
    assert_sounds("", real_path("cabinet.wav"));
}

static void what_is_no_path_is_refused(void **state) {
    (void)state;
    load_both();
    assert_int_equal(save(moving), LV2_STATE_SUCCESS);
    Value *path = stored(uris.files[FILE_MODEL]);
    path->type = uris.atom_float;
    assert_int_equal(restore(moving), LV2_STATE_ERR_BAD_TYPE);
    assert_sounds("", real_path("cabinet.wav"));
    path->type = uris.atom_string; // some hosts store that
    assert_int_equal(restore(moving), LV2_STATE_SUCCESS);
    path->size--; // no final zero
    assert_int_equal(restore(moving), LV2_STATE_ERR_BAD_TYPE);
}

// Content that is no chunk is none; then the file plays.
static void content_of_another_type_is_not_used(void **state) {
    (void)state;
    load_both();
    assert_int_equal(save(moving), LV2_STATE_SUCCESS);
    stored(uris.contents[FILE_MODEL])->type = uris.atom_string;
    strcpy(stored(uris.files[FILE_MODEL])->bytes, "nodel.json");
    assert_int_equal(restore(moving), LV2_STATE_ERR_UNKNOWN);
    stored(uris.contents[FILE_MODEL])->type = uris.atom_chunk;
    assert_int_equal(restore(moving), LV2_STATE_SUCCESS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(paths_are_stored_as_the_host_moves_them, begin, end),
        cmocka_unit_test_setup_teardown(without_that_feature_they_are_absolute, begin, end),
        cmocka_unit_test_setup_teardown(nothing_loaded_is_nothing_stored, begin, end),
        cmocka_unit_test_setup_teardown(a_link_stands_for_its_file, begin, end),
        cmocka_unit_test_setup_teardown(one_that_fails_does_not_keep_the_other_away, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_path_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(content_of_another_type_is_not_used, begin, end),
    };
    return cmocka_run_group_tests_name("state", tests, make, scratch_end);
}
