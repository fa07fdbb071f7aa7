// SPDX-License-Identifier: ISC
// gruff-cabinet >FILE.wav: the impulse response of a guitar cabinet that nobody built, as one would
// measure it: one 12" speaker in a closed box, a dynamic microphone close to the edge of its dust
// cap. 48 kHz, 24 bits.
//
// All parts are sections of second order with their poles and zeros inside the unit circle (R.
// Bristow-Johnson's cookbook), and the reflections are weaker than what comes straight: the whole
// is of minimum phase, so that nothing comes later than it must.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 48000, FRAMES = RATE * 45 / 1000, FADE = RATE / 100 };

static const double pi = 3.14159265358979323846;

typedef enum Kind { HIGH_PASS, LOW_PASS, BELL } Kind;

typedef struct Section {
    Kind kind;
    double hertz, q, decibels; // decibels: of BELL
} Section;

static const Section sections[] = {
    // Cone on the air of the box.
    {HIGH_PASS, 106.0, 1.7, 0.0},
    // Microphone: close to the cone it has more bass; its transformer ends at 45 Hz.
    {BELL, 180.0, 0.7, 2.0},
    {HIGH_PASS, 45.0, 0.7, 0.0},
    // Cone: a hollow where it still moves as one, and the rise where it begins to break up.
    {BELL, 480.0, 0.8, -4.0},
    {BELL, 2900.0, 1.1, 5.0},
    // Its modes, radial and of the edge: one lifts, the next cancels.
    {BELL, 830.0, 5.0, 1.2},
    {BELL, 1120.0, 6.0, -2.2},
    {BELL, 1390.0, 7.0, 2.0},
    {BELL, 1770.0, 7.0, -3.0},
    {BELL, 2180.0, 8.0, 2.6},
    {BELL, 2560.0, 10.0, -2.4},
    {BELL, 3050.0, 9.0, 2.4},
    {BELL, 3480.0, 11.0, -3.2},
    {BELL, 3940.0, 9.0, 3.0},
    {BELL, 4460.0, 10.0, -4.5},
    {BELL, 5150.0, 9.0, 4.0},
    {BELL, 6050.0, 6.0, -7.0},
    {BELL, 7100.0, 8.0, 5.0},
    {BELL, 8400.0, 5.0, -6.0},
    {BELL, 10300.0, 6.0, 4.0},
    // Presence of the microphone.
    {BELL, 4300.0, 1.4, 2.5},
    // Mass of the cone and inductance of the coil.
    {LOW_PASS, 4900.0, 1.25, 0.0},
    {LOW_PASS, 5600.0, 0.75, 0.0},
    {LOW_PASS, 11000.0, 0.6, 0.0},
};

// What is heard later: from the back of the box through the cone, the floor and the next wall.
static const struct Reflection {
    double seconds, gain, hertz; // hertz: what is above is lost on the way
} reflections[] = {{0.00092, -0.11, 900.0}, {0.0027, 0.085, 2600.0}, {0.0061, 0.05, 1800.0}};

// Coefficients of b over a, a[0] = 1.
static void design(const Section *section, double b[3], double a[3]) {
    double angle = 2.0 * pi * section->hertz / RATE, c = cos(angle);
    double alpha = sin(angle) / (2.0 * section->q), gain = pow(10.0, section->decibels / 40.0);
    double numerator[3], denominator[3] = {1.0 + alpha, -2.0 * c, 1.0 - alpha};
    if (section->kind == BELL) {
        numerator[0] = 1.0 + alpha * gain;
        numerator[1] = -2.0 * c;
        numerator[2] = 1.0 - alpha * gain;
        denominator[0] = 1.0 + alpha / gain;
        denominator[2] = 1.0 - alpha / gain;
    } else {
        double sign = section->kind == LOW_PASS ? 1.0 : -1.0;
        numerator[0] = numerator[2] = (1.0 - sign * c) / 2.0;
        numerator[1] = sign * (1.0 - sign * c);
    }
    for (int i = 0; i < 3; i++) {
        b[i] = numerator[i] / denominator[0];
        a[i] = denominator[i] / denominator[0];
    }
}

static void filter(const Section *section, double *samples) {
    double b[3], a[3], one = 0.0, two = 0.0; // transposed direct form II
    design(section, b, a);
    for (int i = 0; i < FRAMES; i++) {
        double in = samples[i], out = b[0] * in + one;
        one = b[1] * in - a[1] * out + two;
        two = b[2] * in - a[2] * out;
        samples[i] = out;
    }
}

static void reflect(double *samples) {
    static double direct[FRAMES];
    memcpy(direct, samples, sizeof direct);
    for (size_t r = 0; r < sizeof reflections / sizeof *reflections; r++) {
        int delay = (int)(reflections[r].seconds * RATE);
        double step = 1.0 - exp(-2.0 * pi * reflections[r].hertz / RATE), low = 0.0;
        for (int i = delay; i < FRAMES; i++) {
            low += step * (direct[i - delay] - low);
            samples[i] += reflections[r].gain * low;
        }
    }
}

// Mean power from 100 Hz to 5 kHz, where a guitar is, every octave as much as any other.
static double power(const double *samples) {
    enum { TONES = 200 };
    double sum = 0.0;
    for (int t = 0; t < TONES; t++) {
        double angle = 2.0 * pi * 100.0 * pow(50.0, (t + 0.5) / TONES) / RATE;
        double re = 0.0, im = 0.0;
        for (int i = 0; i < FRAMES; i++) {
            re += samples[i] * cos(angle * i);
            im += samples[i] * sin(angle * i);
        }
        sum += re * re + im * im;
    }
    return sum / TONES;
}

// As loud as no cabinet, and silent at its end.
static void finish(double *samples) {
    double gain = 1.0 / sqrt(power(samples));
    for (int i = 0; i < FRAMES; i++) {
        int left = FRAMES - 1 - i;
        double fade = left < FADE ? 0.5 - 0.5 * cos(pi * left / FADE) : 1.0;
        samples[i] *= gain * fade;
    }
}

static void put(uint32_t value, int bytes) {
    for (; bytes > 0; bytes--, value >>= 8) {
        putchar((int)(value & 0xff));
    }
}

static void write_wav(const double *samples) {
    const uint32_t bytes = 3, length = FRAMES * bytes;
    fputs("RIFF", stdout);
    put(36 + length, 4);
    fputs("WAVEfmt ", stdout);
    put(16, 4);
    put(1, 2); // PCM
    put(1, 2); // channel
    put(RATE, 4);
    put(RATE * bytes, 4);
    put(bytes, 2);
    put(8 * bytes, 2);
    fputs("data", stdout);
    put(length, 4);
    for (int i = 0; i < FRAMES; i++) {
        put((uint32_t)(int32_t)lrint(fmin(fmax(samples[i], -1.0), 1.0) * 8388607.0), (int)bytes);
    }
}

int main(int argc, char **argv) {
    static double samples[FRAMES] = {1.0};
    (void)argv;
    if (argc != 1) {
        fputs("usage: gruff-cabinet >FILE.wav\n", stderr);
        return EXIT_FAILURE;
    }
    for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
        filter(&sections[s], samples);
    }
    reflect(samples);
    finish(samples);
    write_wav(samples);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
