// SPDX-License-Identifier: ISC
#include "dsp/measures/levels.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/denormals.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/measures/sound.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

static const double softest = -60.0, step = 3.0; // dB
static const double loud = 24.0;                 // dB, before silence
static const double audible = -100.0; // dB below the loudest: what is softer makes no hole
static const double sine_hertz = 997.0;
enum { SECONDS = 4, REST = 3 }; // s

typedef struct Runner {
    Engine *engine;
    double rate;
    size_t second, frames;
    float *guitar;  // [frames], peak 1
    float *samples; // [frames]
} Runner;

static void runner_close(Runner *runner) {
    engine_free(runner->engine);
    memory_free(runner->guitar);
    memory_free(runner->samples);
}

static Status runner_open(Runner *runner, const Model *model, double rate, Diagnostic *diagnostic) {
    runner->rate = sound_rate(model->sample_rate > 0.0 ? model->sample_rate : rate);
    runner->second = (size_t)runner->rate;
    runner->frames = SECONDS * runner->second;
    runner->guitar = memory_new(runner->frames, sizeof(float));
    runner->samples = memory_new(runner->frames, sizeof(float));
    if (!runner->guitar || !runner->samples) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to try a model's levels");
    }
    Status status = engine_new(&runner->engine, model, isa_best(), 1, diagnostic);
    return status == STATUS_OK
               ? sound_guitar(runner->guitar, runner->frames, runner->rate, diagnostic)
               : status;
}

// Runs on over the first `frames` samples, in place.
static void run(const Runner *runner, size_t frames) {
    engine_run(runner->engine, (float *const *)&runner->samples,
               (const float *const *)&runner->samples, (int)frames);
}

// RMS about the mean in dB of a full-scale sine, from `begin` on.
static double level_of(const Runner *runner, size_t begin, size_t frames) {
    double power = level_variance(runner->samples + begin, frames);
    return isfinite(power) ? decibels_finite(2.0 * power) : (double)NAN;
}

// ---- Curves ----

static void put_guitar(const Runner *runner, size_t frames, double level) {
    sound_turn_up(runner->samples, runner->guitar, frames, level);
}

static double try_guitar(const Runner *runner, double level) {
    engine_reset(runner->engine);
    put_guitar(runner, runner->frames, level);
    run(runner, runner->frames);
    return level_of(runner, 0, runner->frames);
}

// Half a second to settle, half a second that counts.
static double try_sine(const Runner *runner, double level) {
    size_t half = runner->second / 2;
    double amplitude = decibels_to_amplitude(level);
    engine_reset(runner->engine);
    for (size_t i = 0; i < 2 * half; i++) {
        runner->samples[i] = (float)(amplitude *
                                     sin(2.0 * M_PI * sine_hertz * (double)i / runner->rate));
    }
    run(runner, 2 * half);
    return level_of(runner, half, half);
}

// Finds the deepest hole and the highest jump. What is far below the loudest output does not count:
// there is only what rounding leaves.
static void look_at(LevelCurve *curve, const double *input) {
    double most = -INFINITY, loudest = -INFINITY;
    for (int i = 0; i < LEVELS_COUNT; i++) {
        loudest = fmax(loudest, curve->output[i]);
    }
    double least = loudest + audible;
    curve->hole = curve->jump = 0.0;
    curve->hole_at = curve->jump_at = input[0];
    for (int i = 0; i < LEVELS_COUNT; i++) {
        double output = fmax(curve->output[i], least);
        double rise = i > 0 ? output - fmax(curve->output[i - 1], least) : 0.0;
        if (most - output > curve->hole) {
            curve->hole = most - output;
            curve->hole_at = input[i];
        }
        if (rise > curve->jump) {
            curve->jump = rise;
            curve->jump_at = input[i];
        }
        most = fmax(most, output);
    }
}

static bool has_numbers(const LevelCurve *curve) {
    bool numbers = true;
    for (int i = 0; i < LEVELS_COUNT; i++) {
        numbers = numbers && !isnan(curve->output[i]);
    }
    return numbers;
}

// ---- Silence ----

// What goes on in the third second of silence, at the start or after a second of loud guitar.
static double try_rest(const Runner *runner, bool after_guitar) {
    engine_reset(runner->engine);
    if (after_guitar) {
        put_guitar(runner, runner->second, loud);
        run(runner, runner->second);
    }
    memset(runner->samples, 0, REST * runner->second * sizeof(float));
    run(runner, REST * runner->second);
    return level_of(runner, (REST - 1) * runner->second, runner->second);
}

// ---- All of it ----

Status levels_measure(Levels *levels, const Model *model, double rate, Diagnostic *diagnostic) {
    Runner runner = {0};
    Status status = runner_open(&runner, model, rate, diagnostic);
    if (status == STATUS_OK) {
        DenormalState mode = denormals_off();
        double usual_input = 0.0, usual = DECIBELS_FLOOR;
        for (int i = 0; i < LEVELS_COUNT; i++) {
            levels->input[i] = softest + step * i;
            levels->sine.output[i] = try_sine(&runner, levels->input[i]);
            levels->guitar.output[i] = try_guitar(&runner, levels->input[i]);
            if (levels->input[i] == 0.0) {
                usual = levels->guitar.output[i];
            }
        }
        put_guitar(&runner, runner.frames, 0.0);
        usual_input = level_of(&runner, 0, runner.frames);
        look_at(&levels->sine, levels->input);
        look_at(&levels->guitar, levels->input);
        levels->gain = usual - usual_input;
        double first = try_rest(&runner, false), later = try_rest(&runner, true);
        levels->rest = isnan(first) ? first : isnan(later) ? later : fmax(first, later) - usual;
        denormals_restore(mode);
    }
    runner_close(&runner);
    return status;
}

// ---- The verdict ----

static bool curve_passes(const LevelCurve *curve) {
    return curve->hole <= LEVELS_HOLE && curve->jump <= LEVELS_JUMP && has_numbers(curve);
}

bool levels_pass(const Levels *levels) {
    return curve_passes(&levels->sine) && curve_passes(&levels->guitar) &&
           levels->rest <= LEVELS_REST;
}

static void add_curve(Diagnostic *list, const LevelCurve *curve, const char *name) {
    if (!has_numbers(curve)) {
        diagnose_also(list, "%s gives no numbers", name);
        return;
    }
    if (curve->hole > LEVELS_HOLE) {
        diagnose_also(list, "%s falls by %.0f dB at %+g dB", name, curve->hole, curve->hole_at);
    }
    if (curve->jump > LEVELS_JUMP) {
        diagnose_also(list, "%s jumps by %.0f dB at %+g dB", name, curve->jump, curve->jump_at);
    }
}

void levels_describe(const Levels *levels, Diagnostic *text) {
    Diagnostic faults = {""};
    add_curve(&faults, &levels->sine, "a sine");
    add_curve(&faults, &levels->guitar, "guitar");
    if (isnan(levels->rest)) {
        diagnose_also(&faults, "silence gives no numbers");
    } else if (levels->rest > LEVELS_REST) {
        diagnose_also(&faults, "silence goes on at %.0f dB", levels->rest);
    }
    if (*faults.text && !isfinite(levels->gain)) {
        diagnose(text, STATUS_OK, "%.900s", faults.text);
    } else if (*faults.text) {
        diagnose(text, STATUS_OK, "gain %+.1f dB; %.900s", levels->gain, faults.text);
    } else {
        diagnose(text, STATUS_OK, "gain %+.1f dB, steady from -60 to +24 dB", levels->gain);
    }
}
