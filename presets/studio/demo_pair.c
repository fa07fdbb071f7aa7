// SPDX-License-Identifier: ISC
// gruff-demo-pair: makes a pair of recordings to train on and another one to judge the result by,
// out of nothing: a guitar part, and the same through an overdrive circuit.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/options.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/signals/guitar.h"
#include "dsp/signals/score.h"
#include "presets/studio/circuit.h"
#include "presets/studio/oversample.h"

enum { RATE = 48000, EXIT_USAGE = 2 };

static const double test_seconds = 15.2; // every manner of playing once
static const double guitar_peak = 0.7;   // volts
static const double output_level = 0.45; // the pedal's Level knob

typedef struct Part {
    const char *input, *target; // file names
    double seconds;
    int bars; // of each section
    uint64_t seed;
} Part;

static double pedal(void *state, double volts) {
    return output_level * circuit_step(state, volts);
}

static Status play(float *samples, size_t frames, const Part *part, Diagnostic *diagnostic) {
    Score score;
    Status status = score_compose(&score, part->seconds, part->bars, part->seed, diagnostic);
    if (status == STATUS_OK) {
        status = guitar_play(samples, frames, RATE, &score, guitar_peak, part->seed + 1,
                             diagnostic);
        score_clear(&score);
    }
    return status;
}

static Status write_in(const char *folder, const char *name, const float *samples, size_t frames,
                       Diagnostic *diagnostic) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = memory_new(size, 1);
    if (!path) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for its name", name);
    }
    snprintf(path, size, "%s/%s", folder, name);
    Status status = audio_file_write(path, RATE, samples, frames, diagnostic);
    if (status == STATUS_OK) {
        printf("%s: %.1f s, peak %.3f\n", path, (double)frames / RATE,
               (double)level_peak(samples, frames));
    }
    memory_free(path);
    return status;
}

static Status make_part(const char *folder, const Part *part, Diagnostic *diagnostic) {
    size_t frames = (size_t)(part->seconds * RATE);
    float *samples = memory_new(frames, sizeof *samples);
    if (!samples) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %.0f s of audio",
                        part->seconds);
    }
    Circuit circuit;
    circuit_init(&circuit, (double)RATE * OVERSAMPLE);
    Status status = play(samples, frames, part, diagnostic);
    if (status == STATUS_OK) {
        status = write_in(folder, part->input, samples, frames, diagnostic);
    }
    if (status == STATUS_OK) {
        status = oversample(samples, samples, frames, pedal, &circuit, diagnostic);
    }
    if (status == STATUS_OK) {
        status = write_in(folder, part->target, samples, frames, diagnostic);
    }
    memory_free(samples);
    return status;
}

static Status make_pair(const char *folder, double seconds, uint64_t seed, Diagnostic *diagnostic) {
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        return diagnose(diagnostic, STATUS_CANNOT_WRITE, "%s: cannot be made: %s", folder,
                        strerror(errno));
    }
    Part parts[] = {
        {"input.wav", "target.wav", seconds, 4, 2 * seed},
        {"test-input.wav", "test-target.wav", test_seconds, 1, ~(2 * seed)},
    };
    for (int i = 0; i < 2; i++) {
        Status status = make_part(folder, &parts[i], diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

// ---- The command line ----

typedef struct Settings {
    uint64_t seed;
    double seconds;
} Settings;

static const Option own[] = {
    {"seed", 0, "N", OPTION_INTO(Settings, seed), .most = 1e9, .help = "another part (1)"},
    {"seconds", 0, "S", OPTION_INTO(Settings, seconds), .least = 10.0, .most = 3600.0,
     .help = "length of the training pair, 10 to 3600 (90)"},
};
static const OptionGroup group = {OPTION_ROWS(own)};
static const OptionGroup *const groups[] = {&group, &options_usual, NULL};
static const OptionProgram program = {
    .name = "gruff-demo-pair",
    .usage = "gruff-demo-pair FOLDER [option]...",
    .about = "Makes input.wav and target.wav (a guitar, and the same through an overdrive "
             "circuit) to train on, and test-input.wav and test-target.wav to judge the result by.",
    .groups = groups,
};

int main(int argc, char **argv) {
    Settings settings = {.seed = 1, .seconds = 90.0};
    OptionRest rest;
    Diagnostic diagnostic = {""};
    Status status = options_parse(&program, &settings, argc, argv, &rest, &diagnostic);
    if (status == STATUS_OK && options_answer(&program, &rest, GRUFF_VERSION, stdout)) {
        return options_end(&program, EXIT_SUCCESS, stdout, stderr);
    }
    if (status == STATUS_OK && rest.count != 1) {
        status = diagnose(&diagnostic, STATUS_BAD_ARGUMENT, "expected one folder, not '%s'",
                          rest.count > 0 ? rest.operands[1] : "none");
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-demo-pair: %s; see gruff-demo-pair --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    if (make_pair(rest.operands[0], settings.seconds, settings.seed, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff-demo-pair: %s\n", diagnostic.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
