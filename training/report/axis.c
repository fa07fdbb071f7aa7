// SPDX-License-Identifier: ISC
#include "training/report/axis.h"

#include <math.h>
#include <stdio.h>

Scale scale_empty(bool logarithmic) {
    return (Scale){.logarithmic = logarithmic, .low = INFINITY, .high = -INFINITY};
}

double scale_of(const Scale *scale, double value) {
    if (scale->logarithmic) {
        value = value > 0.0 ? log10(value) : (double)NAN;
    }
    return isfinite(value) ? value : (double)NAN;
}

void scale_include(Scale *scale, double value) {
    double at = scale_of(scale, value);
    if (!isnan(at)) {
        scale->low = fmin(scale->low, at);
        scale->high = fmax(scale->high, at);
    }
}

void scale_settle(Scale *scale, double margin) {
    if (!(scale->low <= scale->high)) {
        scale->low = 0.0;
        scale->high = 1.0;
    }
    double least = 1e-9 * fmax(fabs(scale->low), fabs(scale->high));
    if (scale->high - scale->low <= least) {
        scale->low -= 0.5;
        scale->high += 0.5;
    }
    double room = margin * (scale->high - scale->low);
    scale->low -= room;
    scale->high += room;
}

double scale_place(const Scale *scale, double value, double begin, double end) {
    return begin +
           (scale_of(scale, value) - scale->low) / (scale->high - scale->low) * (end - begin);
}

// 1, 2 or 5 times a power of ten, near `rough`.
static double round_step(double rough) {
    double power = pow(10.0, floor(log10(rough)));
    double digit = rough / power;
    return power * (digit < 1.5 ? 1.0 : digit < 3.5 ? 2.0 : digit < 7.5 ? 5.0 : 10.0);
}

// Every multiple of a round step from `low` to `high`.
static int steps(double low, double high, int wanted, double marks[SCALE_MARKS]) {
    double step = round_step((high - low) / wanted), slack = 1e-6 * step;
    int count = 0;
    for (long i = lround(ceil((low - slack) / step));
         (double)i * step <= high + slack && count < SCALE_MARKS; i++) {
        marks[count++] = (double)i * step;
    }
    return count;
}

// Powers of ten times these digits.
static int decades(const Scale *scale, const char *digits, int stride, double marks[SCALE_MARKS]) {
    int count = 0, first = (int)floor(scale->low), last = (int)floor(scale->high);
    for (int decade = first - (first % stride + stride) % stride; decade <= last;
         decade += stride) {
        for (const char *digit = digits; *digit && count < SCALE_MARKS; digit++) {
            double mark = (*digit - '0') * pow(10.0, decade), at = log10(mark);
            if (at >= scale->low - 1e-6 && at <= scale->high + 1e-6) {
                marks[count++] = mark;
            }
        }
    }
    return count;
}

int scale_marks(const Scale *scale, int wanted, double marks[SCALE_MARKS]) {
    if (!scale->logarithmic) {
        return steps(scale->low, scale->high, wanted, marks);
    }
    double length = scale->high - scale->low; // decades
    if (length < 0.8) {
        return steps(pow(10.0, scale->low), pow(10.0, scale->high), wanted, marks);
    }
    if (3.0 * length <= wanted * 1.5) {
        return decades(scale, "125", 1, marks);
    }
    return decades(scale, "1", (int)ceil(length / (wanted * 1.2)), marks);
}

void scale_text(char *text, size_t size, const Scale *scale, double mark) {
    if (scale->logarithmic && mark >= 1000.0) {
        snprintf(text, size, "%.4gk", mark / 1000.0);
    } else {
        snprintf(text, size, "%.6g", mark);
    }
}
