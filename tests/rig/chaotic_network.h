// SPDX-License-Identifier: ISC
// A network that does not forget, for tests.
#ifndef GRUFF_TESTS_RIG_CHAOTIC_NETWORK_H
#define GRUFF_TESTS_RIG_CHAOTIC_NETWORK_H

#include "training/network/network.h"

// Gates that let through what comes new, and a recurrent kernel that large that states run away
// from each other: a random network of a gain well above 1 is chaotic (Sompolinsky, Crisanti,
// Sommers 1988). The head is 0. `network` has its shape, whose hidden size should be 12 or so.
void make_chaotic(Network *network);

#endif
