// SPDX-License-Identifier: ISC
// gruff-soundfont-part: plays a guitar part with the samples of a sound font (FluidSynth).
#include <fluidsynth.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/options.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/signals/score.h"

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
#define LEAD 0.25        // s before the first note

typedef struct Player {
    fluid_settings_t *settings;
    fluid_synth_t *synth;
} Player;

// What is played: the values of --manner.
static Manner *const manners[] = {NULL,          composer_chords, composer_riff,
                                  composer_lead, composer_high,   composer_bass};
static const OptionWord manner_words[] = {
    {"all", 0, NULL},
    {"chords", 1, NULL},
    {"riff", 2, NULL},
    {"lead", 3, NULL},
    {"high", 4, NULL},
    {"bass", 5, NULL},
    {0},
};

typedef struct Settings {
    const char *output, *font;
    double seconds, peak;
    uint64_t seed;
    int program;
    unsigned manner;
    int transposed; // semitones
} Settings;

// ---- The instrument ----

static void player_clear(Player *player) {
    delete_fluid_synth(player->synth);
    delete_fluid_settings(player->settings);
}

static Status player_init(Player *player, const Settings *settings, Diagnostic *diagnostic) {
    player->settings = new_fluid_settings();
    fluid_settings_setnum(player->settings, "synth.sample-rate", RATE);
    fluid_settings_setint(player->settings, "synth.reverb.active", 0);
    fluid_settings_setint(player->settings, "synth.chorus.active", 0);
    player->synth = new_fluid_synth(player->settings);
    if (!player->synth || fluid_synth_sfload(player->synth, settings->font, 1) == FLUID_FAILED) {
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "%.500s: no sound font that can be read; Debian's is in the package "
                        "fluid-soundfont-gm",
                        settings->font);
    }
    for (int string = 0; string < SCORE_STRINGS; string++) {
        fluid_synth_program_change(player->synth, OPEN + string, settings->program);
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

// All manners in turn, or one bar after the other of the one that is wanted.
static Status compose(Score *score, const Settings *settings, Diagnostic *diagnostic) {
    Manner *manner = manners[settings->manner];
    Status status = STATUS_OK;
    if (manner) {
        Composer composer = {
            .score = score, .random = {settings->seed}, .end = settings->seconds, .level = 1.0};
        *score = (Score){0};
        double length = 4.0 * BARS * COMPOSER_BEAT;
        int parts = (int)ceil((settings->seconds - LEAD) / length);
        for (int part = 0; part < parts; part++) {
            manner(&composer, LEAD + part * length, BARS);
        }
        if (composer.failed) {
            status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the score");
        }
    } else {
        status = score_compose(score, settings->seconds, BARS, settings->seed, diagnostic);
    }
    for (size_t i = 0; i < score->count; i++) {
        score->plucks[i].pitch += settings->transposed;
    }
    return status;
}

static Status make_part(const Settings *settings, Diagnostic *diagnostic) {
    size_t frames = (size_t)(settings->seconds * RATE);
    float *samples = memory_new(frames, sizeof *samples);
    if (!samples) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %g s of audio",
                        settings->seconds);
    }
    Player player = {0};
    Score score = {0};
    Status status = compose(&score, settings, diagnostic);
    if (status == STATUS_OK) {
        status = player_init(&player, settings, diagnostic);
    }
    if (status == STATUS_OK) {
        play(&player, &score, samples, frames, settings->peak);
        status = audio_file_write(settings->output, RATE, samples, frames, diagnostic);
    }
    player_clear(&player);
    score_clear(&score);
    memory_free(samples);
    return status;
}

// ---- The command line ----

static const Option own[] = {
    {"font", 0, "FILE", OPTION_INTO(Settings, font),
     .help = "sound font (/usr/share/sounds/sf2/FluidR3_GM.sf2)"},
    {"program", 0, "N", OPTION_INTO(Settings, program), .most = 127.0,
     .help = "General MIDI's instrument, from 0 (27: a clean electric guitar)"},
    {"seconds", 0, "S", OPTION_INTO(Settings, seconds), .least = 1.0, .most = 3600.0,
     .help = "length, 1 to 3600 (30)"},
    {"peak", 0, "P", OPTION_INTO(Settings, peak), .least = 1e-3, .most = 1.0,
     .help = "largest sample (0.7)"},
    {"manner", 0, "NAME", OPTION_INTO(Settings, manner), .words = manner_words,
     .help = "all, or one alone: chords, riff, lead, high, bass (all)"},
    {"transpose", 0, "N", OPTION_INTO(Settings, transposed), .least = -24.0, .most = 24.0,
     .help = "semitones up (0)"},
    {"seed", 0, "N", OPTION_INTO(Settings, seed), .most = 1e9, .help = "another part (1)"},
};
static const OptionGroup group = {OPTION_ROWS(own)};
static const OptionGroup *const groups[] = {&group, &options_usual, NULL};
static const OptionProgram program = {
    .name = "gruff-soundfont-part",
    .usage = "gruff-soundfont-part OUTPUT.wav [option]...",
    .about = "Plays a guitar part made up from the seed: 48 kHz, mono.",
    .groups = groups,
};

int main(int argc, char **argv) {
    Settings settings = {.font = "/usr/share/sounds/sf2/FluidR3_GM.sf2",
                         .seconds = 30.0,
                         .peak = 0.7,
                         .seed = 1,
                         .program = 27};
    OptionRest rest;
    Diagnostic diagnostic = {""};
    Status status = options_parse(&program, &settings, argc, argv, &rest, &diagnostic);
    if (status == STATUS_OK && options_answer(&program, &rest, GRUFF_VERSION, stdout)) {
        return options_end(&program, EXIT_SUCCESS, stdout, stderr);
    }
    if (status == STATUS_OK && rest.count != 1) {
        status = diagnose(&diagnostic, STATUS_BAD_ARGUMENT, "expected one file, not '%s'",
                          rest.count > 0 ? rest.operands[1] : "none");
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-soundfont-part: %s; see gruff-soundfont-part --help\n",
                diagnostic.text);
        return EXIT_USAGE;
    }
    settings.output = rest.operands[0];
    if (make_part(&settings, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff-soundfont-part: %s\n", diagnostic.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
