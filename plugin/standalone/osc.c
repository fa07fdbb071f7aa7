// SPDX-License-Identifier: ISC
// The socket is our own, since liblo's servers listen on all addresses; liblo reads and writes the
// messages.
#include "plugin/standalone/osc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <lo/lo.h>

#include "dsp/base/memory.h"

enum {
    PACKET_SIZE = 65536,
    PATH_SIZE = 128, // of an answer
    // Main's thread has more to do. What serving takes, in simple messages:
    COST_OF_LOADING = 64,
    MOST_IN_A_TICK = 64, // the packet that reaches this is the last one
    MOST_IN_A_PACKET = 512,
    DEEPEST_BUNDLE = 4, // bundles in bundles
    BUNDLE_HEAD = 16,   // bytes: "#bundle", time
    ANSWER_SIZE = 4608, // bytes; a path of a file is the longest that is in one
};

static const char prefix[] = "/gruff/";

struct Osc {
    Player *player;
    Notices *notices;
    PresetChooser chooser;
    int socket;
    int spent, limit;          // in this tick, and by the packet at hand at most
    struct sockaddr_in sender; // of the packet at hand
    RateLimit faults;
    _Alignas(8) char packet[PACKET_SIZE], element[PACKET_SIZE];
};

// A message, taken apart.
typedef struct Request {
    const char *path, *name; // the latter without the prefix
    const char *types;
    lo_arg **values;
    int count;
} Request;

// ---- Answers ----

static void answer(Osc *osc, const char *name, lo_message message) {
    char path[PATH_SIZE], bytes[ANSWER_SIZE];
    int length = snprintf(path, sizeof path, "%s%s", prefix, name);
    if (message && length > 0 && (size_t)length < sizeof path &&
        lo_message_length(message, path) <= sizeof bytes) {
        size_t size = sizeof bytes;
        lo_message_serialise(message, path, bytes, &size);
        (void)sendto(osc->socket, bytes, size, MSG_DONTWAIT, (const struct sockaddr *)&osc->sender,
                     sizeof osc->sender); // who does not listen any more hears nothing
    }
    lo_message_free(message);
}

static void answer_control(Osc *osc, ControlId id) {
    lo_message message = lo_message_new();
    if (message) {
        lo_message_add_float(message, player_get(osc->player, id));
        answer(osc, controls[id].symbol, message);
    }
}

static void answer_file(Osc *osc, FileKind kind) {
    lo_message message = lo_message_new();
    if (message) {
        lo_message_add_string(message, player_path(osc->player, kind));
        answer(osc, kind == FILE_MODEL ? "model" : "cabinet", message);
    }
}

static void complain(Osc *osc, const char *path, const char *fault) {
    Diagnostic line = {""};
    diagnose(&line, STATUS_OK, "OSC: %.80s %.400s", path, fault);
    notices_say_limited(osc->notices, &osc->faults, line.text);
}

// ---- What can be asked for ----

// The one number of a request; false when it is none.
static bool read_number(const Request *request, double *number) {
    const lo_arg *value = request->count == 1 ? request->values[0] : NULL;
    switch (request->count == 1 ? request->types[0] : '\0') {
    case LO_FLOAT:
        *number = (double)value->f;
        return true;
    case LO_DOUBLE:
        *number = value->d;
        return true;
    case LO_INT32:
        *number = value->i;
        return true;
    case LO_INT64:
        *number = (double)value->h;
        return true;
    case LO_TRUE:
    case LO_FALSE:
        *number = request->types[0] == LO_TRUE;
        return true;
    default:
        return false;
    }
}

// The one text of a request; NULL when it is none.
static const char *read_text(const Request *request) {
    return request->count == 1 && request->types[0] == LO_STRING ? &request->values[0]->s : NULL;
}

static void turn(Osc *osc, const Request *request, ControlId id) {
    const Control *control = &controls[id];
    double number = 0.0;
    if (request->count == 0) {
        answer_control(osc, id);
    } else if (!read_number(request, &number) || !(number >= (double)control->minimum) ||
               !(number <= (double)control->maximum)) {
        Diagnostic fault = {""};
        diagnose(&fault, STATUS_OK, "takes a number from %g to %g", (double)control->minimum,
                 (double)control->maximum);
        complain(osc, request->path, fault.text);
    } else {
        player_set(osc->player, id, (float)number);
    }
}

static void load(Osc *osc, const Request *request, FileKind kind) {
    const char *path = read_text(request);
    if (request->count == 0) {
        answer_file(osc, kind);
    } else if (!path || (!path[0] && kind == FILE_MODEL)) {
        complain(osc, request->path, "takes the path of a file");
    } else {
        (void)player_load(osc->player, kind, path); // which says why not
        osc->spent += COST_OF_LOADING;
    }
}

static void step(Osc *osc, const Request *request) {
    // Buttons of control surfaces send 1 when pressed and 0 when let go.
    double number = 1.0;
    if (request->count > 0 && !read_number(request, &number)) {
        complain(osc, request->path, "takes nothing, or 1");
    } else if (number != 0.0) {
        (void)player_step(osc->player, strcmp(request->name, "next") == 0);
        osc->spent += COST_OF_LOADING;
    }
}

static void choose(Osc *osc, const Request *request) {
    const PresetChooser *chooser = &osc->chooser;
    const char *name = read_text(request);
    double number = 0.0;
    bool good = false;
    if (!name && !(read_number(request, &number) && number >= 1.0 && number < 1e6)) {
        complain(osc, request->path, "takes the name of a preset, or its number");
        return;
    }
    if (name) {
        good = chooser->name && chooser->name(chooser->data, name);
    } else {
        good = chooser->number && chooser->number(chooser->data, (int)number - 1);
    }
    osc->spent += COST_OF_LOADING;
    if (!good) {
        complain(osc, request->path, "names no preset that can be had");
    }
}

static void answer_all(Osc *osc) {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        answer_control(osc, (ControlId)i);
    }
    answer_file(osc, FILE_MODEL);
    answer_file(osc, FILE_CABINET);
    osc->spent += CONTROL_COUNT;
}

static void serve(Osc *osc, const Request *request) {
    ControlId id;
    if (control_find(request->name, &id)) {
        turn(osc, request, id);
    } else if (strcmp(request->name, "get") == 0) {
        answer_all(osc);
    } else if (strcmp(request->name, "model") == 0) {
        load(osc, request, FILE_MODEL);
    } else if (strcmp(request->name, "cabinet") == 0) {
        load(osc, request, FILE_CABINET);
    } else if (strcmp(request->name, "next") == 0 || strcmp(request->name, "previous") == 0) {
        step(osc, request);
    } else if (strcmp(request->name, "preset") == 0) {
        choose(osc, request);
    } else {
        complain(osc, request->path, "is not known here");
    }
}

// ---- Packets ----

// `bytes` are taken apart in a copy that is aligned; elements of a bundle need not be.
static void take_message(Osc *osc, const char *bytes, size_t size) {
    int fault = 0;
    osc->spent++;
    memcpy(osc->element, bytes, size);
    lo_message message = lo_message_deserialise(osc->element, size, &fault);
    if (!message) {
        complain(osc, "a packet", "is no message");
        return;
    }
    const Request request = {
        .path = osc->element,
        .name = osc->element + sizeof prefix - 1,
        .types = lo_message_get_types(message),
        .values = lo_message_get_argv(message),
        .count = lo_message_get_argc(message),
    };
    if (strncmp(request.path, prefix, sizeof prefix - 1) == 0) {
        serve(osc, &request);
    } else {
        complain(osc, request.path, "does not begin with /gruff/");
    }
    lo_message_free(message);
}

static void take(Osc *osc, const char *bytes, size_t size, int depth) {
    if (size < BUNDLE_HEAD || memcmp(bytes, "#bundle", 8) != 0) {
        take_message(osc, bytes, size);
        return;
    }
    size_t at = BUNDLE_HEAD;
    while (at + 4 <= size && depth < DEEPEST_BUNDLE && osc->spent < osc->limit) {
        uint32_t length = 0;
        memcpy(&length, bytes + at, sizeof length);
        length = ntohl(length);
        if (length > size - at - sizeof length) {
            break;
        }
        take(osc, bytes + at + sizeof length, length, depth + 1);
        at += sizeof length + length;
    }
    if (at != size) {
        complain(osc, "a bundle", "is broken, or asks for too much at once");
    }
}

bool osc_poll(void *data) {
    Osc *osc = data;
    for (osc->spent = 0; osc->spent < MOST_IN_A_TICK; osc->spent++) {
        socklen_t length = sizeof osc->sender;
        ssize_t size = recvfrom(osc->socket, osc->packet, sizeof osc->packet, MSG_DONTWAIT,
                                (struct sockaddr *)&osc->sender, &length);
        if (size >= 0) {
            osc->limit = osc->spent + MOST_IN_A_PACKET;
            take(osc, osc->packet, (size_t)size, 0);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } // others are an earlier answer's that nobody took
    }
    return true;
}

// ---- Coming and going ----

static Status listen_on(Osc *osc, int port, bool any, Diagnostic *diagnostic) {
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK),
    };
    socklen_t length = sizeof address;
    osc->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (osc->socket < 0 ||
        bind(osc->socket, (const struct sockaddr *)&address, sizeof address) != 0) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "OSC cannot have port %d: %s%s", port,
                        strerror(errno),
                        errno == EADDRINUSE ? "; give another one with --osc" : "");
    }
    if (getsockname(osc->socket, (struct sockaddr *)&address, &length) == 0) {
        port = ntohs(address.sin_port);
    }
    notices_say(osc->notices, "OSC on port %d of %s", port, any ? "all addresses" : "127.0.0.1");
    return STATUS_OK;
}

Status osc_new(Osc **osc, int port, bool any, Player *player, Notices *notices,
               PresetChooser chooser, Diagnostic *diagnostic) {
    *osc = NULL;
    Osc *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for OSC");
    }
    made->player = player;
    made->notices = notices;
    made->chooser = chooser;
    Status status = listen_on(made, port, any, diagnostic);
    if (status != STATUS_OK) {
        osc_free(made);
        return status;
    }
    *osc = made;
    return STATUS_OK;
}

void osc_free(Osc *osc) {
    if (osc) {
        if (osc->socket >= 0) {
            close(osc->socket);
        }
        memory_free(osc);
    }
}
