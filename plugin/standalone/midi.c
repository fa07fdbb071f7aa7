// SPDX-License-Identifier: ISC
#include "plugin/standalone/midi.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/folder.h"
#include "dsp/files/whole_file.h"
#include "plugin/standalone/xdg_paths.h"

enum {
    PATH_SIZE = 4096,
    LONGEST_FILE = 1 << 17, // bytes
    MOST_IN_A_TICK = 1024,  // messages
};

struct Midi {
    Player *player;
    Notices *notices;
    PresetChooser chooser;
    MidiMap map;
    int learning; // a ControlId; -1: none
    char path[PATH_SIZE];
    RateLimit lost, unknown;
};

// ---- The file ----

static void read_lines(Midi *midi, char *text) {
    unsigned number = 1;
    for (char *line = text; line; number++) {
        char *end = strchr(line, '\n');
        Diagnostic fault = {""};
        if (end) {
            *end = '\0';
        }
        if (midi_map_read_line(&midi->map, line, &fault) != STATUS_OK) {
            notices_say(midi->notices, "%.500s, line %u: %.400s; left out", midi->path, number,
                        fault.text);
        }
        line = end ? end + 1 : NULL;
    }
}

static Status read_file(Midi *midi, Diagnostic *diagnostic) {
    char *text = NULL;
    size_t length = 0;
    if (!midi->path[0] || access(midi->path, F_OK) != 0) {
        return STATUS_OK;
    }
    Status status = whole_file_read(&text, &length, LONGEST_FILE, midi->path, diagnostic);
    if (status == STATUS_OK) {
        read_lines(midi, text);
    }
    memory_free(text);
    return status;
}

// Says why not, where it cannot.
static void save(Midi *midi) {
    Diagnostic diagnostic = {""};
    char *text = midi_map_write(&midi->map);
    if (!text || !midi->path[0]) {
        diagnose(&diagnostic, STATUS_CANNOT_WRITE, "the MIDI map is not saved: %s",
                 text ? "there is no home folder; give --midi-map" : "no memory");
    } else if (folder_make_for(midi->path, &diagnostic) == STATUS_OK) {
        (void)atomic_file_write(midi->path, text, strlen(text), &diagnostic);
    }
    notices_say(midi->notices, "%s", diagnostic.text);
    memory_free(text);
}

// ---- Learning ----

Status midi_new(Midi **midi, Player *player, Notices *notices, const char *path,
                PresetChooser chooser, Diagnostic *diagnostic) {
    *midi = NULL;
    Midi *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for MIDI");
    }
    made->player = player;
    made->notices = notices;
    made->chooser = chooser;
    made->learning = -1;
    if (path) {
        snprintf(made->path, sizeof made->path, "%s", path);
    } else if (!xdg_config_path(made->path, sizeof made->path, "midi")) {
        made->path[0] = '\0';
    }
    Status status = read_file(made, diagnostic);
    if (status != STATUS_OK) {
        midi_free(made);
        return status;
    }
    *midi = made;
    return STATUS_OK;
}

void midi_free(Midi *midi) {
    memory_free(midi);
}

void midi_learn(Midi *midi, ControlId id) {
    midi->learning = (int)id;
    notices_say(midi->notices, "%s: move the MIDI controller that is to turn it",
                controls[id].symbol);
}

void midi_learn_cancel(Midi *midi) {
    midi->learning = -1;
}

int midi_learning(const Midi *midi) {
    return midi->learning;
}

void midi_forget(Midi *midi, ControlId id) {
    if (midi_map_forget(&midi->map, id)) {
        save(midi);
    }
}

const MidiMap *midi_map(const Midi *midi) {
    return &midi->map;
}

static void learn(Midi *midi, int channel, int controller) {
    ControlId id = (ControlId)midi->learning;
    char source[MIDI_SOURCE_TEXT];
    midi->learning = -1;
    midi_map_forget(&midi->map, id);
    midi_map_set(&midi->map, channel, controller, id);
    midi_map_source(&midi->map, id, source);
    notices_say(midi->notices, "%s turns %s", source, controls[id].symbol);
    save(midi);
}

// ---- Messages ----

static void turn(Midi *midi, int channel, int controller, int value) {
    ControlId id;
    if (midi->learning >= 0 && midi_map_can_learn(controller)) {
        learn(midi, channel, controller);
    }
    if (midi_map_find(&midi->map, channel, controller, &id)) {
        player_set(midi->player, id, midi_map_value(id, value));
    }
}

static void choose(Midi *midi, int program) {
    const PresetChooser *chooser = &midi->chooser;
    if (chooser->number && !chooser->number(chooser->data, program)) {
        Diagnostic line = {""};
        diagnose(&line, STATUS_OK, "MIDI asks for program %d, and there is no such preset",
                 program);
        notices_say_limited(midi->notices, &midi->unknown, line.text);
    }
}

bool midi_poll(void *data) {
    Midi *midi = data;
    unsigned char message[3];
    int length = 1;
    for (int i = 0; i < MOST_IN_A_TICK && length != 0; i++) {
        length = player_midi(midi->player, message);
        if (length < 0) {
            notices_say_limited(midi->notices, &midi->lost,
                                "MIDI came too fast; some of it is lost");
        } else if (length == 3 && (message[0] & 0xf0) == MIDI_CONTROL) {
            turn(midi, (message[0] & 0x0f) + 1, message[1] & 0x7f, message[2] & 0x7f);
        } else if (length == 2 && (message[0] & 0xf0) == MIDI_PROGRAM) {
            choose(midi, message[1] & 0x7f);
        }
    }
    return true;
}
