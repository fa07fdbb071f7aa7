// SPDX-License-Identifier: ISC
#include "tests/rig/tiny_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const char *const tiny_model =
    "{\"in_shape\": [null, null, 1],\n"
    " \"in_skip\": 1, \"in_gain\": 3.5, \"out_gain\": -2, \"samplerate\": 48000,\n"
    " \"metadata\": {\"name\": \"Tiny\", \"author\": \"J\\u00f6rg\", \"license\": \"ISC\", "
    "\"esr\": 0.25},\n"
    " \"layers\": [\n"
    "  {\"type\": \"gru\", \"activation\": \"\", \"shape\": [null, null, 2], \"weights\": [\n"
    "   [[1, 2, 3, 4, 5, 6]],\n"
    "   [[11, 12, 13, 14, 15, 16], [21, 22, 23, 24, 25, 26]],\n"
    "   [[31, 32, 33, 34, 35, 36], [41, 42, 43, 44, 45, 46]]]},\n"
    "  {\"type\": \"dense\", \"activation\": \"\", \"shape\": [null, null, 1], \"weights\": [\n"
    "   [[51], [52]], [53.5]]}]}\n";

char *tiny_model_with(const char *from, const char *to) {
    const char *place = strstr(tiny_model, from);
    assert_non_null(place);
    size_t size = strlen(tiny_model) + strlen(to) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    snprintf(text, size, "%.*s%s%s", (int)(place - tiny_model), tiny_model, to,
             place + strlen(from));
    return text;
}
