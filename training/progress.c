// SPDX-License-Identifier: ISC
#include "training/progress.h"

static void print_esr(char *text, size_t size, double esr) {
    if (esr < 0.0) {
        snprintf(text, size, "-");
    } else {
        snprintf(text, size, "%.3g", esr);
    }
}

void progress_show(void *context, const TrainerProgress *progress) {
    const ProgressLine *line = context;
    if (!line->terminal && !progress->checked) {
        return;
    }
    char esr[32], best[32];
    print_esr(esr, sizeof esr, progress->esr);
    print_esr(best, sizeof best, progress->best);
    long left = (long)(progress->seconds_left + 0.5);
    fprintf(line->stream,
            "%sepoch %.1f/%.0f  loss %.3g  ESR %s  best %s  %.0f ns/sample  %ld:%02ld left%s",
            line->terminal ? "\r" : "", progress->epoch, progress->epochs, progress->loss, esr,
            best, progress->sample_time * 1e9, left / 60, left % 60,
            line->terminal ? "\033[K" : "\n");
    fflush(line->stream);
}

void progress_end(const ProgressLine *line) {
    if (line->terminal) {
        fprintf(line->stream, "\n");
    }
}
