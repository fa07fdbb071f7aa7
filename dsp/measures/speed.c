// SPDX-License-Identifier: ISC
#include "dsp/measures/speed.h"

#include "dsp/base/clock.h"
#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/base/order.h"
#include "dsp/base/random.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

static const double least_run = 4e-3; // s

// An engine, and how long it took.
typedef struct Timed {
    Engine *engine;
    const float *in[ENGINE_MAX_CHANNELS]; // [SPEED_MAX_BLOCK]
    float *out[ENGINE_MAX_CHANNELS];      // [SPEED_MAX_BLOCK]
    int block;
    long blocks; // of a run
    double times[SPEED_RUNS];
} Timed;

SpeedCase speed_usual(void) {
    return (SpeedCase){.isa = isa_best(), .channels = 1, .block = SPEED_BLOCK};
}

static double run(const Timed *timed) {
    DenormalState before = denormals_off();
    double start = clock_thread();
    for (long i = 0; i < timed->blocks; i++) {
        engine_run(timed->engine, timed->out, timed->in, timed->block);
    }
    double elapsed = clock_thread() - start;
    denormals_restore(before);
    return elapsed;
}

double speed_median(double *times, int count) {
    order_doubles(times, (size_t)count);
    return times[count / 2];
}

// Makes the engine, and finds how many blocks a run takes.
static Status open_timed(Timed *timed, const Model *model, const SpeedCase *what, float *memory,
                         Diagnostic *diagnostic) {
    timed->block = what->block;
    for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
        timed->in[c] = memory + (size_t)(2 * c) * SPEED_MAX_BLOCK;
        timed->out[c] = memory + (size_t)(2 * c + 1) * SPEED_MAX_BLOCK;
    }
    Status status = (what->fast ? engine_new_fast : engine_new)(&timed->engine, model, what->isa,
                                                                what->channels, diagnostic);
    if (status == STATUS_OK) {
        timed->blocks = 1;
        while (run(timed) < least_run) {
            timed->blocks *= 2;
        }
    }
    return status;
}

// All of them in turns: a machine whose clock wanders slows all of them down.
static void take_turns(Timed *timed, int count) {
    for (int i = 0; i < SPEED_RUNS; i++) {
        for (int k = 0; k < count; k++) {
            timed[k].times[i] = run(&timed[k]);
        }
    }
}

Status speed_measure(double *times, const Model *const *models, int count, const SpeedCase *what,
                     Diagnostic *diagnostic) {
    enum { SAMPLES = 2 * ENGINE_MAX_CHANNELS * SPEED_MAX_BLOCK };
    Timed timed[SPEED_MAX_MODELS] = {0};
    float *memory = memory_new(SAMPLES, sizeof *memory);
    if (!memory) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the audio to measure with");
    }
    Random random = {.state = 1};
    for (int i = 0; i < SAMPLES; i++) {
        memory[i] = (float)random_within(&random, 0.5);
    }
    Status status = STATUS_OK;
    for (int k = 0; status == STATUS_OK && k < count; k++) {
        status = open_timed(&timed[k], models[k], what, memory, diagnostic);
    }
    if (status == STATUS_OK) {
        take_turns(timed, count);
    }
    for (int k = 0; k < count; k++) {
        double samples = (double)timed[k].blocks * what->block * what->channels;
        times[k] = status == STATUS_OK ? speed_median(timed[k].times, SPEED_RUNS) / samples : 0.0;
        engine_free(timed[k].engine);
    }
    memory_free(memory);
    return status;
}
