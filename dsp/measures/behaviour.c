// SPDX-License-Identifier: ISC
#include "dsp/measures/behaviour.h"

#include <stddef.h>

static const double usual_rate = 48e3; // Hz

Status behaviour_measure(Behaviour *behaviour, const Model *model, Diagnostic *diagnostic) {
    Status status = divergence_measure(&behaviour->divergence, model, NULL, DIVERGENCE_ALL,
                                       diagnostic);
    if (status == STATUS_OK) {
        status = sines_map(&behaviour->aliasing, model, usual_rate, diagnostic);
    }
    if (status == STATUS_OK) {
        status = levels_measure(&behaviour->levels, model, usual_rate, diagnostic);
    }
    return status;
}
