// SPDX-License-Identifier: ISC
#include "training/report/figure.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_io.h"
#include "training/report/html.h"

#define WIDE 760.0   // px
#define NARROW 350.0 // px, for phones

static Status print_source(FILE *page, const Plot *plot, const char *before, const char *after,
                           Diagnostic *diagnostic) {
    char *svg = NULL;
    Status status = plot_svg(&svg, plot, diagnostic);
    if (status == STATUS_OK) {
        fprintf(page, "%sdata:image/svg+xml;base64,", before);
        html_base64(page, svg, strlen(svg));
        fputs(after, page);
    }
    memory_free(svg);
    return status;
}

Status figure_plot(FILE *page, const Plot *plot, double height, const char *caption,
                   Diagnostic *diagnostic) {
    Plot sized = *plot;
    fputs("<figure><picture>\n", page);
    sized.width = NARROW;
    sized.height = fmax(height, 240.0);
    Status status = print_source(page, &sized, "<source media=\"(max-width: 560px)\" srcset=\"",
                                 "\" />\n", diagnostic);
    if (status == STATUS_OK) {
        sized.width = WIDE;
        sized.height = height;
        status = print_source(page, &sized, "<img src=\"", "\" alt=\"", diagnostic);
    }
    html_text(page, plot->title);
    fputs("\" />\n</picture>", page);
    if (caption) {
        fprintf(page, "<figcaption>%s</figcaption>", caption);
    }
    fputs("</figure>\n", page);
    return status;
}

Status figure_sound(FILE *page, const char *id, const char *name, const float *samples,
                    size_t frames, int rate, Diagnostic *diagnostic) {
    void *bytes = NULL;
    size_t length = 0;
    Status status = audio_encode_flac(&bytes, &length, rate, samples, frames, diagnostic);
    if (status == STATUS_OK) {
        fputs("<tr><th>", page);
        html_text(page, name);
        fprintf(page, "</th><td>%.1f dB</td><td><audio controls=\"\" id=\"audio-%s\" src=\"",
                decibels_finite(level_mean_square(samples, frames)), id);
        fputs("data:audio/flac;base64,", page);
        html_base64(page, bytes, length);
        fputs("\"></audio></td></tr>\n", page);
    }
    memory_free(bytes);
    return status;
}
