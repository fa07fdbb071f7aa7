// SPDX-License-Identifier: ISC
// with_isa ISA PROGRAM [ARGUMENT...]: runs PROGRAM with the kernels of that instruction set, as
// GRUFF_ISA asks for. Exits 77 where the machine does not have it.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dsp/network/isa_choice.h"

int main(int argc, char **argv) {
    Isa isa;
    if (argc < 3 || !isa_from_name(argv[1], &isa)) {
        fputs("usage: with_isa ISA PROGRAM [ARGUMENT...]\n", stderr);
        return EXIT_FAILURE;
    }
    if (!isa_available(isa)) {
        printf("skipped: this machine has no %s\n", argv[1]);
        return 77;
    }
    setenv("GRUFF_ISA", argv[1], 1);
    execv(argv[2], argv + 2);
    perror(argv[2]);
    return EXIT_FAILURE;
}
