// SPDX-License-Identifier: ISC
#include "training/html.h"

#include <stdarg.h>

void html_text(FILE *page, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", page);
            break;
        case '>':
            fputs("&gt;", page);
            break;
        case '&':
            fputs("&amp;", page);
            break;
        case '"':
            fputs("&quot;", page);
            break;
        default:
            fputc(*text, page);
            break;
        }
    }
}

void html_base64(FILE *page, const void *bytes, size_t length) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *from = bytes;
    for (size_t i = 0; i < length; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++) {
            bits = bits << 8 | (i + k < length ? from[i + k] : 0u);
        }
        for (size_t k = 0; k < 4; k++) {
            fputc(i + k <= length ? digits[bits >> (18 - 6 * k) & 63u] : '=', page);
        }
    }
}

void html_number(FILE *page, const char *id, double value, const char *format) {
    fprintf(page, "<data id=\"%s\" value=\"%.17g\">", id, value);
    fprintf(page, format, value);
    fputs("</data>", page);
}

void html_row(FILE *page, const char *name, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fputs("<tr><th>", page);
    html_text(page, name);
    fputs("</th><td>", page);
    html_text(page, text);
    fputs("</td></tr>\n", page);
}
