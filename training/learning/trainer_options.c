// SPDX-License-Identifier: ISC
#include "training/learning/trainer_options.h"

#include <math.h>

#include "dsp/base/thread_pool.h"

TrainerOptions trainer_defaults(void) {
    return (TrainerOptions){
        .shape = {.cell = LAYER_GRU, .layers = 1, .hidden = 16, .skip = true},
        .seed = 1,
        .race = 1,
        .fit_head = true,
        .threads = thread_pool_processors(),
        .seconds = 45.0,
        .weight_decay = 0.003,
        .regularisation = {.contraction = 0.2},
        .loss = {.plain = 0.5, .emphasised = 0.5, .dc = 0.05},
        .labels = labels_none(),
    };
}

Status trainer_options_check(const TrainerOptions *options, Diagnostic *diagnostic) {
    if (!(options->epochs >= 0.0) || !(options->seconds > 0.0) || !(options->rate >= 0.0) ||
        !isfinite(options->epochs) || !isfinite(options->seconds) || !isfinite(options->rate)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "time must be above 0, epochs and learning rate not below it");
    }
    Network network;
    Status status = network_init(&network, &options->shape, diagnostic);
    network_clear(&network);
    return status;
}
