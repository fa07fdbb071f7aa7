// SPDX-License-Identifier: ISC
#include "plugin/backend/backend.h"

#include <stddef.h>
#include <stdio.h>
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

Status backend_choose(const BackendKind **kind, const char *name, Diagnostic *diagnostic) {
    *kind = NULL;
    for (int i = 0; name && backends[i]; i++) {
        if (strcasecmp(name, backends[i]->name) == 0) {
            *kind = backends[i];
        }
    }
    if (name && !*kind) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "there is no backend '%s' here, only%s%s%s", name,
                        backends[0] ? " " : " none", backends[0] ? backends[0]->name : "",
                        backends[0] && backends[1] ? " and PortAudio" : "");
    }
    return STATUS_OK;
}

Status backend_open(Backend **backend, const BackendKind **kind, const BackendSetup *setup,
                    Diagnostic *diagnostic) {
    Diagnostic causes[2] = {{""}, {""}};
    Status status = STATUS_CANNOT_READ;
    if (*kind) {
        return (*kind)->make(backend, setup, diagnostic);
    }
    for (int i = 0; i < 2 && backends[i]; i++) {
        status = backends[i]->make(backend, setup, &causes[i]);
        if (status != STATUS_CANNOT_READ) {
            *kind = backends[i];
            return diagnose(diagnostic, status, "%s", causes[i].text);
        }
    }
    return diagnose(diagnostic, status, "%.480s%s%.480s", causes[0].text,
                    causes[1].text[0] ? "; " : "", causes[1].text);
}

bool backend_list(const BackendKind *kind, const char *program) {
    bool any = false;
    for (int i = 0; backends[i]; i++) {
        Diagnostic diagnostic = {""};
        if (kind && kind != backends[i]) {
            continue;
        }
        if (backends[i]->list(&diagnostic) == STATUS_OK) {
            any = true;
        } else {
            fprintf(stderr, "%s: %s\n", program, diagnostic.text);
        }
    }
    return any;
}
