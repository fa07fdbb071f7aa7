// SPDX-License-Identifier: ISC
// ask_osc ADDRESS PORT MESSAGE...: sends OSC messages and prints what is answered, "PATH VALUE" a
// line, until gruff has answered a question that is put last, from another socket to 127.0.0.1: it
// takes them in turn. A MESSAGE is PATH[=TYPE:VALUE]... with a type of OSC (f i d h
// s T F), or hex:BYTES, or noise:N for N broken packets. "bundle" before them puts those after it
// into one bundle, in a bundle.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <lo/lo.h>

enum {
    LONGEST = 1024, // bytes
    TICK = 5,       // ms
    AGAIN = 200,    // ticks until the last question is put again: it may have been lost in noise
    PATIENCE = 150, // times; only what hangs needs so many
};

static lo_server server;
static lo_address target;
static struct sockaddr_in raw_target;

static int print_answer(const char *path, const char *types, lo_arg **values, int count,
                        lo_message message, void *data) {
    (void)message;
    (void)data;
    if (count == 1 && types[0] == LO_FLOAT) {
        printf("%s %g\n", path, (double)values[0]->f);
    } else if (count == 1 && types[0] == LO_STRING) {
        printf("%s %s\n", path, &values[0]->s);
    } else {
        printf("%s ,%s\n", path, types);
    }
    return 0;
}

static int note_answer(const char *path, const char *types, lo_arg **values, int count,
                       lo_message message, void *data) {
    (void)path;
    (void)types;
    (void)values;
    (void)count;
    (void)message;
    *(bool *)data = true;
    return 0;
}

// Prints what is answered until all has been; false when gruff does not answer.
static bool print_answers(const char *port) {
    bool over = false;
    lo_server last = lo_server_new(NULL, NULL);
    lo_address here = lo_address_new("127.0.0.1", port);
    lo_message question = lo_message_new();
    bool good = last && here && question;
    if (good) {
        lo_server_add_method(last, NULL, NULL, note_answer, &over);
    }
    for (int i = 0; good && !over && i < AGAIN * PATIENCE; i++) {
        if (i % AGAIN == 0) {
            lo_send_message_from(here, last, "/gruff/mix", question);
        }
        lo_server_recv_noblock(last, TICK);
        while (lo_server_recv_noblock(server, 0) > 0) {
        }
    }
    while (lo_server_recv_noblock(server, 0) > 0) {
    }
    lo_message_free(question);
    lo_address_free(here);
    lo_server_free(last);
    return over;
}

static void add(lo_message message, char type, const char *value) {
    switch (type) {
    case 'f':
        lo_message_add_float(message, strtof(value, NULL));
        break;
    case 'd':
        lo_message_add_double(message, strtod(value, NULL));
        break;
    case 'i':
        lo_message_add_int32(message, (int32_t)strtol(value, NULL, 10));
        break;
    case 'h':
        lo_message_add_int64(message, strtoll(value, NULL, 10));
        break;
    case 'T':
        lo_message_add_true(message);
        break;
    case 'F':
        lo_message_add_false(message);
        break;
    default:
        lo_message_add_string(message, value);
    }
}

// Takes `text` apart; *path points into it.
static lo_message read_message(char *text, const char **path) {
    lo_message message = lo_message_new();
    char *rest = text;
    *path = strsep(&rest, "=");
    for (char *value; (value = strsep(&rest, "="));) {
        add(message, value[0], value[0] && value[1] ? value + 2 : "");
    }
    return message;
}

static void send_raw(const unsigned char *bytes, size_t size) {
    sendto(lo_server_get_socket_fd(server), bytes, size, 0, (const struct sockaddr *)&raw_target,
           sizeof raw_target);
}

static void send_hex(const char *text) {
    unsigned char bytes[LONGEST];
    size_t size = 0;
    for (unsigned byte; size < sizeof bytes && sscanf(text + 2 * size, "%2x", &byte) == 1; size++) {
        bytes[size] = (unsigned char)byte;
    }
    send_raw(bytes, size);
}

// Packets that were sound once: bytes changed, the end cut off.
static void send_noise(int count) {
    static const char *const sound[] = {"/gruff/input", "/gruff/get", "/gruff/cabinet",
                                        "/gruff/mix"};
    static const char types[] = "fidhsTFbmtcSN";
    for (int i = 0; i < count; i++) {
        unsigned char bytes[LONGEST] = "#bundle";
        size_t at = i % 3 == 0 ? 20 : 0; // 16 of the head, 4 of the size
        size_t size = at;
        size += (strlen(sound[i % 4]) + 4) / 4 * 4;
        memset(bytes + at, 0, sizeof bytes - at);
        memcpy(bytes + at, sound[i % 4], strlen(sound[i % 4]));
        bytes[size] = ',';
        bytes[size + 1] = (unsigned char)types[rand() % (int)(sizeof types - 1)];
        size += 8 + (size_t)(rand() % 16);
        bytes[19] = at > 0 ? (unsigned char)(size - at) : bytes[19];
        for (int changes = rand() % 4; changes > 0; changes--) {
            bytes[rand() % (int)size] = (unsigned char)rand();
        }
        send_raw(bytes, (size_t)rand() % (size + 1));
        if (i % 16 == 0) { // no more than it can take
            const struct timespec pause = {.tv_nsec = 2000000};
            nanosleep(&pause, NULL);
        }
    }
}

int main(int argc, char **argv) {
    server = lo_server_new(NULL, NULL);
    target = argc > 3 ? lo_address_new(argv[1], argv[2]) : NULL;
    if (!server || !target) {
        fprintf(stderr, "usage: ask_osc ADDRESS PORT MESSAGE...\n");
        return EXIT_FAILURE;
    }
    raw_target.sin_family = AF_INET;
    raw_target.sin_port = htons((uint16_t)atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &raw_target.sin_addr);
    lo_server_add_method(server, NULL, NULL, print_answer, NULL);
    lo_bundle bundle = NULL;
    for (int i = 3; i < argc; i++) {
        const char *path = NULL;
        if (strcmp(argv[i], "bundle") == 0) {
            bundle = lo_bundle_new(LO_TT_IMMEDIATE);
        } else if (strncmp(argv[i], "hex:", 4) == 0) {
            send_hex(argv[i] + 4);
        } else if (strncmp(argv[i], "noise:", 6) == 0) {
            send_noise(atoi(argv[i] + 6));
        } else {
            lo_message message = read_message(argv[i], &path);
            if (bundle) {
                lo_bundle_add_message(bundle, path, message);
            } else {
                lo_send_message_from(target, server, path, message);
                lo_message_free(message);
            }
        }
        while (lo_server_recv_noblock(server, 0) > 0) {
        }
    }
    if (bundle) {
        lo_bundle outer = lo_bundle_new(LO_TT_IMMEDIATE);
        lo_bundle_add_bundle(outer, bundle);
        lo_send_bundle_from(target, server, outer);
        lo_bundle_free_recursive(outer);
    }
    bool good = print_answers(argv[2]);
    lo_address_free(target);
    lo_server_free(server);
    return fflush(stdout) == 0 && good ? EXIT_SUCCESS : EXIT_FAILURE;
}
