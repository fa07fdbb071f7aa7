// SPDX-License-Identifier: ISC
// make_ttl MINOR MICRO <TEMPLATE >TTL: fills in a template. @MINOR@ and @MICRO@ are the version;
// @INDEX@ is the next port's index, from 0 for each plugin (a line with "lv2:Plugin"); a line
// "@CONTROLS@" becomes the input ports of dsp/chain/controls.c; "@SETTINGS SYMBOL=VALUE...@" all
// that makes a sound: these controls with these values, the others with their initial ones.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/chain/controls.h"

typedef struct Maker {
    const char *minor, *micro;
    int index;
} Maker;

// The unit as the vocabulary has it, or as a unit of our own.
static void print_unit(const char *unit) {
    static const char *const known[][2] = {{"dB", "db"}, {"%", "pc"}, {"ms", "ms"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(unit, known[i][0]) == 0) {
            printf("\t\tunits:unit units:%s ;\n", known[i][1]);
            return;
        }
    }
    if (unit[0]) {
        printf("\t\tunits:unit [\n\t\t\ta units:Unit ;\n\t\t\trdfs:label \"%s\" ;\n"
               "\t\t\tunits:symbol \"%s\" ;\n\t\t\tunits:render \"%%f %s\"\n\t\t] ;\n",
               unit, unit, unit);
    }
}

static void print_choices(const Control *control) {
    puts("\t\tlv2:portProperty lv2:integer , lv2:enumeration ;");
    for (int i = 0; i < control->choice_count; i++) {
        const ControlChoice *choice = &control->choices[i];
        printf("\t\tlv2:scalePoint [\n\t\t\trdfs:label \"%s\" ;\n\t\t\trdf:value %g\n\t\t] ;\n",
               choice->name, (double)choice->value);
    }
}

static void print_scale(const Control *control) {
    switch (control->scale) {
    case SCALE_TOGGLE:
        puts("\t\tlv2:portProperty lv2:toggled ;");
        break;
    case SCALE_LOG:
        puts("\t\tlv2:portProperty pprops:logarithmic ;");
        break;
    case SCALE_CHOICE:
        print_choices(control);
        break;
    case SCALE_LINEAR:
        break;
    }
}

static void print_control(ControlId id, int index) {
    const Control *control = &controls[id];
    printf("\t\ta lv2:InputPort , lv2:ControlPort ;\n\t\tlv2:index %d ;\n"
           "\t\tlv2:symbol \"%s\" ;\n\t\tlv2:name \"%s\" ;\n",
           index, control->symbol, control->name);
    if (id == CONTROL_ENABLED) {
        puts("\t\tlv2:designation lv2:enabled ;");
    }
    printf("\t\tpg:group <urn:gruff:amp#%s> ;\n", control_groups[control->group].symbol);
    print_unit(control->unit);
    print_scale(control);
    printf("\t\tlv2:default %.6f ;\n\t\tlv2:minimum %.6f ;\n\t\tlv2:maximum %.6f\n",
           (double)control->initial, (double)control->minimum, (double)control->maximum);
}

static void print_groups(void) {
    for (int i = 0; i < GROUP_COUNT; i++) {
        const ControlGroupNames *group = &control_groups[i];
        printf("%s<urn:gruff:amp#%s>\n\ta pg:InputGroup ;\n\tlv2:name \"%s\" ;\n"
               "\tlv2:symbol \"%s\" .\n",
               i ? "\n" : "", group->symbol, group->name, group->symbol);
    }
}

static void print_controls(Maker *maker) {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        print_control((ControlId)i, maker->index++);
        if (i + 1 < CONTROL_COUNT) {
            puts("\t] , [");
        }
    }
}

// What is the room's and the player's, not the sound's: no preset touches it.
static bool is_sound(ControlId id) {
    return id != CONTROL_ENABLED && id != CONTROL_CALIBRATE && id != CONTROL_INTERFACE;
}

// Prints all settings; false, having said why, when `text`, "SYMBOL=VALUE..." up to a '@', names
// what cannot be set.
static bool print_settings(const char *text) {
    float values[CONTROL_COUNT];
    char pair[64];
    int length = 0;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        values[i] = controls[i].initial;
    }
    for (; sscanf(text, " %63[^@ ]%n", pair, &length) == 1; text += length) {
        ControlId id = CONTROL_COUNT;
        float value = 0.0f;
        Diagnostic diagnostic = {"not a preset's"};
        if (control_read_pair(pair, &id, &value, &diagnostic) != STATUS_OK || !is_sound(id)) {
            fprintf(stderr, "make_ttl: %s: %s\n", pair, diagnostic.text);
            return false;
        }
        values[id] = value;
    }
    const char *before = "";
    for (int i = 0; i < CONTROL_COUNT; i++) {
        if (is_sound((ControlId)i)) {
            printf("%s[ lv2:symbol \"%s\" ; pset:value %.2f ]", before, controls[i].symbol,
                   (double)values[i]);
            before = " ,\n\t\t";
        }
    }
    return true;
}

static bool print_line(Maker *maker, const char *line) {
    if (strcmp(line, "@GROUPS@\n") == 0) {
        print_groups();
        return true;
    }
    if (strcmp(line, "@CONTROLS@\n") == 0) {
        print_controls(maker);
        return true;
    }
    if (strstr(line, "lv2:Plugin")) {
        maker->index = 0;
    }
    while (*line) {
        if (strncmp(line, "@MINOR@", 7) == 0) {
            fputs(maker->minor, stdout);
            line += 7;
        } else if (strncmp(line, "@MICRO@", 7) == 0) {
            fputs(maker->micro, stdout);
            line += 7;
        } else if (strncmp(line, "@INDEX@", 7) == 0) {
            printf("%d", maker->index++);
            line += 7;
        } else if (strncmp(line, "@SETTINGS ", 10) == 0) {
            if (!print_settings(line + 10)) {
                return false;
            }
            line += 10 + strcspn(line + 10, "@");
            line += *line == '@';
        } else {
            putchar(*line++);
        }
    }
    return true;
}

int main(int argc, char **argv) {
    char line[4096];
    if (argc != 3) {
        fputs("usage: make_ttl MINOR MICRO <TEMPLATE >TTL\n", stderr);
        return EXIT_FAILURE;
    }
    Maker maker = {argv[1], argv[2], 0};
    while (fgets(line, sizeof line, stdin)) {
        if (!print_line(&maker, line)) {
            return EXIT_FAILURE;
        }
    }
    return fflush(stdout) == 0 && !ferror(stdin) ? EXIT_SUCCESS : EXIT_FAILURE;
}
