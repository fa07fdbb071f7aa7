// SPDX-License-Identifier: ISC
#include "dsp/measures/divergence.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/measures/sound.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

static const float click = 1e-4f;
static const double click_at = 2e-3;                 // s, from the start of each round
static const double highest_share = 0.45;            // of the rate, for sines
static const double quiet = 1e-4;                    // of guitar's power: no output counts as less
static const double loud = 24.0;                     // dB, before silence
enum { ROUND = 2, SECONDS = 12, QUICK_SECONDS = 4 }; // s; a round is what follows a click

static const double guitar_levels[] = {0.0, 6.0, 12.0, 18.0, 24.0};
static const double noise_levels[] = {-20.0, -10.0};
static const double sine_levels[] = {-20.0, -10.0, 0.0, 6.0, 12.0};
static const double sines[] = {110.0, 220.0, 499.0, 997.0, 1999.0, 3989.0, 5003.0, 9001.0};
static const double tones[][2] = {{82.4, 123.5}, {440.0, 554.4}, {997.0, 3989.0}};
static const double past_levels[] = {-INFINITY, 0.0, 12.0};

#define COUNT(array) (sizeof(array) / sizeof *(array))

// ---- What is loud ----

typedef enum Past {
    PAST_NOISE,
    PAST_SINE,
    PAST_DC,
    PAST_LARGE_DC,
    PAST_SQUARE,
    PAST_GUITAR,
    PAST_COUNT
} Past;

static const char *const pasts[PAST_COUNT] = {
    [PAST_NOISE] = "noise",       [PAST_SINE] = "a sine",          [PAST_DC] = "DC",
    [PAST_LARGE_DC] = "large DC", [PAST_SQUARE] = "a square wave", [PAST_GUITAR] = "loud guitar",
};

// ---- Two runs ----

typedef struct Runner {
    const Model *model;
    const float *knobs; // NULL: their initial positions
    Engine *engine;     // of two channels: one that is disturbed, one that is not
    double rate;
    size_t second;   // frames
    float *guitar;   // [room], peak 1
    float *twins[2]; // [room]: in and out
    double usual;    // mean square of the output for guitar at 0 dB
    Divergence *divergence;
} Runner;

static void runner_close(Runner *runner) {
    engine_free(runner->engine);
    memory_free(runner->guitar);
    memory_free(runner->twins[0]);
    memory_free(runner->twins[1]);
}

static Status runner_open(Runner *runner, int seconds, Diagnostic *diagnostic) {
    const Model *model = runner->model;
    runner->rate = sound_rate(model->sample_rate > 0.0 ? model->sample_rate : 48e3);
    runner->second = (size_t)runner->rate;
    size_t frames = (size_t)seconds * runner->second;
    runner->guitar = memory_new(frames, sizeof(float));
    runner->twins[0] = memory_new(frames, sizeof(float));
    runner->twins[1] = memory_new(frames, sizeof(float));
    if (!runner->guitar || !runner->twins[0] || !runner->twins[1]) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to try how a model forgets");
    }
    Status status = engine_new(&runner->engine, model, isa_best(), 2, diagnostic);
    return status == STATUS_OK ? sound_guitar(runner->guitar, frames, runner->rate, diagnostic)
                               : status;
}

static void put_noise(float *out, size_t frames, double level, uint64_t seed) {
    Random random = {seed};
    double amplitude = decibels_to_amplitude(level);
    for (size_t i = 0; i < frames; i++) {
        out[i] = (float)(amplitude * random_normal(&random));
    }
}

static void add_sine(const Runner *runner, float *out, size_t frames, double hertz,
                     double amplitude) {
    for (size_t i = 0; i < frames; i++) {
        out[i] += (float)(amplitude * sin(2.0 * M_PI * hertz * (double)i / runner->rate));
    }
}

static void put_constant(float *out, size_t frames, float value) {
    for (size_t i = 0; i < frames; i++) {
        out[i] = value;
    }
}

// Runs both, from the initial state, over what is in them.
static void run_twins(const Runner *runner, size_t frames) {
    Engine *engine = runner->engine;
    engine_reset(engine);
    for (int k = 0; runner->knobs && k < runner->model->knobs; k++) {
        engine_set_knob(engine, k, runner->knobs[k]);
    }
    engine_run(engine, runner->twins, (const float *const *)runner->twins, (int)frames);
}

typedef struct Powers {
    double difference, output; // sums of squares
    size_t frames;
} Powers;

static void add_powers(Powers *powers, const Runner *runner, size_t begin, size_t frames) {
    const float *one = runner->twins[0] + begin, *other = runner->twins[1] + begin;
    for (size_t i = 0; i < frames; i++) {
        double difference = (double)one[i] - (double)other[i];
        powers->difference += difference * difference;
        powers->output += (double)one[i] * (double)one[i];
    }
    powers->frames += frames;
}

// What is left, relative to the output or to `least`, a mean square, whichever is more.
static double left_of(const Powers *powers, double least) {
    if (!isfinite(powers->difference) || !isfinite(powers->output)) {
        return NAN;
    }
    double reference = fmax(powers->output, least * (double)powers->frames);
    return powers->difference > 0.0 ? decibels_finite(powers->difference / reference)
                                    : DECIBELS_FLOOR;
}

static DivergenceCase *add_case(const Runner *runner, DivergenceKind kind, double level) {
    Divergence *divergence = runner->divergence;
    DivergenceCase *one = &divergence->cases[divergence->count++];
    *one = (DivergenceCase){.kind = kind, .level = level, .left = NAN, .fall = NAN};
    return one;
}

// ---- A click ----

// Runs what is in the first one and, with a click in each round, the same in the second.
static Powers run_clicks(const Runner *runner, size_t frames) {
    size_t second = runner->second, round = ROUND * second;
    Powers powers = {0};
    memcpy(runner->twins[1], runner->twins[0], frames * sizeof(float));
    for (size_t begin = 0; begin + round <= frames; begin += round) {
        runner->twins[1][begin + (size_t)(click_at * runner->rate)] += click;
    }
    run_twins(runner, frames);
    for (size_t begin = 0; begin + round <= frames; begin += round) {
        add_powers(&powers, runner, begin + second, second);
    }
    return powers;
}

static void try_guitar(Runner *runner, size_t frames) {
    for (size_t i = 0; i < COUNT(guitar_levels); i++) {
        sound_turn_up(runner->twins[0], runner->guitar, frames, guitar_levels[i]);
        Powers powers = run_clicks(runner, frames);
        if (i == 0) {
            runner->usual = powers.output / (double)powers.frames;
        }
        add_case(runner, DIVERGENCE_GUITAR, guitar_levels[i])->left = left_of(
            &powers, quiet * runner->usual);
    }
}

static void try_noise(const Runner *runner, size_t frames) {
    for (size_t i = 0; i < COUNT(noise_levels); i++) {
        put_noise(runner->twins[0], frames, noise_levels[i], 1);
        Powers powers = run_clicks(runner, frames);
        add_case(runner, DIVERGENCE_NOISE, noise_levels[i])->left = left_of(&powers,
                                                                            quiet * runner->usual);
    }
}

// One sine, or two, of a round.
static void try_sines(const Runner *runner, const double *hertz, int count, double level) {
    size_t frames = ROUND * runner->second;
    put_constant(runner->twins[0], frames, 0.0f);
    DivergenceCase *one = add_case(runner, count == 1 ? DIVERGENCE_SINE : DIVERGENCE_TONES, level);
    for (int i = 0; i < count; i++) {
        one->hertz[i] = fmin(hertz[i], highest_share * runner->rate);
        add_sine(runner, runner->twins[0], frames, one->hertz[i],
                 decibels_to_amplitude(level) / count);
    }
    Powers powers = run_clicks(runner, frames);
    one->left = left_of(&powers, quiet * runner->usual);
}

static void try_all_sines(const Runner *runner) {
    for (size_t i = 0; i < COUNT(sines); i++) {
        for (size_t k = 0; k < COUNT(sine_levels); k++) {
            try_sines(runner, &sines[i], 1, sine_levels[k]);
        }
    }
    for (size_t i = 0; i < COUNT(tones); i++) {
        for (size_t k = 0; k < COUNT(sine_levels); k++) {
            try_sines(runner, tones[i], 2, sine_levels[k]);
        }
    }
}

static void try_few_sines(const Runner *runner) {
    for (size_t i = 0; i < COUNT(sines); i += 2) {
        try_sines(runner, &sines[i], 1, 0.0);
        try_sines(runner, &sines[i + 1], 1, 12.0);
    }
    for (size_t i = 0; i < COUNT(tones); i++) {
        try_sines(runner, tones[i], 2, 6.0);
    }
}

// Both hear the same second of loud guitar; the click is in the silence after it.
static void try_silence(const Runner *runner) {
    size_t second = runner->second;
    put_constant(runner->twins[0], 3 * second, 0.0f);
    sound_turn_up(runner->twins[0], runner->guitar, second, loud);
    memcpy(runner->twins[1], runner->twins[0], 3 * second * sizeof(float));
    runner->twins[1][second + (size_t)(click_at * runner->rate)] += click;
    run_twins(runner, 3 * second);
    Powers powers = {0};
    add_powers(&powers, runner, 2 * second, second);
    add_case(runner, DIVERGENCE_SILENCE, -INFINITY)->left = left_of(&powers, runner->usual);
}

// ---- Another past ----

static void put_past(const Runner *runner, float *out, Past past) {
    size_t frames = runner->second;
    put_constant(out, frames, past == PAST_DC ? 1.0f : past == PAST_LARGE_DC ? -4.0f : 0.0f);
    if (past == PAST_NOISE) {
        put_noise(out, frames, 0.0, 2);
    } else if (past == PAST_SINE) {
        add_sine(runner, out, frames, 110.0, 4.0);
    } else if (past == PAST_GUITAR) {
        sound_turn_up(out, runner->guitar, frames, loud);
    }
    for (size_t i = 0; past == PAST_SQUARE && i < frames; i++) {
        out[i] = sin(2.0 * M_PI * 80.0 * (double)i / runner->rate) < 0.0 ? -2.0f : 2.0f;
    }
}

// A second of `past` or of silence, then four of guitar.
static DivergenceCase try_past(const Runner *runner, Past past, double level) {
    enum { SEEN = 3 };
    size_t second = runner->second, after = (SEEN + 1) * second;
    double left[SEEN], reference = runner->usual;
    put_constant(runner->twins[0], second, 0.0f);
    put_past(runner, runner->twins[1], past);
    sound_turn_up(runner->twins[0] + second, runner->guitar, after, level);
    memcpy(runner->twins[1] + second, runner->twins[0] + second, after * sizeof(float));
    run_twins(runner, second + after);
    for (int i = 0; i < SEEN; i++) {
        Powers powers = {0};
        add_powers(&powers, runner, (size_t)(i + 2) * second, second);
        left[i] = left_of(&powers, reference);
    }
    // Both steps count, unless the first leads to the bound: rounding is near there.
    double fall = left[0] - left[1];
    if (!(left[1] <= DIVERGENCE_BOUND)) {
        fall = fmin(fall, left[1] - left[2]);
    }
    return (DivergenceCase){DIVERGENCE_PAST, level, {0.0, 0.0}, pasts[past], left[0], fall};
}

static void try_pasts(const Runner *runner) {
    for (size_t i = 0; i < COUNT(past_levels); i++) {
        DivergenceCase *worst = add_case(runner, DIVERGENCE_PAST, past_levels[i]);
        for (int past = 0; past < PAST_COUNT; past++) {
            DivergenceCase one = try_past(runner, (Past)past, past_levels[i]);
            if (past == 0 || divergence_excess(&one) > divergence_excess(worst)) {
                *worst = one;
            }
        }
    }
}

// ---- All of it ----

Status divergence_measure(Divergence *divergence, const Model *model, const float *knobs,
                          DivergenceSet set, Diagnostic *diagnostic) {
    Runner runner = {.model = model, .knobs = knobs, .divergence = divergence};
    int seconds = set == DIVERGENCE_QUICK ? QUICK_SECONDS : SECONDS;
    divergence->count = 0;
    Status status = runner_open(&runner, seconds, diagnostic);
    if (status == STATUS_OK) {
        DenormalState mode = denormals_off();
        try_guitar(&runner, (size_t)seconds * runner.second);
        if (set == DIVERGENCE_QUICK) {
            try_noise(&runner, ROUND * runner.second);
            try_few_sines(&runner);
        } else {
            try_noise(&runner, QUICK_SECONDS * runner.second);
            try_all_sines(&runner);
            try_silence(&runner);
            try_pasts(&runner);
        }
        denormals_restore(mode);
    }
    runner_close(&runner);
    return status;
}
