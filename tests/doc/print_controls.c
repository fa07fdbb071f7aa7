// SPDX-License-Identifier: ISC
// Prints the table of controls as doc/manual.md has it: the first four cells of each line. The
// model's knobs, which differ in their number alone, share one.
#include <stdio.h>

#include "dsp/chain/controls.h"

int main(void) {
    for (int i = 0; i < CONTROL_KNOB_1; i++) {
        const Control *control = &controls[i];
        char range[CONTROL_RANGE];
        printf("| %s | `%s` | %s | %g |\n", control->name, control->symbol,
               control_range((ControlId)i, range), (double)control->initial);
    }
    const Control *first = &controls[CONTROL_KNOB_1], *last = &controls[CONTROL_COUNT - 1];
    for (const Control *knob = first; knob <= last; knob++) {
        if (knob->minimum != first->minimum || knob->maximum != first->maximum ||
            knob->initial != first->initial) {
            printf("%s differs from %s\n", knob->symbol, first->symbol);
        }
    }
    printf("| %s to %d | `%s` to `%s` | %g to %g %s | %g |\n", first->name, (int)(last - first) + 1,
           first->symbol, last->symbol, (double)first->minimum, (double)first->maximum, first->unit,
           (double)first->initial);
    return 0;
}
