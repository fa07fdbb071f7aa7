// SPDX-License-Identifier: ISC
#include "plugin/backend/setup_options.h"

static const OptionWord kinds[] = {{"jack", 0, NULL}, {"portaudio", 0, NULL}, {0}};

const Option setup_options[SETUP_OPTION_COUNT] = {
    {"backend", 0, "NAME", OPTION_INTO(SetupOptions, name), .words = kinds,
     .help = "jack or portaudio (JACK if a server runs, else PortAudio)"},
    {"device", 0, "DEVICE", OPTION_INTO(SetupOptions, setup.device),
     .help = "PortAudio: its number in --list or a part of its name"},
    {"output-device", 0, "D", OPTION_INTO(SetupOptions, setup.output_device),
     .help = "the same for the output, if that is another one",
     .more = "Two devices have two clocks, which drift: one is better."},
    {"rate", 0, "HZ", OPTION_INTO(SetupOptions, setup.rate), .least = 8000.0, .most = 768000.0,
     .whole = true, .help = "sample rate (the device's own)"},
    {"period", 0, "FRAMES", OPTION_INTO(SetupOptions, setup.period), .least = 1.0, .most = 8192.0,
     .help = "frames of a block (the device's own)"},
    {"name", 0, "NAME", OPTION_INTO(SetupOptions, setup.name),
     .help = "name of the JACK client (the program's)"},
    {"no-connect", 0, NULL, OPTION_INTO(SetupOptions, setup.connect), .clears = true,
     .help = "leave the JACK client unplugged"},
    {"connect", 0, NULL, OPTION_INTO(SetupOptions, setup.connect),
     .help = "plug it in (the default)"},
};
