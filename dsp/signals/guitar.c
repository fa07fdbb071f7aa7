// SPDX-License-Identifier: ISC
#include "dsp/signals/guitar.h"

#include <math.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/random.h"

enum {
    LOOP = 8192,  // samples: room for 24 Hz at 192 kHz
    CONTROL = 16, // samples between two looks at pitch and decay
};

static const double pi = 3.14159265358979323846;
static const double pick_position = 0.13;   // share of the string from the bridge
static const double pickup_position = 0.22; // the same, of the pickup
static const double usual_coil = 3600.0;    // Hz
static const double scrape = 0.12;
static const double touch = 0.3; // what the pick leaves of the note before
static const double noise_floor = 1.6e-5;

// Second-order low-pass: coil inductance against cable capacitance.
typedef struct Resonance {
    double b0, b1, b2, a1, a2;
    double x1, x2, y1, y2;
} Resonance;

typedef struct String {
    double loop[LOOP]; // the wave as it passes the bridge; the newest one lies at `at`
    int at;
    double rate;
    double delay;      // samples round the string, with a fraction
    double delay_step; // for each sample until the next update
    double gain;       // for each round
    double dull;       // 0: all overtones last; 0.5: they die at once
    double last;       // into the dulling filter
    double tone;       // of the stroke, one-pole coefficient
    double stroke;     // the stroke's own low-pass
    double strength;   // of the stroke
    int stroke_left;   // samples
    int stroke_length;
    const Pluck *pluck; // that sounds
    Random random;
} String;

static double frequency(double pitch) {
    return 440.0 * exp2((pitch - 69.0) / 12.0);
}

// Sample `delay` ago (2 or more), by Lagrange's cubic through the four around it.
static double tap(const String *s, double delay) {
    int whole = (int)delay - 1;
    double d = delay - whole; // 1 to 2
    const double *x = s->loop;
    double x0 = x[(s->at - whole) & (LOOP - 1)], x1 = x[(s->at - whole - 1) & (LOOP - 1)];
    double x2 = x[(s->at - whole - 2) & (LOOP - 1)], x3 = x[(s->at - whole - 3) & (LOOP - 1)];
    return -x0 * (d - 1) * (d - 2) * (d - 3) / 6 + x1 * d * (d - 2) * (d - 3) / 2 -
           x2 * d * (d - 1) * (d - 3) / 2 + x3 * d * (d - 1) * (d - 2) / 6;
}

// Pitch of the note `t` seconds after its stroke: a hard stroke stretches the string at first.
static double pitch_at(const Pluck *pluck, double t) {
    double pitch = pluck->pitch + 0.15 * pluck->level * pluck->level * exp(-t / 0.12);
    if (pluck->bend > 0.0) {
        double done = fmin(t / (0.67 * pluck->length), 1.0);
        pitch += pluck->bend * done * done * (3.0 - 2.0 * done);
    }
    double late = t - 0.4 * pluck->length;
    if (pluck->vibrato > 0.0 && late > 0.0) {
        pitch += pluck->vibrato * sin(2.0 * pi * 5.5 * late) * fmin(late / 0.2, 1.0);
    }
    return pitch;
}

// Sets pitch and decay for the CONTROL samples from time `t` on.
static void update_controls(String *s, double t) {
    const Pluck *pluck = s->pluck;
    if (!pluck) {
        return;
    }
    double since = t - pluck->start;
    double hertz = frequency(pitch_at(pluck, since));
    bool damped = since > pluck->length;
    double decay = damped ? 0.06 : pluck->muted ? 0.22 : 700.0 / (hertz + 90.0); // s to -60 dB
    s->gain = pow(10.0, -3.0 / (hertz * decay));
    s->dull = damped || pluck->muted ? 0.35 : 0.10;
    // One step lies between reading and writing; the dulling filter delays by about `dull`.
    double goal = s->rate / hertz - 1.0 - s->dull;
    s->delay_step = (goal - s->delay) / CONTROL;
}

static void strike(String *s, const Pluck *pluck) {
    double hertz = frequency(pluck->pitch);
    double brightness = (pluck->muted ? 600.0 : 1200.0) + 5000.0 * pluck->level; // Hz
    brightness = pluck->tone > 0.0 ? pluck->tone : brightness;
    s->pluck = pluck;
    s->delay = s->rate / hertz;
    s->tone = 1.0 - exp(-2.0 * pi * brightness / s->rate);
    s->strength = pluck->level;
    s->stroke_length = (int)s->delay;
    s->stroke_left = s->stroke_length;
    for (int i = 0; i < LOOP; i++) {
        s->loop[i] *= touch;
    }
}

// The velocity wave of a string that was pulled aside at one point and let go: one round of a
// rectangle without DC, whose overtones fall as 1/n and vanish where they have a node under the
// pick. Scraping adds some noise.
static double excite(String *s) {
    double in = 0.0;
    if (s->stroke_left > 0) {
        int done = s->stroke_length - s->stroke_left--;
        double pull = (done < pick_position * s->stroke_length ? 1.0 : 0.0) - pick_position;
        in = s->strength * (pull + random_within(&s->random, scrape));
    }
    s->stroke += s->tone * (in - s->stroke);
    return s->stroke;
}

static double string_step(String *s) {
    double round = tap(s, s->delay);
    double dulled = (1.0 - s->dull) * round + s->dull * s->last;
    s->last = round;
    s->delay += s->delay_step;
    s->at = (s->at + 1) & (LOOP - 1);
    s->loop[s->at] = s->gain * dulled + excite(s);
    // The pickup does not hear the overtones that have a node above it.
    double from_bridge = fmax(2.0, pickup_position * s->delay);
    return s->loop[s->at] - tap(s, from_bridge);
}

static void play_string(String *s, float *out, size_t frames, const Score *score, int string) {
    size_t next = 0;
    for (size_t i = 0; i < frames; i++) {
        if (i % CONTROL == 0) {
            double t = (double)i / s->rate;
            while (next < score->count &&
                   (score->plucks[next].string != string || score->plucks[next].start <= t)) {
                if (score->plucks[next].string == string) {
                    strike(s, &score->plucks[next]);
                }
                next++;
            }
            update_controls(s, t);
        }
        out[i] += (float)string_step(s);
    }
}

static Resonance resonance(double hertz, double quality, double rate) {
    double w = 2.0 * pi * hertz / rate, alpha = sin(w) / (2.0 * quality), scale = 1.0 + alpha;
    return (Resonance){
        .b0 = (1.0 - cos(w)) / 2.0 / scale,
        .b1 = (1.0 - cos(w)) / scale,
        .b2 = (1.0 - cos(w)) / 2.0 / scale,
        .a1 = -2.0 * cos(w) / scale,
        .a2 = (1.0 - alpha) / scale,
    };
}

static double resonate(Resonance *r, double x) {
    double y = r->b0 * x + r->b1 * r->x1 + r->b2 * r->x2 - r->a1 * r->y1 - r->a2 * r->y2;
    r->x2 = r->x1;
    r->x1 = x;
    r->y2 = r->y1;
    r->y1 = y;
    return y;
}

static void pick_up(float *out, size_t frames, double rate, double hertz) {
    Resonance coil = resonance(fmin(hertz > 0.0 ? hertz : usual_coil, 0.45 * rate), 1.9, rate);
    double pole = exp(-2.0 * pi * 35.0 / rate), last = 0.0, high = 0.0;
    for (size_t i = 0; i < frames; i++) {
        double x = resonate(&coil, out[i]);
        high = x - last + pole * high;
        last = x;
        out[i] = (float)high;
    }
}

static void finish(float *out, size_t frames, double peak, Random *random) {
    double loudest = level_peak(out, frames);
    double scale = loudest > 0.0 ? peak / loudest : 0.0;
    for (size_t i = 0; i < frames; i++) {
        double noise = random_within(random, noise_floor * sqrt(3.0));
        out[i] = (float)(out[i] * scale + noise);
    }
}

Status guitar_play(float *out, size_t frames, double rate, const Score *score, double peak,
                   uint64_t seed, Diagnostic *diagnostic) {
    String *s = memory_new(1, sizeof *s);
    if (!s) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the guitar's strings");
    }
    Random random = {seed};
    for (size_t i = 0; i < frames; i++) {
        out[i] = 0.0f;
    }
    for (int string = 0; string < SCORE_STRINGS; string++) {
        *s = (String){.rate = rate, .delay = 100.0, .random = {random_bits(&random)}};
        play_string(s, out, frames, score, string);
    }
    memory_free(s);
    pick_up(out, frames, rate, score->coil);
    finish(out, frames, peak, &random);
    return STATUS_OK;
}
