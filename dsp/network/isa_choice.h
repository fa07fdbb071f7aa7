// SPDX-License-Identifier: ISC
// Which instruction sets can be used on this machine, and which is to be.
#ifndef GRUFF_DSP_NETWORK_ISA_CHOICE_H
#define GRUFF_DSP_NETWORK_ISA_CHOICE_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/network/isa.h"

// Whether this build has kernels for `isa` and this machine can run them. Any thread.
bool isa_available(Isa isa);

// The fastest available ISA, or the one that the environment variable GRUFF_ISA names if that is
// available. Asks the processor and the environment: not for the audio thread.
Isa isa_best(void);

// Whether GRUFF_ISA, if it is set, names an ISA that is available: STATUS_BAD_ARGUMENT says which
// are. For programs; a library or plugin that finds it otherwise goes by the machine.
Status isa_check_environment(Diagnostic *diagnostic);

#endif
