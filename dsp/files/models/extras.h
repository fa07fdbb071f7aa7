// SPDX-License-Identifier: ISC
// What a model file says beside shape and weights: the test batch of the AIDA-X trainers, and the
// object "gruff", which other programs pass over:
//
//   "gruff": {"version": 1, "latency": samples, "loudness": dB,
//     "input_level_dbu": dBu, "output_level_dbu": dBu,
//     "knobs": [{"name", "minimum", "maximum", "default"}, ...],
//     "training": {"epochs", "seconds", "seed"}, "behaviour": {...} (behaviour_record.h),
//     "settling": samples, "initial_state": [[h], ...], "initial_cell": [[s] or null, ...],
//     "test": {"input": [frames] or [frames][1 + knobs], "output": [frames]}}
//
// (state and cell: one entry for each layer, null for those without). Every key is optional.
#ifndef GRUFF_DSP_FILES_MODELS_EXTRAS_H
#define GRUFF_DSP_FILES_MODELS_EXTRAS_H

#include "dsp/base/status.h"
#include "dsp/files/models/tree.h"
#include "dsp/network/model.h"

// Reads them into a model whose layers are there.
Status extras_read(Model *model, const Tree *root, Diagnostic *diagnostic);

// The object "gruff"; NULL when memory is short or a text is not UTF-8.
Tree *extras_build(const Model *model);

#endif
