// SPDX-License-Identifier: ISC
#include "tests/rig/command_line.h"

#include <stdio.h>
#include <string.h>

int command_line(char ***argv, const char *program, const char *line) {
    static char copy[1024];
    static char *words[64];
    int count = 0;
    snprintf(copy, sizeof copy, "%s %s", program, line);
    for (char *word = strtok(copy, " "); word && count < 63; word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    words[count] = NULL;
    *argv = words;
    return count;
}
