// SPDX-License-Identifier: ISC
// What is told of a program's options elsewhere than in its --help, from the same table.
#ifndef GRUFF_PLUGIN_DESCRIBE_DESCRIBE_H
#define GRUFF_PLUGIN_DESCRIBE_DESCRIBE_H

#include <stdbool.h>
#include <stdio.h>

#include "dsp/base/options.h"

// Whether an option of the same name stands before this one, which is among `groups`: that one is
// taken.
bool describe_repeats(const OptionGroup *const *groups, const Option *option);

// The list of options in a manual page: what stands below ".SH OPTIONS".
void describe_manual(FILE *file, const OptionProgram *program);

// What the functions of bash.in ask: its options and what fits after them.
void describe_bash(FILE *file, const OptionProgram *program);

// All that stands in zsh.in: the call of _arguments.
void describe_zsh(FILE *file, const OptionProgram *program);

#endif
