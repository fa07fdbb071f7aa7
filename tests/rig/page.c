// SPDX-License-Identifier: ISC
#include "tests/rig/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/rig/scratch.h"

char *page_next_data(const char **at, const char *type, size_t *length) {
    char head[80];
    snprintf(head, sizeof head, "\"data:%s;base64,", type);
    const char *from = strstr(*at, head);
    if (!from) {
        return NULL;
    }
    from += strlen(head);
    size_t digits = strcspn(from, "\"");
    assert_int_equal(digits % 4, 0);
    char *bytes = malloc(digits + 1);
    assert_non_null(bytes);
    unsigned long bits = 0;
    *length = 0;
    for (size_t i = 0; i < digits; i++) {
        static const char alphabet[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *digit = strchr(alphabet, from[i]);
        assert_true(digit || (from[i] == '=' && i + 2 >= digits));
        bits = bits << 6 | (digit ? (unsigned long)(digit - alphabet) : 0);
        if (i % 4 > 0 && digit) {
            bytes[(*length)++] = (char)(bits >> (6 - 2 * (i % 4)) & 255);
        }
    }
    bytes[*length] = '\0';
    *at = from + digits;
    return bytes;
}

// The stroke's width of the tag that `at` lies in.
static double stroke_width(const char *svg, const char *at) {
    static const char word[] = "stroke-width";
    while (at > svg && *at != '<') {
        at--;
    }
    const char *found = strstr(at, word), *end = strchr(at, '>');
    if (!found || !end || found > end) {
        return 0.0;
    }
    found += sizeof word - 1;
    return strtod(found + strspn(found, ":=\""), NULL);
}

// The points of the path that begins at `from`.
static void read_points(PagePath *path, const char *from) {
    path->count = 0;
    while (*from && *from != '"') {
        char *after;
        from += strspn(from, "MLZ ");
        double x = strtod(from, &after);
        if (after == from) {
            return;
        }
        assert_in_range(path->count, 0, PAGE_POINTS - 1);
        path->x[path->count] = x;
        path->y[path->count++] = strtod(after, &after);
        from = after;
    }
}

void page_sounds(const char *page, Audio *audio, int count, size_t frames, int rate) {
    for (int s = 0; s < count; s++) {
        size_t length = 0;
        char *flac = page_next_data(&page, "audio/flac", &length);
        assert_non_null(flac);
        scratch_write("sound.flac", flac, length);
        free(flac);
        assert_int_equal(audio_file_read(&audio[s], scratch_path("sound.flac"), NULL), STATUS_OK);
        assert_int_equal(audio[s].rate, rate);
        assert_int_equal(audio[s].frames, frames);
    }
}

void page_path(PagePath *path, const char *svg, int index, int least) {
    const char *drawn = svg;
    for (const char *next = strstr(svg, "</defs>"); next; next = strstr(next + 1, "</defs>")) {
        drawn = next;
    }
    for (const char *at = strstr(drawn, " d=\""); at; at = strstr(at + 1, " d=\"")) {
        path->width = stroke_width(svg, at);
        read_points(path, at + 4);
        if (path->width > 0.0 && path->count >= least && index-- == 0) {
            return;
        }
    }
    fail_msg("no path with %d points", least);
}
