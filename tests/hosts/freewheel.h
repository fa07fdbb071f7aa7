// SPDX-License-Identifier: ISC
// A JACK server that freewheels: it runs as fast as its clients do, so that none of them misses a
// cycle, however busy the machine is. The ports of a sound card are not connected meanwhile.
#ifndef GRUFF_TESTS_HOSTS_FREEWHEEL_H
#define GRUFF_TESTS_HOSTS_FREEWHEEL_H

#include <stdbool.h>

#include <jack/jack.h>

// A client, not activated yet, of this name and the number of the process: JACK's clients of one
// name get in each other's way even when their servers are two. NULL: there is no server. One in a
// program.
jack_client_t *freewheel_client(const char *name);

// Until the server freewheels; false when it does not, and as if it hung.
bool freewheel_begin(jack_client_t *client);

// Whether it does; for the process callback, too.
bool freewheel_is_on(void);

// Until it does not any more.
void freewheel_end(jack_client_t *client);

#endif
