// SPDX-License-Identifier: ISC
#include "dsp/chain/delay_line.h"

#include <string.h>

void delay_line_reset(DelayLine *line, int length) REALTIME {
    memset(line, 0, sizeof *line);
    line->now = line->old = length;
}

static float tap(const DelayLine *line, int channel, int length) REALTIME {
    return line->ring[channel][(line->next - (unsigned)length) & DELAY_LINE_MAX];
}

void delay_line_run(DelayLine *line, float *const *signal, int channels, int length, int fade,
                    int frames) REALTIME {
    for (int i = 0; i < frames; i++) {
        if (line->left == 0 && line->now != length) {
            line->old = line->now;
            line->now = length;
            line->left = fade;
        }
        float share = line->left > 0 ? (float)line->left / (float)fade : 0.0f;
        for (int c = 0; c < channels; c++) {
            line->ring[c][line->next] = signal[c][i];
            signal[c][i] = tap(line, c, line->now);
            if (line->left > 0) {
                signal[c][i] += share * (tap(line, c, line->old) - signal[c][i]);
            }
        }
        line->next = (line->next + 1) & DELAY_LINE_MAX;
        line->left -= line->left > 0;
    }
}
