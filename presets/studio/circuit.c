// SPDX-License-Identifier: ISC
#include "presets/studio/circuit.h"

#include <complex.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

// Ohms and farads.
static const double c1 = 10e-9, r1 = 470e3;            // coupling: high-pass at 34 Hz
static const double r6 = 4.7e3, c3 = 47e-9;            // gain rises up to 720 Hz
static const double r2 = 220e3, c2 = 51e-12;           // largest gain 48
static const double r3 = 1e3, r4 = 150.0, c4 = 100e-9; // shelf from 1.4 kHz, 17.7 dB down
static const double c5 = 100e-9, r5 = 47e3;            // output: high-pass at 34 Hz

// A silicon signal diode.
static const double saturation_current = 2.52e-9;     // Is, amperes
static const double thermal_volts = 1.752 * 25.85e-3; // n Vt

enum { MOST_ITERATIONS = 60 };
static const double tolerance = 1e-10; // volts

// (n0 + n1 s) / (d0 + d1 s) by the bilinear rule.
static FirstOrder first_order(double n0, double n1, double d0, double d1, double rate) {
    double k = 2.0 * rate, scale = 1.0 / (d0 + d1 * k);
    return (FirstOrder){
        .b0 = (n0 + n1 * k) * scale, .b1 = (n0 - n1 * k) * scale, .a1 = (d0 - d1 * k) * scale};
}

static double filter(FirstOrder *f, double x) {
    f->y = f->b0 * x + f->b1 * f->x - f->a1 * f->y;
    f->x = x;
    return f->y;
}

void circuit_init(Circuit *circuit, double rate) {
    *circuit = (Circuit){
        .input_filter = first_order(0.0, r1 * c1, 1.0, r1 * c1, rate),
        .tone_filter = first_order(1.0, r4 * c4, 1.0, (r3 + r4) * c4, rate),
        .output_filter = first_order(0.0, r5 * c5, 1.0, r5 * c5, rate),
        .ground_conductance = 2.0 * c3 * rate,
        .feedback_conductance = 2.0 * c2 * rate,
    };
}

// Solves conductance * v + 2 Is sinh(v / nVt) = amperes, starting at `v`.
//
// The left side rises and is convex on the side of the root, so that Newton's steps from beyond
// the root come down to it without passing it. The diodes alone bound the root; a step that goes
// further out than that is brought back there, so that it cannot run away.
static double solve_diodes(double conductance, double amperes, double v, int *iterations) {
    double bound = thermal_volts * asinh(fabs(amperes) / (2.0 * saturation_current));
    *iterations = 0;
    for (int i = 0; i < MOST_ITERATIONS; i++) {
        v = fmin(fmax(v, -bound), bound);
        double up = exp(v / thermal_volts), down = 1.0 / up;
        double error = conductance * v + saturation_current * (up - down) - amperes;
        double slope = conductance + saturation_current * (up + down) / thermal_volts;
        double step = error / slope;
        v -= step;
        *iterations = i + 1;
        if (fabs(step) < tolerance) {
            break;
        }
    }
    return v;
}

// Current through R6 and C3 for `volts` at the inverting input, which follows the other one.
static double ground_leg(Circuit *c, double volts) {
    double g = c->ground_conductance;
    double next = (volts + r6 * (g * c->ground_volts + c->ground_amperes)) / (1.0 + r6 * g);
    c->ground_amperes = g * (next - c->ground_volts) - c->ground_amperes;
    c->ground_volts = next;
    return c->ground_amperes;
}

// That current has nowhere to go but through R2, C2 and the diodes.
static double feedback_leg(Circuit *c, double amperes) {
    double g = c->feedback_conductance, last = c->feedback_volts;
    double history = g * last + c->capacitor_amperes;
    int iterations = 0;
    double guess = 2.0 * last - c->feedback_volts_before;
    double v = solve_diodes(g + 1.0 / r2, amperes + history, guess, &iterations);
    c->capacitor_amperes = g * v - history;
    c->feedback_volts_before = last;
    c->feedback_volts = v;
    if (iterations > c->worst_iterations) {
        c->worst_iterations = iterations;
    }
    return v;
}

double circuit_step(Circuit *circuit, double volts) {
    double plus = filter(&circuit->input_filter, volts);
    double out = plus + feedback_leg(circuit, ground_leg(circuit, plus));
    return filter(&circuit->output_filter, filter(&circuit->tone_filter, out));
}

void circuit_small_signal_gain(double frequency, double *real, double *imaginary) {
    double complex s = I * 2.0 * pi * frequency;
    double diodes = 2.0 * saturation_current / thermal_volts; // slope at rest
    double complex input = s * r1 * c1 / (1.0 + s * r1 * c1);
    double complex feedback = 1.0 / (1.0 / r2 + s * c2 + diodes);
    double complex stage = 1.0 + feedback / (r6 + 1.0 / (s * c3));
    double complex tone = (1.0 + s * r4 * c4) / (1.0 + s * (r3 + r4) * c4);
    double complex output = s * r5 * c5 / (1.0 + s * r5 * c5);
    double complex gain = input * stage * tone * output;
    *real = creal(gain);
    *imaginary = cimag(gain);
}
