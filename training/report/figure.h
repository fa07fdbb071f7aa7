// SPDX-License-Identifier: ISC
// Pictures and sounds as they stand in a page of HTML, which holds them itself.
#ifndef GRUFF_TRAINING_REPORT_FIGURE_H
#define GRUFF_TRAINING_REPORT_FIGURE_H

#include <stddef.h>
#include <stdio.h>

#include "dsp/base/status.h"
#include "training/report/plot.h"

// The same colours in all figures.
#define TARGET_COLOUR PLOT_BLUE
#define MODEL_COLOUR PLOT_ORANGE
#define RESIDUAL_COLOUR PLOT_GREEN

// A plot, drawn for wide and for narrow screens, with a caption of HTML (NULL for none). Width and
// height are set here; `height` in px.
Status figure_plot(FILE *page, const Plot *plot, double height, const char *caption,
                   Diagnostic *diagnostic);

// A row of a table of the class "sounds": name, level and player, with the id "audio-ID". 16 bits,
// FLAC.
Status figure_sound(FILE *page, const char *id, const char *name, const float *samples,
                    size_t frames, int rate, Diagnostic *diagnostic);

#endif
