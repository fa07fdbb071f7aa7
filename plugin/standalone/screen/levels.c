// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/levels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plugin/standalone/screen/pair.h"
#include "plugin/standalone/screen/terminal.h"

enum {
    LABEL = 4,    // cells before a meter
    FIGURES = 16, // cells after it
    STATE = 27,   // cells of what stands right of the meters
    TEXT = 64,
};

static Style style_of(float level) {
    return level < -12.0f ? STYLE_LOW : level < -3.0f ? STYLE_MIDDLE : STYLE_HIGH;
}

// What a cell shows of which `full` (0 to 1) is full.
static const char *cell(float full) {
    static const char *const eighths[] = {" ",      "\u258f", "\u258e", "\u258d", "\u258c",
                                          "\u258b", "\u258a", "\u2589", "\u2588"};
    full = full < 0.0f ? 0.0f : full > 1.0f ? 1.0f : full;
    if (!terminal_unicode()) {
        return full > 0.75f ? "#" : full > 0.25f ? "-" : " ";
    }
    return eighths[(int)(8.0f * full + 0.5f)];
}

static void draw_meter(const LevelMeter *meter, const char *name, int row, int width) {
    char text[TEXT];
    int mark = (int)floorf((meter->highest / -LEVEL_METER_FLOOR + 1.0f) * (float)width);
    mark = mark < width ? mark : width - 1;
    terminal_put(row, 0, LABEL, STYLE_PLAIN, name);
    for (int i = 0; i < width; i++) {
        float begin = LEVEL_METER_FLOOR - LEVEL_METER_FLOOR * (float)i / (float)width;
        float full = (meter->level - begin) * (float)width / -LEVEL_METER_FLOOR;
        const char *shown = cell(full);
        if (i == mark && full < 0.5f) {
            shown = terminal_unicode() ? "\u2502" : "|";
        }
        bool empty = strcmp(shown, " ") == 0;
        const char *ground = terminal_unicode() ? "\u00b7" : ".";
        terminal_put(row, LABEL + i, 1, empty ? STYLE_FAINT : style_of(begin),
                     empty ? ground : shown);
    }
    if (meter->highest > LEVEL_METER_FLOOR) {
        snprintf(text, sizeof text, "%6.1f dB", (double)meter->highest);
    } else {
        snprintf(text, sizeof text, "  quiet");
    }
    terminal_put(row, LABEL + width, 9, STYLE_PLAIN, text);
    if (meter->clipped) {
        terminal_put(row, LABEL + width + 10, 6, STYLE_ALARM, " CLIP ");
    }
}

static void draw_scale(int row, int width) {
    char text[8];
    for (int level = -60; level <= 0; level += 10) {
        int at = LABEL + (level + 60) * (width - 1) / 60;
        int length = snprintf(text, sizeof text, "%d", level);
        if (width >= 40 || level % 20 == 0) {
            terminal_put(row, level ? at : at - length + 1, length, STYLE_FAINT, text);
        }
    }
}

void levels_draw(const Screen *screen, int row, int columns) {
    char text[TEXT], pair[SCREEN_LINE];
    const PlayerMeters *meters = &screen->meters;
    int width = columns - LABEL - FIGURES - STATE - 1;
    draw_meter(&screen->in, "In", row, width);
    draw_meter(&screen->out, "Out", row + 1, width);
    draw_scale(row + 2, width);
    snprintf(text, sizeof text, "Load %4.1f %%, worst %4.1f %%", (double)screen->load,
             meters->worst);
    terminal_put_right(row, columns, meters->worst < 100.0 ? STYLE_PLAIN : STYLE_ALARM, text);
    int length = snprintf(text, sizeof text, "%u xrun%s", meters->xruns.count,
                          meters->xruns.count == 1 ? "" : "s");
    if (meters->xruns.longest > 0.0) {
        snprintf(text + length, sizeof text - (size_t)length, ", longest %.3g ms",
                 1e3 * meters->xruns.longest);
    }
    terminal_put_right(row + 1, columns, meters->xruns.count ? STYLE_MIDDLE : STYLE_PLAIN, text);
    if (pair_state(screen, pair)) {
        terminal_put_right(row + 2, columns, STYLE_STRONG, pair);
        return;
    }
    snprintf(text, sizeof text, "latency %d frame%s", meters->latency,
             meters->latency == 1 ? "" : "s");
    terminal_put_right(row + 2, columns, STYLE_PLAIN, text);
}
