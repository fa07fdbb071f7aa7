// SPDX-License-Identifier: ISC
// Whether a model forgets what it heard (dsp/measures/divergence.h), wherever its knobs stand.
#ifndef GRUFF_DSP_MEASURES_CALMNESS_H
#define GRUFF_DSP_MEASURES_CALMNESS_H

#include "dsp/base/status.h"
#include "dsp/base/thread_pool.h"
#include "dsp/measures/divergence.h"

// Measures `model` with its knobs at their initial positions, all at their lower ends and all at
// their upper ends, and gives each case as it is worst. `pool` (NULL is fine) shares the work; the
// figures do not depend on it. As divergence_measure otherwise.
Status calmness_measure(Divergence *worst, const Model *model, DivergenceSet set, ThreadPool *pool,
                        Diagnostic *diagnostic);

#endif
