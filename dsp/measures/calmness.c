// SPDX-License-Identifier: ISC
#include "dsp/measures/calmness.h"

#include "dsp/base/memory.h"

enum { SETTINGS = 3 }; // initial positions, lower ends, upper ends

typedef struct Job {
    const Model *model;
    DivergenceSet set;
    Divergence divergence[SETTINGS];
    Status status[SETTINGS];
    Diagnostic diagnostic[SETTINGS];
} Job;

static void measure_setting(void *context, int index) {
    Job *job = context;
    float knobs[MODEL_MAX_KNOBS] = {0};
    for (int k = 0; k < job->model->knobs; k++) {
        const Knob *knob = &job->model->knob[k];
        knobs[k] = index == 0 ? knob->initial : index == 1 ? knob->minimum : knob->maximum;
    }
    job->status[index] = divergence_measure(&job->divergence[index], job->model, knobs, job->set,
                                            &job->diagnostic[index]);
}

Status calmness_measure(Divergence *worst, const Model *model, DivergenceSet set, ThreadPool *pool,
                        Diagnostic *diagnostic) {
    Job *job = memory_new(1, sizeof *job);
    if (!job) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to try the model");
    }
    job->model = model;
    job->set = set;
    int settings = model->knobs > 0 ? SETTINGS : 1;
    thread_pool_run(pool, measure_setting, job, settings);
    Status status = STATUS_OK;
    for (int i = 0; i < settings && status == STATUS_OK; i++) {
        status = job->status[i];
        if (status != STATUS_OK) {
            diagnose(diagnostic, status, "%s", job->diagnostic[i].text);
        } else if (i == 0) {
            *worst = job->divergence[0];
        } else {
            divergence_merge(worst, &job->divergence[i]);
        }
    }
    memory_free(job);
    return status;
}
