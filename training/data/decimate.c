// SPDX-License-Identifier: ISC
#include "training/data/decimate.h"

#include "dsp/base/memory.h"

// A triangular mean over 2 * factor - 1 samples about each.
static float *decimate(const float *from, size_t frames, int factor, size_t *count) {
    *count = frames / (size_t)factor;
    float *to = memory_new(*count + 1, sizeof *to);
    for (size_t i = 0; to && i < *count; i++) {
        double sum = 0.0;
        for (int k = 1 - factor; k < factor; k++) {
            ptrdiff_t at = (ptrdiff_t)(i * (size_t)factor) + k;
            double weight = factor - (k < 0 ? -k : k);
            sum += at >= 0 && at < (ptrdiff_t)frames ? weight * (double)from[at] : 0.0;
        }
        to[i] = (float)(sum / ((double)factor * factor));
    }
    return to;
}

bool coarse_pair_init(CoarsePair *coarse, const Pair *pair, int factor) {
    *coarse = (CoarsePair){.pair.rate = pair->rate / factor};
    coarse->input = decimate(pair->input, pair->input_frames, factor, &coarse->pair.input_frames);
    coarse->target = decimate(pair->target, pair->target_frames, factor,
                              &coarse->pair.target_frames);
    coarse->pair.input = coarse->input;
    coarse->pair.target = coarse->target;
    return coarse->input && coarse->target;
}

void coarse_pair_clear(CoarsePair *coarse) {
    memory_free(coarse->input);
    memory_free(coarse->target);
    *coarse = (CoarsePair){0};
}
