// SPDX-License-Identifier: ISC
// Command lines, as main gets them.
#ifndef GRUFF_TESTS_RIG_COMMAND_LINE_H
#define GRUFF_TESTS_RIG_COMMAND_LINE_H

// Puts `program` and the words of `line`, which spaces part, into *argv, and answers how many they
// are. Until the next call.
int command_line(char ***argv, const char *program, const char *line);

#endif
