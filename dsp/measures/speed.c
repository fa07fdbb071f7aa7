// SPDX-License-Identifier: ISC
#include "dsp/measures/speed.h"

#include <time.h>

#include "dsp/base/denormals.h"
#include "dsp/network/engine.h"

enum { RUNS = 7 };

// CPU time of this thread: what other programs take does not count.
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double run(Engine *engine, const float *input, size_t frames) {
    float block[SPEED_BLOCK];
    size_t done = 0;
    double begin = now();
    for (; done + SPEED_BLOCK <= frames; done += SPEED_BLOCK) {
        engine_run(engine, &(float *){block}, &(const float *){input + done}, SPEED_BLOCK);
    }
    return (now() - begin) / (double)done;
}

static double median(double *times) {
    for (int i = 1; i < RUNS; i++) {
        for (int k = i; k > 0 && times[k] < times[k - 1]; k--) {
            double time = times[k];
            times[k] = times[k - 1];
            times[k - 1] = time;
        }
    }
    return times[RUNS / 2];
}

Status speed_measure(double *time, const Model *model, const float *input, size_t frames,
                     Diagnostic *diagnostic) {
    if (frames < SPEED_BLOCK) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%zu samples are too few to take the time",
                        frames);
    }
    Engine *engine = NULL;
    Status status = engine_new(&engine, model, isa_best(), 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    double times[RUNS];
    DenormalState mode = denormals_off();
    for (int i = 0; i < RUNS; i++) {
        times[i] = run(engine, input, frames);
    }
    denormals_restore(mode);
    engine_free(engine);
    *time = median(times);
    return STATUS_OK;
}
