// SPDX-License-Identifier: ISC
#include "training/learning/side_term.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"

bool side_term_init(SideTerm *term, const PassKernels *kernels, const NetworkShape *shape,
                    int frames, size_t samples) {
    *term = (SideTerm){.kernels = kernels, .shape = *shape, .count = network_count(shape)};
    term->groups = PASS_MAX_LANES / kernels->lanes;
    bool whole = true;
    for (int i = 0; i < term->groups; i++) {
        SideGroup *group = &term->group[i];
        group->pass = kernels->pass_new(shape, frames, false);
        group->input = memory_new(samples * (size_t)kernels->lanes, sizeof(float));
        group->gradient = memory_new(term->count, sizeof(double));
        whole = whole && group->pass && group->input && group->gradient;
    }
    return whole;
}

void side_term_clear(SideTerm *term) {
    for (int i = 0; i < term->groups; i++) {
        term->kernels->pass_free(term->group[i].pass);
        memory_free(term->group[i].input);
        memory_free(term->group[i].gradient);
    }
    *term = (SideTerm){0};
}

void side_term_start(SideTerm *term) {
    for (int i = 0; i < term->groups; i++) {
        term->group[i].passed = 0;
        term->group[i].starting = true;
    }
}

void side_term_take(SideTerm *term, int index) {
    SideGroup *group = &term->group[index];
    memset(group->gradient, 0, term->count * sizeof(double));
    Network gradient = network_at(&term->shape, group->gradient);
    term->kernels->gradient(group->pass, &gradient);
}

static double length_of(const double *values, size_t count) {
    double sum = 0.0;
    for (size_t k = 0; k < count; k++) {
        sum += values[k] * values[k];
    }
    return sqrt(sum);
}

void side_term_add(SideTerm *term, double share, double *gradient) {
    double *sum = term->group[0].gradient;
    for (int i = 1; i < term->groups; i++) { // always in this order: same bytes
        for (size_t k = 0; k < term->count; k++) {
            sum[k] += term->group[i].gradient[k];
        }
    }
    double length = length_of(sum, term->count), most = share * length_of(gradient, term->count);
    if (!(length > 0.0) || !isfinite(length)) {
        return;
    }
    double scale = fmin(1.0, most / length);
    for (size_t k = 0; k < term->count; k++) {
        gradient[k] += scale * sum[k];
    }
}
