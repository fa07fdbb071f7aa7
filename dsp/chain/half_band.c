// SPDX-License-Identifier: ISC
// H(z) = (A(z^2) + B(z^2) / z) / 2 with A and B of modulus 1, in phase in the pass band and opposed
// in the stop band. On the way up A makes the even samples and B the odd ones; on the way down the
// later of two samples goes through A.
#include "dsp/chain/half_band.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979324;

// The coefficient of section `place`, from 1 on, of `sections`: elliptic functions by their theta
// series (Gazsi, Explicit formulas for lattice wave digital filters, 1985). `k` is the selectivity,
// `q` its nome.
static double section(int place, int sections, double k, double q) {
    double angle = pi * place / (2 * sections + 1), sine = 0.0, cosine = 0.5, sign = 1.0;
    for (int i = 0; i < 8; i++) { // the nome is small: more are nothing
        sine += sign * pow(q, i * (i + 1)) * sin((2 * i + 1) * angle);
        cosine += i > 0 ? sign * pow(q, i * i) * cos(2 * i * angle) : 0.0;
        sign = -sign;
    }
    double square = sqrt(q) * (sine / cosine) * (sine / cosine);
    double x = sqrt((1.0 - square * k) * (1.0 - square / k)) / (1.0 + square);
    return (1.0 - x) / (1.0 + x);
}

void half_band_init(HalfBand *filter, int sections, double transition) {
    double edge = tan(0.25 * pi * (1.0 - 2.0 * transition)), k = edge * edge;
    double root = sqrt(sqrt(1.0 - k * k)), e = 0.5 * (1.0 - root) / (1.0 + root);
    double q = e + 2.0 * pow(e, 5) + 15.0 * pow(e, 9) + 150.0 * pow(e, 13);
    *filter = (HalfBand){.sections = {(sections + 1) / 2, sections / 2}};
    for (int i = 0; i < sections; i++) {
        filter->coefficient[i % 2][i / 2] = (float)section(i + 1, sections, k, q);
    }
}

double half_band_lag(const HalfBand *filter) {
    double lag = 0.0; // one sample of B more on the way up, one less on the way down
    for (int chain = 0; chain < 2; chain++) {
        for (int i = 0; i < filter->sections[chain]; i++) {
            double a = (double)filter->coefficient[chain][i];
            lag += 2.0 * (1.0 - a) / (1.0 + a); // half of it on either way
        }
    }
    return lag;
}

void half_band_reset(HalfBand *filter) REALTIME {
    memset(filter->up, 0, sizeof filter->up);
    memset(filter->down, 0, sizeof filter->down);
}

// One sample through a chain.
static float pass(const HalfBand *filter, int chain, float *memory, float x) REALTIME {
    const float *coefficient = filter->coefficient[chain];
    int sections = filter->sections[chain];
    for (int i = 0; i < sections; i++) {
        float y = memory[i] + coefficient[i] * (x - memory[i + 1]);
        memory[i] = x;
        x = y;
    }
    memory[sections] = x;
    return x;
}

void half_band_up(HalfBand *filter, float *const *out, const float *const *in, int channels,
                  int frames) REALTIME {
    for (int c = 0; c < channels; c++) {
        for (int i = 0; i < frames; i++) {
            out[c][2 * i] = pass(filter, 0, filter->up[c][0], in[c][i]);
            out[c][2 * i + 1] = pass(filter, 1, filter->up[c][1], in[c][i]);
        }
    }
}

void half_band_down(HalfBand *filter, float *const *out, const float *const *in, int channels,
                    int frames) REALTIME {
    for (int c = 0; c < channels; c++) {
        for (int i = 0; i < frames; i++) {
            float early = pass(filter, 1, filter->down[c][1], in[c][2 * i]);
            float late = pass(filter, 0, filter->down[c][0], in[c][2 * i + 1]);
            out[c][i] = 0.5f * (early + late);
        }
    }
}
