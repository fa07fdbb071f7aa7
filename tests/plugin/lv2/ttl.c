// SPDX-License-Identifier: ISC
// The TTL against the table of controls, the order of ports and the project's version.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/options/options.h>
#include <lv2/patch/patch.h>
#include <lv2/port-groups/port-groups.h>
#include <lv2/port-props/port-props.h>
#include <lv2/presets/presets.h>
#include <lv2/units/units.h>

#include "dsp/chain/controls.h"
#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"
#include "tests/rig/near.h"

static Host *host;
static bool stereo;

static int make(void **state) {
    files_make(state);
    unsigned kind = stereo ? HOST_STEREO : 0;
    host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL | kind);
    return 0;
}

static int clean(void **state) {
    host_free(host);
    return files_remove(state);
}

// A port of the mono plugin, or what it is in the stereo one.
static const LilvPort *port_at(uint32_t index) {
    uint32_t shift = stereo && index > PORT_OUT ? STEREO_PORTS : 0;
    return lilv_plugin_get_port_by_index(host_plugin(host), index + shift);
}

static bool port_is(const LilvPort *port, const char *uri) {
    LilvNode *class = lilv_new_uri(host_world(host), uri);
    bool is = lilv_port_is_a(host_plugin(host), port, class);
    lilv_node_free(class);
    return is;
}

static bool port_says(const LilvPort *port, const char *predicate, const char *object) {
    LilvNode *says = lilv_new_uri(host_world(host), predicate);
    LilvNodes *values = lilv_port_get_value(host_plugin(host), port, says);
    bool found = false;
    LILV_FOREACH(nodes, i, values) {
        const LilvNode *value = lilv_nodes_get(values, i);
        found |= lilv_node_is_uri(value) && strcmp(lilv_node_as_uri(value), object) == 0;
    }
    lilv_nodes_free(values);
    lilv_node_free(says);
    return found;
}

static void assert_unit(const LilvPort *port, const char *unit) {
    static const char *const known[][2] = {
        {"dB", LV2_UNITS__db}, {"%", LV2_UNITS__pc}, {"ms", LV2_UNITS__ms}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(unit, known[i][0]) == 0) {
            assert_true(port_says(port, LV2_UNITS__unit, known[i][1]));
            return;
        }
    }
    LilvNode *says = lilv_new_uri(host_world(host), LV2_UNITS__unit);
    LilvNode *own = lilv_port_get(host_plugin(host), port, says);
    assert_int_equal(own != NULL, unit[0] != 0); // a unit that is no word of the vocabulary
    lilv_node_free(own);
    lilv_node_free(says);
}

static void assert_choices(const LilvPort *port, const Control *control) {
    LilvScalePoints *points = lilv_port_get_scale_points(host_plugin(host), port);
    unsigned wanted = (unsigned)control->choice_count;
    assert_int_equal(lilv_scale_points_size(points), wanted);
    LILV_FOREACH(scale_points, i, points) {
        const LilvScalePoint *point = lilv_scale_points_get(points, i);
        float value = lilv_node_as_float(lilv_scale_point_get_value(point));
        const ControlChoice *choice =
            &control->choices[control_choice((ControlId)(control - controls), value)];
        const LilvNode *label = lilv_scale_point_get_label(point);
        assert_true(value == choice->value);
        assert_string_equal(lilv_node_as_string(label), choice->name);
    }
    lilv_scale_points_free(points);
}

static void assert_group(const LilvPort *port, ControlGroup group) {
    char uri[64];
    snprintf(uri, sizeof uri, "urn:gruff:amp#%s", control_groups[group].symbol);
    assert_true(port_says(port, LV2_PORT_GROUPS__group, uri));
    LilvNode *subject = lilv_new_uri(host_world(host), uri);
    LilvNode *says = lilv_new_uri(host_world(host), LV2_CORE__name);
    LilvNode *name = lilv_world_get(host_world(host), subject, says, NULL);
    assert_non_null(name);
    assert_string_equal(lilv_node_as_string(name), control_groups[group].name);
    lilv_node_free(name);
    lilv_node_free(says);
    lilv_node_free(subject);
}

static void controls_are_the_tables(void **state) {
    (void)state;
    const LilvPlugin *plugin = host_plugin(host);
    assert_int_equal(lilv_plugin_get_num_ports(plugin), PORT_COUNT + (stereo ? STEREO_PORTS : 0));
    for (uint32_t i = 0; i < CONTROL_COUNT; i++) {
        const Control *control = &controls[i];
        const LilvPort *port = port_at(PORT_FIRST_CONTROL + i);
        assert_true(port_is(port, LV2_CORE__ControlPort) && port_is(port, LV2_CORE__InputPort));
        const LilvNode *symbol = lilv_port_get_symbol(plugin, port);
        assert_string_equal(lilv_node_as_string(symbol), control->symbol);
        LilvNode *name = lilv_port_get_name(plugin, port);
        assert_string_equal(lilv_node_as_string(name), control->name);
        lilv_node_free(name);
        LilvNode *range[3];
        lilv_port_get_range(plugin, port, &range[0], &range[1], &range[2]);
        const float wanted[3] = {control->initial, control->minimum, control->maximum};
        for (int k = 0; k < 3; k++) {
            assert_non_null(range[k]);
            assert_near(lilv_node_as_float(range[k]), wanted[k], 0.0);
            lilv_node_free(range[k]);
        }
        bool toggled = port_says(port, LV2_CORE__portProperty, LV2_CORE__toggled);
        assert_int_equal(toggled, control->scale == SCALE_TOGGLE);
        bool logarithmic = port_says(port, LV2_CORE__portProperty, LV2_PORT_PROPS__logarithmic);
        assert_int_equal(logarithmic, control->scale == SCALE_LOG);
        assert_unit(port, control->unit);
        assert_choices(port, control);
        assert_group(port, control->group);
    }
    assert_true(port_says(port_at(PORT_FIRST_CONTROL + CONTROL_ENABLED), LV2_CORE__designation,
                          LV2_CORE__enabled));
}

static void other_ports_are_where_the_code_has_them(void **state) {
    (void)state;
    static const struct {
        uint32_t index;
        const char *symbol, *class, *direction;
    } wanted[] = {{PORT_CONTROL, "control", LV2_ATOM__AtomPort, LV2_CORE__InputPort},
                  {PORT_NOTIFY, "notify", LV2_ATOM__AtomPort, LV2_CORE__OutputPort},
                  {PORT_IN, "in", LV2_CORE__AudioPort, LV2_CORE__InputPort},
                  {PORT_OUT, "out", LV2_CORE__AudioPort, LV2_CORE__OutputPort},
                  {PORT_PREVIOUS, "previous", LV2_CORE__ControlPort, LV2_CORE__InputPort},
                  {PORT_NEXT, "next", LV2_CORE__ControlPort, LV2_CORE__InputPort},
                  {PORT_LATENCY, "latency", LV2_CORE__ControlPort, LV2_CORE__OutputPort},
                  {PORT_CONVERSION, "conversion", LV2_CORE__ControlPort, LV2_CORE__OutputPort},
                  {PORT_LOAD, "load", LV2_CORE__ControlPort, LV2_CORE__OutputPort},
                  {PORT_PEAK_IN, "peak_in", LV2_CORE__ControlPort, LV2_CORE__OutputPort},
                  {PORT_PEAK_OUT, "peak_out", LV2_CORE__ControlPort, LV2_CORE__OutputPort}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (stereo && (wanted[i].index == PORT_IN || wanted[i].index == PORT_OUT)) {
            continue;
        }
        const LilvPort *port = port_at(wanted[i].index);
        const LilvNode *symbol = lilv_port_get_symbol(host_plugin(host), port);
        assert_string_equal(lilv_node_as_string(symbol), wanted[i].symbol);
        assert_true(port_is(port, wanted[i].class) && port_is(port, wanted[i].direction));
        assert_int_equal(port_says(port, LV2_CORE__portProperty, LV2_PORT_PROPS__trigger),
                         wanted[i].index == PORT_PREVIOUS || wanted[i].index == PORT_NEXT);
        if (wanted[i].index < PORT_IN) {
            assert_true(port_says(port, LV2_CORE__portProperty, LV2_CORE__connectionOptional));
        }
    }
}

static void stereo_ports_are_left_and_right(void **state) {
    (void)state;
    static const char *const symbols[] = {"in_left", "in_right", "out_left", "out_right"};
    for (uint32_t i = 0; i < 4; i++) {
        const LilvPort *port = lilv_plugin_get_port_by_index(host_plugin(host), PORT_IN + i);
        const LilvNode *symbol = lilv_port_get_symbol(host_plugin(host), port);
        assert_string_equal(lilv_node_as_string(symbol), symbols[i]);
        assert_true(port_is(port, LV2_CORE__AudioPort));
        assert_true(port_is(port, i < 2 ? LV2_CORE__InputPort : LV2_CORE__OutputPort));
    }
}

static void the_latency_port_is_the_hosts(void **state) {
    (void)state;
    assert_true(lilv_plugin_has_latency(host_plugin(host)));
    assert_int_equal(lilv_plugin_get_latency_port_index(host_plugin(host)),
                     PORT_LATENCY + (stereo ? STEREO_PORTS : 0));
}

static LilvNodes *plugin_values(const char *predicate) {
    LilvNode *says = lilv_new_uri(host_world(host), predicate);
    LilvNodes *values = lilv_plugin_get_value(host_plugin(host), says);
    lilv_node_free(says);
    return values;
}

static void says_model_version_and_features(void **state) {
    (void)state;
    LilvNodes *writable = plugin_values(LV2_PATCH__writable);
    assert_int_equal(lilv_nodes_size(writable), 2);
    LILV_FOREACH(nodes, i, writable) {
        const char *uri = lilv_node_as_uri(lilv_nodes_get(writable, i));
        assert_true(strcmp(uri, GRUFF_MODEL_URI) == 0 || strcmp(uri, GRUFF_CABINET_URI) == 0);
    }
    lilv_nodes_free(writable);

    int minor = -1, micro = -1;
    assert_int_equal(sscanf(getenv("GRUFF_VERSION"), "%*d.%d.%d", &minor, &micro), 2);
    LilvNodes *minors = plugin_values(LV2_CORE__minorVersion);
    LilvNodes *micros = plugin_values(LV2_CORE__microVersion);
    assert_int_equal(lilv_node_as_int(lilv_nodes_get_first(minors)), minor);
    assert_int_equal(lilv_node_as_int(lilv_nodes_get_first(micros)), micro);
    lilv_nodes_free(minors);
    lilv_nodes_free(micros);

    LilvNode *feature = lilv_new_uri(host_world(host), LV2_CORE__hardRTCapable);
    assert_true(lilv_plugin_has_feature(host_plugin(host), feature));
    lilv_node_free(feature);
    LilvNodes *options = plugin_values(LV2_OPTIONS__supportedOption);
    assert_int_equal(lilv_nodes_size(options), 3);
    lilv_nodes_free(options);
    LilvNodes *required = lilv_plugin_get_required_features(host_plugin(host));
    assert_int_equal(lilv_nodes_size(required), 0);
    lilv_nodes_free(required);
}

static void check_value(const char *symbol, void *data, const void *value, uint32_t size,
                        uint32_t type) {
    int *count = data;
    ControlId id;
    float setting = 0.0f;
    assert_true(control_find(symbol, &id));
    assert_int_equal(size, sizeof setting);
    assert_int_equal(type, host_urid(host, LV2_ATOM__Float));
    memcpy(&setting, value, sizeof setting);
    assert_true(control_clamp(id, setting) == setting);
    (*count)++;
}

static void presets_set_controls_within_their_range(void **state) {
    (void)state;
    LilvNode *class = lilv_new_uri(host_world(host), LV2_PRESETS__Preset);
    LilvNodes *presets = lilv_plugin_get_related(host_plugin(host), class);
    assert_true(lilv_nodes_size(presets) > 3);
    LILV_FOREACH(nodes, i, presets) {
        const LilvNode *preset = lilv_nodes_get(presets, i);
        int count = 0;
        assert_true(lilv_world_load_resource(host_world(host), preset) >= 0);
        LilvState *settings = lilv_state_new_from_world(host_world(host), host_map(host), preset);
        assert_non_null(settings);
        assert_non_null(lilv_state_get_label(settings));
        lilv_state_emit_port_values(settings, check_value, &count);
        assert_true(count >= 5);
        lilv_state_free(settings);
    }
    lilv_nodes_free(presets);
    lilv_node_free(class);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(controls_are_the_tables),
        cmocka_unit_test(other_ports_are_where_the_code_has_them),
        cmocka_unit_test(the_latency_port_is_the_hosts),
        cmocka_unit_test(says_model_version_and_features),
        cmocka_unit_test(presets_set_controls_within_their_range),
    };
    const struct CMUnitTest stereo_tests[] = {
        cmocka_unit_test(controls_are_the_tables),
        cmocka_unit_test(other_ports_are_where_the_code_has_them),
        cmocka_unit_test(stereo_ports_are_left_and_right),
        cmocka_unit_test(the_latency_port_is_the_hosts),
        cmocka_unit_test(says_model_version_and_features),
        cmocka_unit_test(presets_set_controls_within_their_range),
    };
    int failures = cmocka_run_group_tests_name("lv2 ttl", tests, make, clean);
    stereo = true;
    return failures + cmocka_run_group_tests_name("lv2 ttl, stereo", stereo_tests, make, clean);
}
