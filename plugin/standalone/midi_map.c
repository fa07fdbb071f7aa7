// SPDX-License-Identifier: ISC
#include "plugin/standalone/midi_map.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/base/number.h"

enum {
    CC_BANK = 0,
    CC_BANK_FINE = 32,
    CC_FIRST_NUMBER = 98, // those of registered and other numbers
    CC_LAST_NUMBER = 101,
    LINE_SIZE = 96,
};

static const char heading[] = "# gruff: cc [CHANNEL/]CC CONTROL; written anew when gruff learns\n";

bool midi_map_find(const MidiMap *map, int channel, int controller, ControlId *id) {
    if (controller >= MIDI_CONTROLLERS) {
        return false;
    }
    int turned = map->turned[channel][controller];
    turned = turned ? turned : map->turned[MIDI_ANY_CHANNEL][controller];
    *id = (ControlId)(turned - 1);
    return turned > 0;
}

void midi_map_set(MidiMap *map, int channel, int controller, ControlId id) {
    map->turned[channel][controller] = (unsigned char)(id + 1);
}

bool midi_map_forget(MidiMap *map, ControlId id) {
    bool any = false;
    for (int c = 0; c <= MIDI_CHANNELS; c++) {
        for (int i = 0; i < MIDI_CONTROLLERS; i++) {
            if (map->turned[c][i] == id + 1) {
                map->turned[c][i] = 0;
                any = true;
            }
        }
    }
    return any;
}

static void write_source(char text[MIDI_SOURCE_TEXT], int channel, int controller) {
    if (channel == MIDI_ANY_CHANNEL) {
        snprintf(text, MIDI_SOURCE_TEXT, "cc %d", controller);
    } else {
        snprintf(text, MIDI_SOURCE_TEXT, "cc %d/%d", channel, controller);
    }
}

bool midi_map_source(const MidiMap *map, ControlId id, char text[MIDI_SOURCE_TEXT]) {
    text[0] = '\0';
    for (int c = 0; c <= MIDI_CHANNELS; c++) {
        for (int i = 0; i < MIDI_CONTROLLERS; i++) {
            if (map->turned[c][i] == id + 1) {
                write_source(text, c, i);
                return true;
            }
        }
    }
    return false;
}

bool midi_map_can_learn(int controller) {
    return controller < MIDI_CONTROLLERS && controller != CC_BANK && controller != CC_BANK_FINE &&
           (controller < CC_FIRST_NUMBER || controller > CC_LAST_NUMBER);
}

// A number from `least` to `most` that is all of `text` up to `end`.
static bool read_number(const char *text, const char *end, int least, int most, int *number) {
    const char *rest = NULL;
    double value = 0.0;
    if (!number_begin(text, &value, &rest) || rest != end || value < least || value > most) {
        return false;
    }
    *number = (int)value;
    return true;
}

// "20" or "3/20", of nothing but digits and '/'.
static bool read_source(const char *source, int *channel, int *controller) {
    const char *end = source + strlen(source), *slash = strchr(source, '/');
    *channel = MIDI_ANY_CHANNEL;
    return (!slash || read_number(source, slash, 1, MIDI_CHANNELS, channel)) &&
           read_number(slash ? slash + 1 : source, end, 0, MIDI_CONTROLLERS - 1, controller);
}

Status midi_map_read_line(MidiMap *map, const char *line, Diagnostic *diagnostic) {
    char source[16] = "", symbol[64] = "", rest[2] = "";
    int channel = MIDI_ANY_CHANNEL, controller = 0;
    ControlId id;
    line += strspn(line, " \t\r");
    if (!*line || *line == '#') {
        return STATUS_OK;
    }
    if (sscanf(line, "cc %15[0-9/] %63s %1s", source, symbol, rest) != 2) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "'%.60s' is not of the form \"cc 20 input\" or \"cc 3/20 input\"", line);
    }
    if (!read_source(source, &channel, &controller)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "'%s' is no controller from 0 to %d, on a channel from 1 to %d", source,
                        MIDI_CONTROLLERS - 1, MIDI_CHANNELS);
    }
    if (!control_find(symbol, &id)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "there is no control '%s'", symbol);
    }
    midi_map_set(map, channel, controller, id);
    return STATUS_OK;
}

char *midi_map_write(const MidiMap *map) {
    size_t lines = 1, length = 0;
    for (int i = 0; i < (MIDI_CHANNELS + 1) * MIDI_CONTROLLERS; i++) {
        lines += map->turned[i / MIDI_CONTROLLERS][i % MIDI_CONTROLLERS] > 0;
    }
    size_t size = lines * LINE_SIZE;
    char *text = memory_new(size, 1);
    if (!text) {
        return NULL;
    }
    length = (size_t)snprintf(text, size, "%s", heading);
    for (int c = 0; c <= MIDI_CHANNELS; c++) {
        for (int i = 0; i < MIDI_CONTROLLERS; i++) {
            if (map->turned[c][i]) {
                char source[MIDI_SOURCE_TEXT];
                write_source(source, c, i);
                length += (size_t)snprintf(text + length, size - length, "%s %s\n", source,
                                           controls[map->turned[c][i] - 1].symbol);
            }
        }
    }
    return text;
}

float midi_map_value(ControlId id, int value) {
    const Control *control = &controls[id];
    float least = id >= CONTROL_KNOB_1 ? 0.0f : control->minimum; // below: the model's own choice
    float range = control->maximum - least;
    float place = value <= 64 ? (float)value / 128.0f : 0.5f + (float)(value - 64) / 126.0f;
    switch (control->scale) {
    case SCALE_TOGGLE:
        return value >= 64 ? control->maximum : least;
    case SCALE_CHOICE:
        return control->choices[value * control->choice_count / 128].value;
    case SCALE_LOG:
        return control_clamp(id, least * powf(control->maximum / least, place));
    default:
        return least + place * range;
    }
}
