// SPDX-License-Identifier: ISC
#include "plugin/standalone/backend.h"

#include <stddef.h>
#include <strings.h>

const BackendKind *const backends[] = {
#ifdef GRUFF_HAS_JACK
    &backend_jack,
#endif
#ifdef GRUFF_HAS_PORTAUDIO
    &backend_portaudio,
#endif
    NULL,
};

const BackendKind *backend_find(const char *name) {
    for (int i = 0; backends[i]; i++) {
        if (strcasecmp(name, backends[i]->name) == 0) {
            return backends[i];
        }
    }
    return NULL;
}
