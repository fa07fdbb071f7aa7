// SPDX-License-Identifier: ISC
#include "training/gallery/listen.h"

#include <math.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "training/report/figure.h"
#include "training/report/spectrogram.h"

#define LENGTH 5.0 // s that are heard
#define DEPTH 80.0 // dB of a spectrogram

enum { SOUNDS = 3 };

static Status print_sounds(FILE *page, const char *name, const EntryTest *test, size_t begin,
                           size_t frames, int rate, Diagnostic *diagnostic) {
    static const char *const names[SOUNDS] = {"input", "target", "model"};
    const float *sounds[SOUNDS] = {test->input + begin, test->target + begin, test->output + begin};
    float peak = fmaxf(fmaxf(level_peak(sounds[0], frames), level_peak(sounds[1], frames)),
                       level_peak(sounds[2], frames));
    float gain = peak > 0.999f ? 0.999f / peak : 1.0f;
    float *samples = memory_new(frames, sizeof *samples);
    if (!samples) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the gallery's sounds");
    }
    Status status = STATUS_OK;
    fprintf(page, "<p>%.1f s from %.1f s on, 16 bits%s.</p>\n<table class=\"sounds\">\n",
            (double)frames / rate, (double)(sounds[0] - test->memory[0]) / rate,
            gain < 1.0f ? ", all turned down alike so that nothing clips" : "");
    for (int s = 0; s < SOUNDS && status == STATUS_OK; s++) {
        char id[80];
        for (size_t i = 0; i < frames; i++) {
            samples[i] = gain * sounds[s][i];
        }
        snprintf(id, sizeof id, "%s-%s", name, names[s]);
        status = figure_sound(page, id, names[s], samples, frames, rate, diagnostic);
    }
    fputs("</table>\n", page);
    memory_free(samples);
    return status;
}

// Device, model, and what is left between them, in the same colours.
static Status print_spectrograms(FILE *page, const EntryTest *test, size_t begin, size_t frames,
                                 int rate, Diagnostic *diagnostic) {
    enum { VALUES = SPECTROGRAM_ROWS * SPECTROGRAM_COLUMNS };
    static const char *const titles[SOUNDS] = {"Device", "Model", "Residual: device minus model"};
    double *levels = memory_new(VALUES, sizeof *levels), top = SPECTROGRAM_FLOOR;
    float *residual = memory_new(frames, sizeof *residual);
    Status status = levels && residual ? STATUS_OK
                                       : diagnose(diagnostic, STATUS_NO_MEMORY,
                                                  "no memory for the gallery's spectrograms");
    for (size_t i = 0; residual && i < frames; i++) {
        residual[i] = test->target[begin + i] - test->output[begin + i];
    }
    const float *sounds[SOUNDS] = {test->target + begin, test->output + begin, residual};
    for (int s = 0; s < SOUNDS && status == STATUS_OK; s++) {
        status = spectrogram_make(levels, sounds[s], frames, rate, diagnostic);
        for (int i = 0; s == 0 && i < VALUES; i++) {
            top = fmax(top, levels[i]);
        }
        PlotMap map = {SPECTROGRAM_COLUMNS, SPECTROGRAM_ROWS, levels, top - DEPTH, top};
        Plot plot = {.title = titles[s],
                     .x = {.label = "s", .high = (double)frames / rate},
                     .y = {.label = "frequency (Hz)",
                           .logarithmic = true,
                           .low = SPECTROGRAM_LOW,
                           .high = 0.5 * rate},
                     .map = &map};
        if (status == STATUS_OK) {
            status = figure_plot(page, &plot, 200.0,
                                 s == 2 ? "All three in the same colours, from white 80 dB below "
                                          "the device's loudest to black."
                                        : NULL,
                                 diagnostic);
        }
    }
    memory_free(levels);
    memory_free(residual);
    return status;
}

Status listen_print(FILE *page, const char *name, const GalleryEntry *entry, const EntryTest *test,
                    Diagnostic *diagnostic) {
    size_t frames = (size_t)(LENGTH * entry->rate);
    frames = frames < test->frames ? frames : test->frames;
    size_t begin = level_loudest(test->target, test->frames, frames, (size_t)entry->rate / 4 + 1);
    Status status = print_sounds(page, name, test, begin, frames, entry->rate, diagnostic);
    return status == STATUS_OK
               ? print_spectrograms(page, test, begin, frames, entry->rate, diagnostic)
               : status;
}
