// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/pair.h"

#include <math.h>
#include <stdio.h>

#include "plugin/standalone/screen/terminal.h"

enum {
    AXIS = 5,   // cells of the dB before the picture
    MARGIN = 3, // rows round it: heading, frequencies
    PARTS = 8,  // that a cell can be filled in
    LABELS = 9, // bands from one frequency to the next that is written
};

#define LOWEST (-90.0f) // dB
#define TELLING 3.0f    // dB of difference that stands out

static const char *const heard[LISTEN_COUNT] = {"model", "target", "difference"};

static void no_pair(Screen *screen) {
    notices_say(screen->notices, "there is no pair of recordings: begin with --input and --target");
}

void pair_listen(Screen *screen, int key) {
    (void)key;
    Comparison *pair = player_comparison(screen->player);
    if (!pair) {
        no_pair(screen);
        return;
    }
    comparison_listen(pair, (Listening)((comparison_listening(pair) + 1) % LISTEN_COUNT));
}

void pair_open(Screen *screen, int key) {
    (void)key;
    if (player_comparison(screen->player)) {
        screen->mode = MODE_PAIR;
    } else {
        no_pair(screen);
    }
}

bool pair_state(const Screen *screen, char text[SCREEN_LINE]) {
    const Comparison *pair = player_comparison(screen->player);
    if (!pair) {
        return false;
    }
    double esr = comparison_esr(pair);
    int length = snprintf(text, SCREEN_LINE, "%s, ", heard[comparison_listening(pair)]);
    snprintf(text + length, (size_t)(SCREEN_LINE - length), esr < 0.0 ? "silence" : "ESR %.2g",
             esr);
    return true;
}

// A bar of `level` dB in one column of cells, `rows` high and ending in row `bottom`.
static void draw_bar(float level, int bottom, int rows, int column, Style style) {
    static const char *const eighths[PARTS + 1] = {" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                                   "\u2585", "\u2586", "\u2587", "\u2588"};
    int parts = (int)lrintf((level / -LOWEST + 1.0f) * (float)(rows * PARTS));
    for (int i = 0; i < rows && parts > 0; i++, parts -= PARTS) {
        int part = parts < PARTS ? parts : PARTS;
        const char *cell = terminal_unicode() ? eighths[part] : part >= PARTS / 2 ? "#" : " ";
        terminal_put(bottom - i, column, 1, style, cell);
    }
}

static void draw_axis(int row, int rows) {
    char text[16];
    for (int level = 0; level > (int)LOWEST; level -= 30) {
        snprintf(text, sizeof text, "%3d", level);
        terminal_put(row + level * rows / (int)LOWEST, 0, AXIS - 1, STYLE_FAINT, text);
    }
}

static void draw_frequency(int band, int row, int column) {
    char text[16];
    double hertz = comparison_frequency(band);
    snprintf(text, sizeof text, hertz < 1000.0 ? "%.0f" : "%.3gk",
             hertz < 1000.0 ? hertz : hertz / 1000.0);
    terminal_put(row, column, 6, STYLE_FAINT, text);
}

void pair_draw(const Screen *screen, int row, int rows, int columns) {
    float model[COMPARISON_BANDS], target[COMPARISON_BANDS];
    char text[2 * SCREEN_LINE];
    double place, length;
    Comparison *pair = player_comparison(screen->player);
    int width = (columns - AXIS) / COMPARISON_BANDS, half = width / 2, high = rows - MARGIN;
    comparison_place(pair, &place, &length);
    comparison_spectra(pair, model, target);
    snprintf(text, sizeof text, "Third octaves in dB: left target, right model; %.0f of %.0f s",
             place, length);
    terminal_put(row, 0, columns, STYLE_HEADING, text);
    draw_axis(row + 1, high);
    for (int b = 0; b < COMPARISON_BANDS; b++) {
        int column = AXIS + b * width;
        bool apart = fabsf(model[b] - target[b]) > TELLING && fmaxf(model[b], target[b]) > LOWEST;
        for (int i = 0; i < half; i++) {
            draw_bar(target[b], row + high, high, column + i, STYLE_PLAIN);
            draw_bar(model[b], row + high, high, column + half + i, apart ? STYLE_HIGH : STYLE_LOW);
        }
        if (b % LABELS == LABELS / 2 + 1) { // 125 Hz, 1 kHz, 8 kHz
            draw_frequency(b, row + high + 1, column);
        }
    }
}
