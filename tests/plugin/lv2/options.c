// SPDX-License-Identifier: ISC
// The options extension: what the plugin takes and tells.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/options/options.h>
#include <lv2/parameters/parameters.h>

#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"
#include "tests/rig/near.h"

static Host *host;
static const LV2_Options_Interface *options;

static void start(unsigned flags) {
    host = host_new(files_path("lv2/gruff.lv2"), 44100.0, flags);
    options = host_extension(host, LV2_OPTIONS__interface);
    assert_non_null(options);
}

static uint32_t get(const char *key, LV2_Options_Context context, LV2_Options_Option *answer) {
    LV2_Options_Option asked[] = {{context, 0, host_urid(host, key), 0, 0, NULL},
                                  {LV2_OPTIONS_INSTANCE, 0, 0, 0, 0, NULL}};
    uint32_t status = options->get(host_handle(host), asked);
    *answer = asked[0];
    return status;
}

static uint32_t set(const char *key, LV2_Options_Context context, const char *type, uint32_t size,
                    const void *value) {
    const LV2_Options_Option told[] = {
        {context, 0, host_urid(host, key), size, host_urid(host, type), value},
        {LV2_OPTIONS_INSTANCE, 0, 0, 0, 0, NULL}};
    return options->set(host_handle(host), told);
}

static uint32_t set_int(const char *key, int32_t value) {
    return set(key, LV2_OPTIONS_INSTANCE, LV2_ATOM__Int, sizeof value, &value);
}

static uint32_t set_float(const char *key, float value) {
    return set(key, LV2_OPTIONS_INSTANCE, LV2_ATOM__Float, sizeof value, &value);
}

static void assert_block(const char *key, int32_t frames) {
    LV2_Options_Option answer;
    int32_t value = 0;
    assert_int_equal(get(key, LV2_OPTIONS_INSTANCE, &answer), LV2_OPTIONS_SUCCESS);
    assert_int_equal(answer.type, host_urid(host, LV2_ATOM__Int));
    assert_int_equal(answer.size, sizeof value);
    memcpy(&value, answer.value, sizeof value);
    assert_int_equal(value, frames);
}

static void assert_rate(float rate) {
    LV2_Options_Option answer;
    float value = 0.0f;
    assert_int_equal(get(LV2_PARAMETERS__sampleRate, LV2_OPTIONS_INSTANCE, &answer),
                     LV2_OPTIONS_SUCCESS);
    assert_int_equal(answer.type, host_urid(host, LV2_ATOM__Float));
    assert_int_equal(answer.size, sizeof value);
    memcpy(&value, answer.value, sizeof value);
    assert_near(value, rate, 0.0);
}

static void takes_and_tells_what_the_host_told(void **state) {
    (void)state;
    start(HOST_FULL);
    assert_block(LV2_BUF_SIZE__maxBlockLength, 8192);
    assert_block(LV2_BUF_SIZE__nominalBlockLength, 256);
    assert_rate(44100.0f);
    assert_int_equal(set_int(LV2_BUF_SIZE__nominalBlockLength, 64), LV2_OPTIONS_SUCCESS);
    assert_int_equal(set_int(LV2_BUF_SIZE__maxBlockLength, 128), LV2_OPTIONS_SUCCESS);
    assert_int_equal(set_float(LV2_PARAMETERS__sampleRate, 44100.0f), LV2_OPTIONS_SUCCESS);
    assert_block(LV2_BUF_SIZE__nominalBlockLength, 64);
    assert_block(LV2_BUF_SIZE__maxBlockLength, 128);
    host_free(host);
}

static void refuses_what_cannot_be(void **state) {
    (void)state;
    LV2_Options_Option answer;
    start(HOST_FULL);
    assert_int_equal(set_int(LV2_BUF_SIZE__maxBlockLength, 0), LV2_OPTIONS_ERR_BAD_VALUE);
    assert_int_equal(set_float(LV2_BUF_SIZE__maxBlockLength, 64.0f), LV2_OPTIONS_ERR_BAD_VALUE);
    assert_int_equal(set_float(LV2_PARAMETERS__sampleRate, 48000.0f), LV2_OPTIONS_ERR_BAD_VALUE);
    assert_int_equal(
        set(LV2_BUF_SIZE__maxBlockLength, LV2_OPTIONS_INSTANCE, LV2_ATOM__Int, 4, NULL),
        LV2_OPTIONS_ERR_BAD_VALUE);
    assert_int_equal(set_int(GRUFF_MODEL_URI, 64), LV2_OPTIONS_ERR_BAD_KEY);
    int32_t frames = 64;
    assert_int_equal(
        set(LV2_BUF_SIZE__maxBlockLength, LV2_OPTIONS_PORT, LV2_ATOM__Int, sizeof frames, &frames),
        LV2_OPTIONS_ERR_BAD_SUBJECT);
    assert_block(LV2_BUF_SIZE__maxBlockLength, 8192);
    assert_rate(44100.0f);
    assert_int_equal(get(GRUFF_MODEL_URI, LV2_OPTIONS_INSTANCE, &answer), LV2_OPTIONS_ERR_BAD_KEY);
    assert_null(answer.value);
    assert_int_equal(get(LV2_BUF_SIZE__maxBlockLength, LV2_OPTIONS_PORT, &answer),
                     LV2_OPTIONS_ERR_BAD_SUBJECT);
    assert_null(answer.value);
    host_free(host);
}

static void what_was_not_told_is_not_known(void **state) {
    (void)state;
    LV2_Options_Option answer;
    start(HOST_MAP);
    assert_rate(44100.0f);
    assert_int_equal(get(LV2_BUF_SIZE__maxBlockLength, LV2_OPTIONS_INSTANCE, &answer),
                     LV2_OPTIONS_ERR_BAD_KEY);
    host_free(host);
    start(0); // without urid:map no key means anything
    assert_int_equal(get(LV2_PARAMETERS__sampleRate, LV2_OPTIONS_INSTANCE, &answer),
                     LV2_OPTIONS_ERR_BAD_KEY);
    assert_int_equal(set_int(LV2_BUF_SIZE__maxBlockLength, 64), LV2_OPTIONS_ERR_BAD_KEY);
    host_free(host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_and_tells_what_the_host_told),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(what_was_not_told_is_not_known),
    };
    return cmocka_run_group_tests_name("lv2 options", tests, files_make, files_remove);
}
