// SPDX-License-Identifier: ISC
// The axes of plots: where values lie, and which of them get a mark.
#ifndef GRUFF_TRAINING_REPORT_AXIS_H
#define GRUFF_TRAINING_REPORT_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { SCALE_MARKS = 40 };

// An axis from `low` to `high`, which are logarithms to base 10 when it is logarithmic.
typedef struct Scale {
    bool logarithmic;
    double low, high; // low < high once scale_settle is through
} Scale;

// An axis that holds nothing yet.
Scale scale_empty(bool logarithmic);

// Where `value` lies, in the units of low and high; NaN when it has no place.
double scale_of(const Scale *scale, double value);

// Widens the axis so that `value` is on it, if it has a place.
void scale_include(Scale *scale, double value);

// Gives an axis that is empty or holds a single value a length; then `margin` of the length more at
// both ends.
void scale_settle(Scale *scale, double margin);

// Where `value` lies between `begin` (low) and `end` (high); NaN when it has no place.
double scale_place(const Scale *scale, double value, double begin, double end);

// Values to mark, rising, about `wanted` of them (at most SCALE_MARKS): round ones; gives their
// number.
int scale_marks(const Scale *scale, int wanted, double marks[SCALE_MARKS]);

// The text of a mark: "0.5", "1e-05"; on a logarithmic axis "2k" for 2000.
void scale_text(char *text, size_t size, const Scale *scale, double mark);

#endif
