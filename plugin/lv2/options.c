// SPDX-License-Identifier: ISC
#include "plugin/lv2/options.h"

#include <stdbool.h>
#include <string.h>

static int32_t *block_of(Options *options, const Uris *uris, LV2_URID key) {
    if (key == uris->longest_block) {
        return &options->longest;
    }
    return key == uris->nominal_block ? &options->nominal : NULL;
}

uint32_t options_get(Options *options, const Uris *uris, LV2_Options_Option *asked) {
    uint32_t status = LV2_OPTIONS_SUCCESS;
    for (; asked->key; asked++) {
        const int32_t *block = block_of(options, uris, asked->key);
        if (asked->context != LV2_OPTIONS_INSTANCE) {
            status |= LV2_OPTIONS_ERR_BAD_SUBJECT;
        } else if (asked->key == uris->sample_rate) {
            asked->size = sizeof options->rate;
            asked->type = uris->atom_float;
            asked->value = &options->rate;
        } else if (block && *block > 0) {
            asked->size = sizeof *block;
            asked->type = uris->atom_int;
            asked->value = block;
        } else {
            status |= LV2_OPTIONS_ERR_BAD_KEY;
        }
    }
    return status;
}

static uint32_t set_block(int32_t *block, const Uris *uris, const LV2_Options_Option *option) {
    int32_t frames = 0;
    if (option->type == uris->atom_int && option->size == sizeof frames) {
        memcpy(&frames, option->value, sizeof frames);
    }
    if (frames < 1) {
        return LV2_OPTIONS_ERR_BAD_VALUE;
    }
    *block = frames;
    return LV2_OPTIONS_SUCCESS;
}

static uint32_t check_rate(float rate, const Uris *uris, const LV2_Options_Option *option) {
    float told = 0.0f;
    if (option->type == uris->atom_float && option->size == sizeof told) {
        memcpy(&told, option->value, sizeof told);
    }
    return told == rate ? LV2_OPTIONS_SUCCESS : LV2_OPTIONS_ERR_BAD_VALUE;
}

static uint32_t set_one(Options *options, const Uris *uris, const LV2_Options_Option *option) {
    if (option->context != LV2_OPTIONS_INSTANCE) {
        return LV2_OPTIONS_ERR_BAD_SUBJECT;
    }
    bool rate = option->key == uris->sample_rate;
    int32_t *block = rate ? NULL : block_of(options, uris, option->key);
    if (!rate && !block) {
        return LV2_OPTIONS_ERR_BAD_KEY;
    }
    if (!option->value) {
        return LV2_OPTIONS_ERR_BAD_VALUE;
    }
    return rate ? check_rate(options->rate, uris, option) : set_block(block, uris, option);
}

uint32_t options_set(Options *options, const Uris *uris, const LV2_Options_Option *told) {
    uint32_t status = LV2_OPTIONS_SUCCESS;
    for (; told->key; told++) {
        status |= set_one(options, uris, told);
    }
    return status;
}
