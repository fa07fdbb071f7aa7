// SPDX-License-Identifier: ISC
// gruff-spice-wave: what spice.sh gives to ngspice and takes from it. `feed` prints a recording at
// a multiple of its rate as the table that XSPICE's filesource reads; `fetch` makes the binary raw
// file of the transient analysis a recording again. Neither way adds a delay.
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/number.h"
#include "dsp/base/options.h"
#include "dsp/chain/rate_converter.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/audio/audio_io.h"

enum {
    RATE = 48000,
    MOST_TIMES = 32,
    BLOCK = 1024,
    LINE = 256,
    POINTS = 4, // that the output is interpolated from
    EXIT_USAGE = 2,
};

// When the recording begins, in steps: ngspice's first steps are shorter, and these are the points
// that it computes from then on. Elsewhere it would all be interpolated.
static const double lead = 1.6;

// ---- feed ----

// Prints what the converter has ready: the time in steps, and volts.
static void print_ready(RateConverter *converter, size_t *step) {
    float samples[BLOCK], *out = samples;
    int ready = 0;
    while ((ready = rate_converter_ready(converter)) > 0) {
        int count = ready < BLOCK ? ready : BLOCK;
        rate_converter_pull(converter, &out, count);
        for (int i = 0; i < count; i++) {
            printf("%.1f %.8g\n", (double)(*step)++ + lead, (double)samples[i]);
        }
    }
}

static void feed_samples(RateConverter *converter, const Audio *audio) {
    static const float silence[BLOCK];
    printf("* %zu frames\n", audio->frames);
    size_t step = 0;
    for (size_t at = 0; at < audio->frames; at += BLOCK) {
        const float *in = audio->samples + at;
        size_t left = audio->frames - at;
        rate_converter_push(converter, &in, left < BLOCK ? (int)left : BLOCK);
        print_ready(converter, &step);
    }
    // filesource must not come to the end of its table, and `fetch` asks for more than the frames.
    for (int i = 0; i < 2; i++) {
        const float *in = silence;
        rate_converter_push(converter, &in, BLOCK);
        print_ready(converter, &step);
    }
}

static Status feed(const char *path, int times, Diagnostic *diagnostic) {
    Audio audio = {0};
    RateConverter *converter = NULL;
    Status status = audio_file_read(&audio, path, diagnostic);
    if (status == STATUS_OK && audio.rate != RATE) {
        status = diagnose(diagnostic, STATUS_BAD_AUDIO, "%s: its rate is %d Hz; %d Hz are needed",
                          path, audio.rate, RATE);
    }
    if (status == STATUS_OK) {
        status = rate_converter_new(&converter, RATE, RATE * times, 1, BLOCK, 0, diagnostic);
    }
    if (status == STATUS_OK) {
        feed_samples(converter, &audio);
        if (fflush(stdout) != 0 || ferror(stdout)) {
            status = diagnose(diagnostic, STATUS_CANNOT_WRITE, "the table cannot be written: %s",
                              strerror(errno));
        }
    }
    rate_converter_free(converter);
    audio_clear(&audio);
    return status;
}

// ---- fetch ----

typedef struct Point {
    double time, volts;
} Point;

// The analysis as it comes from standard input, and what was computed around the present time.
typedef struct Analysis {
    Point points[POINTS]; // in order; the present is between the middle two
    bool ended;
} Analysis;

// Skips the text before the points: one voltage over time is expected.
static Status read_header(Diagnostic *diagnostic) {
    char line[LINE] = "";
    bool two = false;
    while (fgets(line, sizeof line, stdin) && strcmp(line, "Binary:\n") != 0) {
        two = two || strncmp(line, "No. Variables: 2", strlen("No. Variables: 2")) == 0;
    }
    if (!two || feof(stdin)) {
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "standard input is not a raw file of ngspice with time and one voltage");
    }
    return STATUS_OK;
}

static bool read_point(Point *point) {
    double pair[2];
    if (fread(pair, sizeof pair, 1, stdin) != 1) {
        return false;
    }
    *point = (Point){pair[0], pair[1]};
    return true;
}

// Moves on by a point; after the last one by copies of it.
static void advance(Analysis *analysis) {
    memmove(analysis->points, analysis->points + 1, (POINTS - 1) * sizeof(Point));
    Point *last = &analysis->points[POINTS - 1];
    if (!read_point(last)) {
        analysis->ended = true;
        last->time += 1.0 / RATE;
    }
}

// Where the solver did not converge at once it took shorter steps: the curve of third order
// through two points before and two after (Lagrange).
static double interpolate(const Point *points, double time) {
    double sum = 0.0;
    for (int i = 0; i < POINTS; i++) {
        double weight = 1.0;
        for (int k = 0; k < POINTS; k++) {
            if (k != i) {
                weight *= (time - points[k].time) / (points[i].time - points[k].time);
            }
        }
        sum += weight * points[i].volts;
    }
    return sum;
}

// Volts at a time not before that of the last call; NAN after the end of the analysis.
static double volts_at(Analysis *analysis, double time) {
    const Point *points = analysis->points;
    const double nearly = 1e-4 / RATE; // rounding of the solver's clock
    while (!analysis->ended && points[2].time < time - nearly) {
        advance(analysis);
    }
    for (int i = 1; i < 3; i++) {
        if (fabs(points[i].time - time) <= nearly) {
            return points[i].volts;
        }
    }
    return time < points[2].time ? interpolate(points, time) : NAN;
}

// The first two points stand for the time before the start too.
static Status begin(Analysis *analysis, Diagnostic *diagnostic) {
    Status status = read_header(diagnostic);
    Point *points = analysis->points;
    if (status == STATUS_OK && !(read_point(&points[1]) && read_point(&points[2]))) {
        status = diagnose(diagnostic, STATUS_CANNOT_READ, "ngspice computed no voltage");
    }
    if (status == STATUS_OK) {
        points[0] = (Point){2.0 * points[1].time - points[2].time, points[1].volts};
        points[3] = points[2];
        if (!read_point(&points[3])) {
            analysis->ended = true;
            points[3].time += 1.0 / RATE;
        }
    }
    return status;
}

// Writes what the converter has ready, as far as it is among the `left` frames.
static Status write_ready(RateConverter *converter, AudioWriter *writer, size_t *left,
                          Diagnostic *diagnostic) {
    float samples[BLOCK], *out = samples;
    Status status = STATUS_OK;
    int ready = 0;
    while (status == STATUS_OK && (ready = rate_converter_ready(converter)) > 0) {
        int count = ready < BLOCK ? ready : BLOCK;
        rate_converter_pull(converter, &out, count);
        size_t wanted = (size_t)count < *left ? (size_t)count : *left;
        status = audio_writer_write(writer, samples, wanted, diagnostic);
        *left -= wanted;
    }
    return status;
}

// The next `count` samples at the high rate, from number `first` on.
static Status take(Analysis *analysis, float *samples, size_t first, int count, int times,
                   Diagnostic *diagnostic) {
    for (int i = 0; i < count; i++) {
        double time = ((double)(first + (size_t)i) + lead) / ((double)RATE * times);
        double volts = volts_at(analysis, time);
        if (!isfinite(volts)) {
            return diagnose(diagnostic, STATUS_BAD_AUDIO, "ngspice gave up at %.4f s", time);
        }
        samples[i] = (float)volts;
    }
    return STATUS_OK;
}

// The analysis goes on for long enough after the last frame to fill the filter.
static Status fetch_samples(RateConverter *converter, AudioWriter *writer, size_t frames, int times,
                            Diagnostic *diagnostic) {
    Analysis analysis = {0};
    float samples[BLOCK];
    const float *in = samples;
    Status status = begin(&analysis, diagnostic);
    for (size_t at = 0; status == STATUS_OK && frames > 0; at += BLOCK) {
        status = take(&analysis, samples, at, BLOCK, times, diagnostic);
        if (status == STATUS_OK) {
            rate_converter_push(converter, &in, BLOCK);
            status = write_ready(converter, writer, &frames, diagnostic);
        }
    }
    return status;
}

static Status fetch(const char *path, size_t frames, int times, Diagnostic *diagnostic) {
    RateConverter *converter = NULL;
    AudioWriter *writer = NULL;
    Status status = rate_converter_new(&converter, RATE * times, RATE, 1, BLOCK, 0, diagnostic);
    if (status == STATUS_OK) {
        status = audio_writer_new(&writer, path, RATE, 1, diagnostic);
    }
    if (status == STATUS_OK) {
        status = fetch_samples(converter, writer, frames, times, diagnostic);
    }
    if (status == STATUS_OK) {
        status = audio_writer_commit(writer, diagnostic);
    }
    audio_writer_free(writer);
    rate_converter_free(converter);
    return status;
}

// ---- The command line ----

static const OptionGroup *const groups[] = {&options_usual, NULL};
static const OptionCommand commands[] = {
    {"feed", "TIMES INPUT.wav >TABLE",
     "print a recording at TIMES (1 to 32) its rate for filesource; its first line tells the "
     "frames of the recording",
     .groups = groups},
    {"fetch", "TIMES FRAMES OUTPUT.wav <RAW",
     "make FRAMES frames of the binary raw file of an analysis with one voltage", .groups = groups},
    {0},
};
static const OptionProgram program = {
    .name = "gruff-spice-wave",
    .about = "What presets/studio/spice.sh gives to ngspice and takes from it.",
    .groups = groups,
    .commands = commands,
};

// A whole number from 1 to `most`.
static bool read_count(const char *text, double most, size_t *count) {
    double value = 0.0;
    if (!number_read(text, &value) || value < 1.0 || value > most || value != floor(value)) {
        return false;
    }
    *count = (size_t)value;
    return true;
}

// Does what the operands say. STATUS_BAD_ARGUMENT when they are not understood.
static Status run(const OptionCommand *command, const OptionRest *rest, Diagnostic *diagnostic) {
    size_t times = 0, frames = 0;
    bool feeds = command == &commands[0];
    if (rest->count != (feeds ? 2 : 3)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "expected %s %s", command->name,
                        command->operands);
    }
    if (!read_count(rest->operands[0], MOST_TIMES, &times)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "TIMES is a number from 1 to %d, not '%s'",
                        MOST_TIMES, rest->operands[0]);
    }
    if (feeds) {
        return feed(rest->operands[1], (int)times, diagnostic);
    }
    if (!read_count(rest->operands[1], 1e12, &frames)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "FRAMES is a number from 1, not '%s'",
                        rest->operands[1]);
    }
    return fetch(rest->operands[2], frames, (int)times, diagnostic);
}

int main(int argc, char **argv) {
    const OptionCommand *command = NULL;
    OptionRest rest;
    Diagnostic diagnostic = {""};
    Status status = options_parse_command(&program, NULL, argc, argv, &command, &rest, &diagnostic);
    if (status == STATUS_OK && options_answer(&program, &rest, GRUFF_VERSION, stdout)) {
        return options_end(&program, EXIT_SUCCESS, stdout, stderr);
    }
    if (status == STATUS_OK) {
        status = run(command, &rest, &diagnostic);
    }
    if (status == STATUS_BAD_ARGUMENT) {
        fprintf(stderr, "gruff-spice-wave: %s; see gruff-spice-wave --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-spice-wave: %s\n", diagnostic.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
