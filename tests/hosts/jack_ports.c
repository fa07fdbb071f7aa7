// SPDX-License-Identifier: ISC
// jack_ports list: the ports of the JACK server, a line each. jack_ports of PORT: those that PORT
// is connected to. jack_ports connect SOURCE TARGET, jack_ports disconnect SOURCE TARGET.
// jack_ports late PORT: by how many frames what is at PORT is late since it was recorded. As JACK's
// own programs, but two of these can run at the same time.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jack/jack.h>

static void ignore_message(const char *text) {
    (void)text;
}

static void print(const char **names) {
    for (int i = 0; names && names[i]; i++) {
        puts(names[i]);
    }
    jack_free(names);
}

static bool print_connections(jack_client_t *client, const char *name) {
    jack_port_t *port = jack_port_by_name(client, name);
    if (port) {
        print(jack_port_get_all_connections(client, port));
    }
    return port;
}

static bool print_latency(jack_client_t *client, const char *name) {
    jack_latency_range_t range;
    jack_port_t *port = jack_port_by_name(client, name);
    if (port) {
        jack_port_get_latency_range(port, JackCaptureLatency, &range);
        printf("%u\n", range.max);
    }
    return port;
}

static bool run(jack_client_t *client, int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        print(jack_get_ports(client, NULL, NULL, 0));
        return true;
    }
    if (argc == 3 && strcmp(argv[1], "of") == 0) {
        return print_connections(client, argv[2]);
    }
    if (argc == 3 && strcmp(argv[1], "late") == 0) {
        return print_latency(client, argv[2]);
    }
    if (argc == 4 && strcmp(argv[1], "connect") == 0) {
        return jack_connect(client, argv[2], argv[3]) == 0;
    }
    return argc == 4 && strcmp(argv[1], "disconnect") == 0 &&
           jack_disconnect(client, argv[2], argv[3]) == 0;
}

int main(int argc, char **argv) {
    char name[32];
    snprintf(name, sizeof name, "ports-%d", (int)getpid());
    jack_set_error_function(ignore_message);
    jack_set_info_function(ignore_message);
    jack_client_t *client = jack_client_open(name, JackNoStartServer, NULL);
    bool good = client && run(client, argc, argv);
    good = fflush(stdout) == 0 && good; // closing may hang
    if (client) {
        jack_client_close(client);
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
