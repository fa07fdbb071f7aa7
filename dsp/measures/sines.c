// SPDX-License-Identifier: ISC
#include "dsp/measures/sines.h"

#include <math.h>

#include "dsp/base/decibels.h"
#include "dsp/base/denormals.h"
#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

#define MAP_LOWEST 40.0     // Hz
#define MAP_HIGHEST 8000.0  // Hz, but
#define HIGHEST_SHARE .4    // of the rate at most
#define MAP_SOFTEST (-40.0) // dB
#define SOFT (-20.0)        // dB: the lower level of the means
#define MEAN_LOWEST 450.0   // Hz: their tones
#define MEAN_HIGHEST 5100.0

// Times SINES_SIZE before what is looked at: the map looks at small parts, so all must have
// settled.
enum { SETTLING = 1, MAP_SETTLING = 3 };

// Runs of a model over sines whose period divides the length of the transform, so that in the
// steady state every harmonic, folded back or not, falls on a bin of its own, without a window.
typedef struct Analyser {
    double rate; // Hz, of the engine
    Engine *engine;
    Fourier *fourier;
    int settling;            // times SINES_SIZE
    double sine[SINES_SIZE]; // one period
    float samples[SINES_SIZE];
    Bin bins[SINES_BINS];
    double power[SINES_BINS]; // of each bin; 0.5 for a full-scale sine
} Analyser;

static void analyser_free(Analyser *analyser) {
    if (analyser) {
        engine_free(analyser->engine);
        fourier_free(analyser->fourier);
        memory_free(analyser);
    }
}

// Of a model that is oversampled by `factor`.
static Status analyser_new(Analyser **analyser, const Model *model, double rate, int factor,
                           Diagnostic *diagnostic) {
    *analyser = memory_new(1, sizeof **analyser);
    if (!*analyser) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to try sines");
    }
    (*analyser)->rate = factor * (model->sample_rate > 0.0 ? model->sample_rate : rate);
    (*analyser)->settling = SETTLING;
    for (int i = 0; i < SINES_SIZE; i++) {
        (*analyser)->sine[i] = sin(2.0 * M_PI * i / SINES_SIZE);
    }
    Status status = engine_new_delayed(&(*analyser)->engine, model, isa_best(), 1, factor,
                                       diagnostic);
    if (status == STATUS_OK) {
        status = fourier_new(&(*analyser)->fourier, SINES_SIZE, diagnostic);
    }
    if (status != STATUS_OK) {
        analyser_free(*analyser);
        *analyser = NULL;
    }
    return status;
}

// Plays `periods` periods of a sine: some times to settle, once to look at.
static void run_sine(Analyser *analyser, int periods, double level) {
    double amplitude = decibels_to_amplitude(level);
    float *samples = analyser->samples;
    engine_reset(analyser->engine);
    for (int round = 0; round <= analyser->settling; round++) {
        for (int i = 0; i < SINES_SIZE; i++) {
            long phase = (long)periods * i % SINES_SIZE; // exact
            samples[i] = (float)(amplitude * analyser->sine[phase]);
        }
        engine_run(analyser->engine, &samples, &(const float *){samples}, SINES_SIZE);
    }
    fourier_forward(analyser->fourier, samples, analyser->bins);
    for (int k = 0; k < SINES_BINS; k++) {
        double re = (double)analyser->bins[k].re / SINES_SIZE;
        double im = (double)analyser->bins[k].im / SINES_SIZE;
        analyser->power[k] = (k == 0 || k == SINES_BINS - 1 ? 1.0 : 2.0) * (re * re + im * im);
    }
}

// The odd number of periods nearest to a frequency: coprime to the size, a power of two.
static int periods_of(const Analyser *analyser, double hertz) {
    return 2 * (int)lround(0.5 * (hertz * SINES_SIZE / analyser->rate - 1.0)) + 1;
}

static double decibels(double power) {
    return fmax(decibels_of_power(power), SINES_FLOOR);
}

// In dB of a full-scale sine, whose power is a half.
static double sine_level(double power) {
    return decibels(2.0 * power);
}

Status sines_levels(SineLevels *levels, const Model *model, double rate, double hertz,
                    Diagnostic *diagnostic) {
    Analyser *analyser;
    Status status = analyser_new(&analyser, model, rate, 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    DenormalState mode = denormals_off();
    int periods = periods_of(analyser, hertz);
    levels->hertz = periods * analyser->rate / SINES_SIZE;
    for (int i = 0; i < SINES_LEVELS; i++) {
        double power = 0.0;
        levels->input[i] = -60.0 + 60.0 * i / (SINES_LEVELS - 1);
        run_sine(analyser, periods, levels->input[i]);
        for (int k = 1; k < SINES_BINS; k++) {
            power += analyser->power[k];
        }
        levels->output[i] = sine_level(power);
    }
    denormals_restore(mode);
    analyser_free(analyser);
    return STATUS_OK;
}

Status sines_spectrum(SineSpectrum *spectrum, const Model *model, double rate, double hertz,
                      Diagnostic *diagnostic) {
    Analyser *analyser;
    Status status = analyser_new(&analyser, model, rate, 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    DenormalState mode = denormals_off();
    int periods = periods_of(analyser, hertz);
    spectrum->bin = analyser->rate / SINES_SIZE;
    spectrum->hertz = periods * spectrum->bin;
    run_sine(analyser, periods, 0.0);
    for (int k = 0; k < SINES_BINS; k++) {
        double level = sine_level(analyser->power[k]);
        bool harmonic = k > 0 && k % periods == 0;
        spectrum->harmonic[k] = harmonic ? level : (double)NAN;
        spectrum->other[k] = harmonic || k == 0 ? (double)NAN : level;
    }
    denormals_restore(mode);
    analyser_free(analyser);
    return STATUS_OK;
}

// ---- The map ----

// The inharmonic share of the last run's power in the lowest `bins`, in dB: none when the model is
// silent, all when it gives no numbers.
static double share(const Analyser *analyser, int periods, int bins) {
    double harmonic = 0.0, other = 0.0;
    for (int k = 1; k < bins; k++) {
        *(k % periods == 0 ? &harmonic : &other) += analyser->power[k];
    }
    if (!isfinite(harmonic + other)) {
        return 0.0;
    }
    return other > 0.0 ? decibels(other / (harmonic + other)) : SINES_FLOOR;
}

static bool counts(double hertz) {
    return hertz >= MEAN_LOWEST && hertz <= MEAN_HIGHEST;
}

// Over the tones of one level.
static double mean_of(const SineMap *map, int level) {
    double sum = 0.0;
    int count = 0;
    for (int i = 0; i < SINES_MAP_TONES; i++) {
        if (counts(map->hertz[i])) {
            sum += map->inharmonic[level][i];
            count++;
        }
    }
    return count > 0 ? sum / count : SINES_FLOOR;
}

static void measure_map(SineMap *map, Analyser *analyser) {
    double octaves = log2(fmin(MAP_HIGHEST, HIGHEST_SHARE * analyser->rate) / MAP_LOWEST);
    for (int k = 0; k < SINES_MAP_LEVELS; k++) {
        map->level[k] = MAP_SOFTEST - MAP_SOFTEST * k / (SINES_MAP_LEVELS - 1);
        for (int i = 0; i < SINES_MAP_TONES; i++) {
            double wanted = MAP_LOWEST * exp2(octaves * i / (SINES_MAP_TONES - 1));
            int periods = periods_of(analyser, wanted);
            run_sine(analyser, periods, map->level[k]);
            map->hertz[i] = periods * analyser->rate / SINES_SIZE;
            map->inharmonic[k][i] = share(analyser, periods, SINES_BINS);
        }
    }
    map->loud = mean_of(map, SINES_MAP_LEVELS - 1);
    map->soft = mean_of(map, (SINES_MAP_LEVELS - 1) / 2);
}

// The mean over the map's tones, oversampled.
static double mean_oversampled(const SineMap *map, Analyser *analyser, int factor, double level) {
    double sum = 0.0;
    int count = 0;
    for (int i = 0; i < SINES_MAP_TONES; i++) {
        if (counts(map->hertz[i])) {
            int periods = periods_of(analyser, map->hertz[i]);
            run_sine(analyser, periods, level);
            sum += share(analyser, periods, SINES_SIZE / 2 / factor);
            count++;
        }
    }
    return count > 0 ? sum / count : SINES_FLOOR;
}

Status sines_map(SineMap *map, const Model *model, double rate, Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    DenormalState mode = denormals_off();
    for (int i = 0; i <= SINES_FACTORS && status == STATUS_OK; i++) {
        Analyser *analyser;
        int factor = 1 << i;
        status = analyser_new(&analyser, model, rate, factor, diagnostic);
        if (status != STATUS_OK) {
            break;
        }
        analyser->settling = MAP_SETTLING;
        if (i == 0) {
            measure_map(map, analyser);
        } else {
            map->oversampled[i - 1] = (SineMeans){
                .factor = factor,
                .loud = mean_oversampled(map, analyser, factor, 0.0),
                .soft = mean_oversampled(map, analyser, factor, SOFT),
            };
        }
        analyser_free(analyser);
    }
    denormals_restore(mode);
    return status;
}

static const char *amount(double mean) {
    return mean <= SINES_NONE     ? "none"
           : mean <= SINES_LITTLE ? "little"
           : mean <= SINES_SOME   ? "some"
                                  : "strong";
}

void sines_map_describe(const SineMap *map, Diagnostic *text) {
    diagnose(text, STATUS_OK, "%s at 0 dB (%.0f dB), %s at -20 dB (%.0f dB)", amount(map->loud),
             map->loud, amount(map->soft), map->soft);
}
