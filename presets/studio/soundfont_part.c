// SPDX-License-Identifier: ISC
// gruff-soundfont-part: plays a guitar part with the samples of a sound font (FluidSynth).
#include <fluidsynth.h>
#include <getopt.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/signals/score.h"
#include "presets/studio/argument.h"

enum {
    RATE = 48000,
    STEP = 64,         // frames between the moves of a bend
    OPEN = 0,          // the first of six channels, one a string
    MUTED = 10,        // the first of six for the palm at the bridge; 9 is the drums'
    MUTED_GUITAR = 28, // General MIDI's program, from 0
    BEND_RANGE = 12,   // semitones either way
    BARS = 1,          // of each manner of playing
    EXIT_USAGE = 2,
};

#define VIBRATO_RATE 5.5 // Hz

typedef struct Player {
    fluid_settings_t *settings;
    fluid_synth_t *synth;
} Player;

typedef struct Options {
    const char *output, *font;
    double seconds, peak, seed, program;
} Options;

// ---- The instrument ----

static void player_clear(Player *player) {
    delete_fluid_synth(player->synth);
    delete_fluid_settings(player->settings);
}

static Status player_init(Player *player, const Options *options, Diagnostic *diagnostic) {
    player->settings = new_fluid_settings();
    fluid_settings_setnum(player->settings, "synth.sample-rate", RATE);
    fluid_settings_setint(player->settings, "synth.reverb.active", 0);
    fluid_settings_setint(player->settings, "synth.chorus.active", 0);
    player->synth = new_fluid_synth(player->settings);
    if (!player->synth || fluid_synth_sfload(player->synth, options->font, 1) == FLUID_FAILED) {
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "%.500s: no sound font that can be read; Debian's is in the package "
                        "fluid-soundfont-gm",
                        options->font);
    }
    for (int string = 0; string < SCORE_STRINGS; string++) {
        fluid_synth_program_change(player->synth, OPEN + string, (int)options->program);
        fluid_synth_program_change(player->synth, MUTED + string, MUTED_GUITAR);
        fluid_synth_pitch_wheel_sens(player->synth, OPEN + string, BEND_RANGE);
        fluid_synth_pitch_wheel_sens(player->synth, MUTED + string, BEND_RANGE);
    }
    return STATUS_OK;
}

// ---- What is played on it ----

static int channel(const Pluck *pluck) {
    return (pluck->muted ? MUTED : OPEN) + pluck->string;
}

static int key(const Pluck *pluck) {
    return (int)lround(pluck->pitch);
}

// How loud a note is goes with the square of its velocity (SoundFont 2.04, section 8.4.2).
static int velocity(const Pluck *pluck) {
    return (int)fmax(1.0, lround(127.0 * sqrt(pluck->level)));
}

// Semitones from the key, `t` seconds into the note.
static double bend(const Pluck *pluck, double t) {
    double along = t / pluck->length;
    double bent = pluck->pitch - key(pluck) + pluck->bend * fmin(1.0, along / (2.0 / 3.0));
    return along < 0.5 ? bent : bent + pluck->vibrato * sin(2.0 * M_PI * VIBRATO_RATE * t);
}

static void turn_wheel(Player *player, const Pluck *pluck, double t) {
    int wheel = 8192 + (int)lround(bend(pluck, t) * 8192.0 / BEND_RANGE);
    fluid_synth_pitch_bend(player->synth, channel(pluck), wheel);
}

static bool falls_in(double seconds, size_t frame) {
    size_t at = (size_t)(seconds * RATE);
    return at >= frame && at < frame + STEP;
}

// What happens in the step that begins at `frame`: strings that are stopped before those that are
// plucked, for one string may be both.
static void move_hands(Player *player, const Score *score, size_t frame) {
    double now = (double)frame / RATE;
    for (size_t i = 0; i < score->count; i++) {
        const Pluck *pluck = &score->plucks[i];
        if (falls_in(pluck->start + pluck->length, frame)) {
            fluid_synth_noteoff(player->synth, channel(pluck), key(pluck));
        }
    }
    for (size_t i = 0; i < score->count; i++) {
        const Pluck *pluck = &score->plucks[i];
        if (falls_in(pluck->start, frame)) {
            turn_wheel(player, pluck, 0.0);
            fluid_synth_noteon(player->synth, channel(pluck), key(pluck), velocity(pluck));
        } else if (now > pluck->start && now < pluck->start + pluck->length) {
            turn_wheel(player, pluck, now - pluck->start);
        }
    }
}

// Both sides added, scaled to the peak.
static void play(Player *player, const Score *score, float *out, size_t frames, double peak) {
    float left[STEP], right[STEP];
    for (size_t frame = 0; frame < frames; frame += STEP) {
        size_t count = frames - frame < STEP ? frames - frame : STEP;
        move_hands(player, score, frame);
        fluid_synth_write_float(player->synth, (int)count, left, 0, 1, right, 0, 1);
        for (size_t i = 0; i < count; i++) {
            out[frame + i] = left[i] + right[i];
        }
    }
    float gain = (float)(peak / fmax(level_peak(out, frames), 1e-9));
    for (size_t i = 0; i < frames; i++) {
        out[i] *= gain;
    }
}

static Status make_part(const Options *options, Diagnostic *diagnostic) {
    size_t frames = (size_t)(options->seconds * RATE);
    float *samples = memory_new(frames, sizeof *samples);
    if (!samples) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %g s of audio",
                        options->seconds);
    }
    Player player = {0};
    Score score = {0};
    Status status = score_compose(&score, options->seconds, BARS, (uint64_t)options->seed,
                                  diagnostic);
    if (status == STATUS_OK) {
        status = player_init(&player, options, diagnostic);
    }
    if (status == STATUS_OK) {
        play(&player, &score, samples, frames, options->peak);
        status = audio_file_write(options->output, RATE, samples, frames, diagnostic);
    }
    player_clear(&player);
    score_clear(&score);
    memory_free(samples);
    return status;
}

// ---- The command line ----

static void print_help(void) {
    puts("Usage: gruff-soundfont-part OUTPUT.wav [option]...\n"
         "Plays a guitar part made up from the seed: 48 kHz, mono.\n"
         "  --font FILE     sound font (/usr/share/sounds/sf2/FluidR3_GM.sf2)\n"
         "  --program N     General MIDI's instrument, from 0 (27: a clean electric guitar)\n"
         "  --seconds S     length, 1 to 3600 (30)\n"
         "  --peak P        largest sample (0.7)\n"
         "  --seed N        another part (1)");
}

static int usage_error(const char *problem, const char *what) {
    fprintf(stderr, "gruff-soundfont-part: %s '%s'; see gruff-soundfont-part --help\n", problem,
            what);
    return EXIT_USAGE;
}

static bool take(Options *options, int option) {
    switch (option) {
    case 'f':
        options->font = optarg;
        return true;
    case 'l':
        return argument_number(optarg, 1.0, 3600.0, &options->seconds);
    case 'p':
        return argument_number(optarg, 1e-3, 1.0, &options->peak);
    case 'i':
        return argument_number(optarg, 0.0, 127.0, &options->program);
    default:
        return argument_number(optarg, 0.0, 1e9, &options->seed);
    }
}

int main(int argc, char **argv) {
    static const struct option known[] = {
        {"font", required_argument, NULL, 'f'},
        {"program", required_argument, NULL, 'i'},
        {"seconds", required_argument, NULL, 'l'},
        {"peak", required_argument, NULL, 'p'},
        {"seed", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    Options options = {.font = "/usr/share/sounds/sf2/FluidR3_GM.sf2",
                       .seconds = 30.0,
                       .peak = 0.7,
                       .seed = 1.0,
                       .program = 27.0};
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, ":h", known, NULL)) != -1;) {
        if (c == 'h') {
            print_help();
            return EXIT_SUCCESS;
        }
        if (c == ':' || c == '?') {
            return usage_error(c == ':' ? "a value is missing after" : "unknown option",
                               argv[optind - 1]);
        }
        if (!take(&options, c)) {
            return usage_error("out of range:", optarg);
        }
    }
    if (argc - optind != 1) {
        return usage_error("expected one file, not", argc > optind ? argv[optind + 1] : "none");
    }
    options.output = argv[optind];
    Diagnostic diagnostic = {""};
    if (make_part(&options, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff-soundfont-part: %s\n", diagnostic.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
