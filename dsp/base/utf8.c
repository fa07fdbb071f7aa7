// SPDX-License-Identifier: ISC
#include "dsp/base/utf8.h"

#include <string.h>

// Bytes of the UTF-8 character that `text` begins with; 0 when it is none.
static size_t character(const unsigned char *text) {
    size_t length = text[0] < 0x80                       ? 1
                    : text[0] >= 0xC2 && text[0] < 0xE0  ? 2
                    : text[0] >= 0xE0 && text[0] < 0xF0  ? 3
                    : text[0] >= 0xF0 && text[0] <= 0xF4 ? 4
                                                         : 0;
    for (size_t i = 1; i < length; i++) {
        // Overlong forms, surrogates and what lies above U+10FFFF show in the second byte.
        unsigned char low = 0x80, high = 0xBF;
        if (i == 1) {
            low = text[0] == 0xE0 ? 0xA0 : text[0] == 0xF0 ? 0x90 : 0x80;
            high = text[0] == 0xED ? 0x9F : text[0] == 0xF4 ? 0x8F : 0xBF;
        }
        if (text[i] < low || text[i] > high) {
            return 0;
        }
    }
    return length;
}

void utf8_copy(char *to, size_t size, const char *from) {
    size_t room = size - 1;
    while (*from) {
        size_t length = character((const unsigned char *)from), taken = length ? length : 1;
        if (taken > room) {
            break;
        }
        memmove(to, length ? from : "?", taken);
        to += taken;
        from += taken;
        room -= taken;
    }
    *to = '\0';
}
