// SPDX-License-Identifier: ISC
#include "training/report/html.h"

#include <stdarg.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
    "<style>\n"
    ":root { color-scheme: light dark; }\n"
    "body { font: 16px/1.5 sans-serif; max-width: 760px; margin: 0 auto; padding: 1em;\n"
    "  color: #222; background: #fff; }\n"
    "h1 { margin: .5em 0 0; overflow-wrap: anywhere; }\n"
    "h2 { margin: 2em 0 .5em; border-bottom: 1px solid #bbb; }\n"
    "nav a { margin-right: .9em; color: inherit; }\n"
    ".lead { font-size: 120%; }\n"
    ".warn th, .refuse th { color: #b33; font-weight: bold; } .warn th::after { content: ' (!)'; "
    "}\n"
    "summary { margin: 1em 0 .3em; font-weight: bold; overflow-wrap: anywhere; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "td, th { text-align: left; vertical-align: top; padding: .25em 1em .25em 0;\n"
    "  border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }\n"
    "th { width: 11em; font-weight: normal; color: #666; }\n"
    ".sounds th, .sounds td { vertical-align: middle; white-space: nowrap; }\n"
    ".sounds th, .sounds td:nth-child(2) { width: 4.5em; }\n"
    ".scroll { overflow-x: auto; } .overview th, .overview td { width: auto; }\n"
    "audio { width: 100%; min-width: 9em; }\n"
    "figure { margin: 1.5em 0; break-inside: avoid; }\n"
    "img { width: 100%; height: auto; display: block; }\n"
    "figcaption { font-size: 85%; color: #666; }\n"
    "@media (max-width: 560px) { th { width: 8em; } .sounds td:nth-child(2) { display: none; }\n"
    "  .sounds th { width: 4.5em; } }\n"
    "@media screen and (prefers-color-scheme: dark) {\n"
    "  body { color: #ddd; background: #17181b; }\n"
    "  h2 { border-color: #555; } td, th { border-color: #3a3a3a; }\n"
    "  th, figcaption { color: #a0a0a0; } .warn th, .refuse th { color: #f88; }\n"
    "  img { filter: invert(1) hue-rotate(180deg); } }\n"
    "@media print { body { max-width: none; font-size: 11pt; } nav, audio { display: none; }\n"
    "  h2 { break-after: avoid; } }\n"
    "</style>\n<title>";

void html_begin(FILE *page, const char *title, const char *kind) {
    fputs(head, page);
    html_text(page, title);
    fputs(" - ", page);
    html_text(page, kind);
    fputs("</title>\n</head>\n<body>\n", page);
}

void html_end(FILE *page) {
    fputs("</body>\n</html>\n", page);
}

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
