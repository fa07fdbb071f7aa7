// SPDX-License-Identifier: ISC
// An overdrive pedal as a circuit, in the time domain. Volts in, volts out; 1.0 is 1 V.
//
//   in --C1--+--------- + op amp ---+---- R3 --+--- C5 ---+-- out
//            R1                     |          R4         R5
//            |          - --+-------+          C4         |
//           gnd             |  R2 | C2 | D     |         gnd
//                           R6                gnd
//                           C3
//                          gnd
//
// R2, C2 and the anti-parallel diode pair D lie between output and inverting input: the classic
// overdrive of the late 1970s. Gain rises from 1 at DC to about 1 + R2/R6; the diodes hold the
// feedback voltage near half a volt, C2 rounds the corners, R3, R4, C4 take off the top.
// The op amp is ideal. Every capacitor is integrated with the trapezoidal rule; the diode pair
// follows Shockley's equation, i = 2 Is sinh(v / (n Vt)), solved by Newton's method each step.
#ifndef GRUFF_PRESETS_STUDIO_CIRCUIT_H
#define GRUFF_PRESETS_STUDIO_CIRCUIT_H

// First-order filter y/x = (b0 + b1 z^-1) / (1 + a1 z^-1).
typedef struct FirstOrder {
    double b0, b1, a1;
    double x, y; // last ones
} FirstOrder;

typedef struct Circuit {
    FirstOrder input_filter;
    FirstOrder tone_filter;
    FirstOrder output_filter;
    double ground_conductance;    // 2 C3 / T
    double feedback_conductance;  // 2 C2 / T
    double ground_volts;          // over C3
    double ground_amperes;        // through R6 and C3
    double feedback_volts;        // over R2, C2 and D
    double feedback_volts_before; // a step earlier, to guess the next
    double capacitor_amperes;     // through C2
    int worst_iterations;         // most Newton steps that a sample has needed
} Circuit;

// At rest. `rate` in Hz is that of circuit_step: high enough that the diodes' overtones matter
// little above half of it.
void circuit_init(Circuit *circuit, double rate);

// The next output for the next input.
double circuit_step(Circuit *circuit, double volts);

// Complex gain for small signals at `frequency` in Hz, from the part values alone (continuous
// time): what the simulation must agree with.
void circuit_small_signal_gain(double frequency, double *real, double *imaginary);

#endif
