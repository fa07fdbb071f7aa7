// SPDX-License-Identifier: ISC
#include "tests/plugin/lv2/host.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/log/log.h>
#include <lv2/options/options.h>
#include <lv2/parameters/parameters.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>

#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/host_features.h"
#include "tests/plugin/lv2/worker.h"

enum { BUFFER = 16384, LONGEST = 8192 };

struct Host {
    unsigned flags;
    LilvWorld *world;
    const LilvPlugin *plugin;
    LilvInstance *instance;
    Worker worker;
    float controls[CONTROL_COUNT], steps[STEP_COUNT], outputs[OUTPUT_COUNT];
    _Alignas(8) char control[BUFFER];
    _Alignas(8) char notify[BUFFER];
    char model[LONGEST], cabinet[LONGEST], status[LONGEST];
    HostFeatures features;
    LV2_Worker_Schedule schedule;
};

// ---- Making and freeing ----

static void require(bool condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "test host: %s\n", what);
        abort();
    }
}

static void sequence_clear(Host *host) {
    LV2_Atom_Sequence *control = (LV2_Atom_Sequence *)host->control;
    *control = (LV2_Atom_Sequence){{sizeof control->body, host_urid(host, LV2_ATOM__Sequence)},
                                   {0, 0}};
}

// The place of a port behind the audio ports.
static uint32_t after_audio(const Host *host, uint32_t port) {
    return host->flags & HOST_STEREO ? port + STEREO_PORTS : port;
}

static void connect_all(Host *host) {
    bool messages = host->flags & HOST_MESSAGES;
    lilv_instance_connect_port(host->instance, PORT_CONTROL, messages ? host->control : NULL);
    lilv_instance_connect_port(host->instance, PORT_NOTIFY, messages ? host->notify : NULL);
    for (uint32_t i = 0; i < CONTROL_COUNT; i++) {
        host->controls[i] = controls[i].initial;
        lilv_instance_connect_port(host->instance, after_audio(host, PORT_FIRST_CONTROL) + i,
                                   &host->controls[i]);
    }
    for (uint32_t i = 0; i < STEP_COUNT; i++) {
        lilv_instance_connect_port(host->instance, after_audio(host, PORT_FIRST_STEP) + i,
                                   &host->steps[i]);
    }
    for (uint32_t i = 0; i < OUTPUT_COUNT; i++) {
        lilv_instance_connect_port(host->instance, after_audio(host, PORT_FIRST_OUTPUT) + i,
                                   &host->outputs[i]);
    }
    host->controls[CONTROL_NORMALISE] = host->controls[CONTROL_DC_BLOCK] = 0.0f;
}

static void bundle_load(Host *host, const char *bundle) {
    char path[4096];
    snprintf(path, sizeof path, "%s/", bundle);
    host->world = lilv_world_new();
    LilvNode *folder = lilv_new_file_uri(host->world, NULL, path);
    lilv_world_load_bundle(host->world, folder);
    LilvNode *uri = lilv_new_uri(host->world,
                                 host->flags & HOST_STEREO ? GRUFF_STEREO_URI : GRUFF_URI);
    host->plugin = lilv_plugins_get_by_uri(lilv_world_get_all_plugins(host->world), uri);
    require(host->plugin != NULL, "no plugin in the bundle");
    lilv_node_free(uri);
    lilv_node_free(folder);
}

Host *host_new(const char *bundle, double rate, unsigned flags) {
    Host *host = calloc(1, sizeof *host);
    require(host != NULL, "no memory");
    host->flags = flags;
    host_features_init(&host->features);
    worker_init(&host->worker, flags & HOST_BUSY);
    host->schedule = (LV2_Worker_Schedule){&host->worker, worker_schedule};
    const float told_rate = (float)rate;
    const int32_t longest = LONGEST, nominal = 256;
    const LV2_Options_Option options[] = {
        {LV2_OPTIONS_INSTANCE, 0, host_urid(host, LV2_PARAMETERS__sampleRate), sizeof told_rate,
         host_urid(host, LV2_ATOM__Float), &told_rate},
        {LV2_OPTIONS_INSTANCE, 0, host_urid(host, LV2_BUF_SIZE__maxBlockLength), sizeof longest,
         host_urid(host, LV2_ATOM__Int), &longest},
        {LV2_OPTIONS_INSTANCE, 0, host_urid(host, LV2_BUF_SIZE__nominalBlockLength), sizeof nominal,
         host_urid(host, LV2_ATOM__Int), &nominal},
        {LV2_OPTIONS_INSTANCE, 0, 0, 0, 0, NULL}};
    LV2_Feature all[] = {
        {LV2_URID__map, &host->features.map},   {LV2_URID__unmap, &host->features.unmap},
        {LV2_LOG__log, &host->features.logger}, {LV2_WORKER__schedule, &host->schedule},
        {LV2_STATE__threadSafeRestore, NULL},   {LV2_OPTIONS__options, (void *)options}};
    static const unsigned needs[] = {HOST_MAP,    HOST_MAP, HOST_LOG,
                                     HOST_WORKER, HOST_MAP, HOST_OPTIONS};
    const LV2_Feature *features[7] = {NULL};
    for (size_t i = 0, n = 0; i < 6; i++) {
        if (flags & needs[i]) {
            features[n++] = &all[i];
        }
    }
    bundle_load(host, bundle);
    host->instance = lilv_plugin_instantiate(host->plugin, rate, features);
    require(host->instance != NULL, "the plugin cannot be instantiated");
    host->worker.interface = host_extension(host, LV2_WORKER__interface);
    host->worker.instance = host_handle(host);
    require(host->worker.interface != NULL, "no worker interface");
    connect_all(host);
    sequence_clear(host);
    lilv_instance_activate(host->instance);
    if (flags & HOST_THREAD) {
        require(worker_start(&host->worker), "no thread");
    }
    return host;
}

void host_free(Host *host) {
    if (host->flags & HOST_THREAD) {
        worker_stop(&host->worker);
    }
    lilv_instance_deactivate(host->instance);
    lilv_instance_free(host->instance);
    lilv_world_free(host->world);
    host_features_clear(&host->features);
    worker_clear(&host->worker);
    free(host);
}

void host_start_anew(Host *host) {
    lilv_instance_deactivate(host->instance);
    lilv_instance_activate(host->instance);
}

const LilvPlugin *host_plugin(const Host *host) {
    return host->plugin;
}

LilvWorld *host_world(const Host *host) {
    return host->world;
}

// ---- Cycles ----

static void hear(Host *host, const LV2_Atom *atom) {
    const LV2_Atom_Object *object = (const LV2_Atom_Object *)atom;
    const LV2_Atom *property = NULL;
    const LV2_Atom *value = NULL;
    require(atom->type == host_urid(host, LV2_ATOM__Object), "notify: not an object");
    require(object->body.otype == host_urid(host, LV2_PATCH__Set), "notify: not patch:Set");
    lv2_atom_object_get(object, host_urid(host, LV2_PATCH__property), &property,
                        host_urid(host, LV2_PATCH__value), &value, 0);
    require(property && value && value->size <= LONGEST, "notify: no property or value");
    LV2_URID which = ((const LV2_Atom_URID *)property)->body;
    bool model = which == host_urid(host, GRUFF_MODEL_URI);
    bool cabinet = which == host_urid(host, GRUFF_CABINET_URI);
    const char *type = model || cabinet ? LV2_ATOM__Path : LV2_ATOM__String;
    require(value->type == host_urid(host, type), "notify: value of another type");
    char *told = model ? host->model : cabinet ? host->cabinet : host->status;
    memcpy(told, LV2_ATOM_BODY_CONST(value), value->size);
}

void host_run_stereo(Host *host, const float *const *in, float *const *out, int frames) {
    LV2_Atom_Sequence *notify = (LV2_Atom_Sequence *)host->notify;
    notify->atom = (LV2_Atom){BUFFER - sizeof notify->atom, host_urid(host, LV2_ATOM__Chunk)};
    int channels = host->flags & HOST_STEREO ? 2 : 1;
    for (int c = 0; c < channels; c++) {
        union {
            const float *samples;
            void *port;
        } input = {in[c]}; // connect_port takes no const
        lilv_instance_connect_port(host->instance, (uint32_t)(PORT_IN + c), input.port);
        lilv_instance_connect_port(host->instance, (uint32_t)(PORT_IN + channels + c), out[c]);
    }
    lilv_instance_run(host->instance, (uint32_t)frames);
    sequence_clear(host);
    if ((host->flags & (HOST_MESSAGES | HOST_MAP)) == (HOST_MESSAGES | HOST_MAP)) {
        require(notify->atom.type == host_urid(host, LV2_ATOM__Sequence), "notify: no sequence");
        LV2_ATOM_SEQUENCE_FOREACH(notify, event) {
            hear(host, &event->body);
        }
    }
    if (host->flags & HOST_WORKER && !(host->flags & HOST_THREAD)) {
        worker_work(&host->worker);
    }
}

void host_run(Host *host, const float *in, float *out, int frames) {
    static float right[1 << 16];
    require(frames <= 1 << 16, "too long a block");
    host_run_stereo(host, (const float *[]){in, in}, (float *[]){out, right}, frames);
}

void host_play(Host *host, const float *in, float *out, int frames, int block) {
    for (int begin = 0; begin < frames;) {
        int count = block ? block : 1 + rand() % 500;
        count = count < frames - begin ? count : frames - begin;
        host_run(host, in + begin, out + begin, count);
        begin += count;
    }
}

bool host_await_status(Host *host) {
    float silence[64] = {0};
    for (int i = 0; i < 2000 && !host->status[0]; i++) {
        host_run(host, silence, silence, 64);
        while (!host_is_idle(host)) {
            nanosleep(&(struct timespec){0, 1000000}, NULL);
        }
    }
    return host->status[0] != 0;
}

bool host_is_idle(Host *host) {
    return !(host->flags & HOST_THREAD) || worker_is_idle(&host->worker);
}

// ---- Talking ----

void host_set(Host *host, ControlId id, float value) {
    host->controls[id] = value;
}

void host_press(Host *host, unsigned port, bool down) {
    host->steps[port - PORT_FIRST_STEP] = down ? 1.0f : 0.0f;
}

float host_output(const Host *host, unsigned port) {
    return host->outputs[port - PORT_FIRST_OUTPUT];
}

const void *host_extension(const Host *host, const char *uri) {
    return lilv_instance_get_extension_data(host->instance, uri);
}

void *host_handle(const Host *host) {
    return lilv_instance_get_handle(host->instance);
}

LV2_URID host_urid(Host *host, const char *uri) {
    return host->features.map.map(&host->features, uri);
}

LV2_URID_Map *host_map(Host *host) {
    return &host->features.map;
}

void host_send_raw(Host *host, const void *atom, uint32_t size) {
    LV2_Atom_Sequence *control = (LV2_Atom_Sequence *)host->control;
    char *event = host->control + sizeof control->atom + control->atom.size;
    int64_t frame = 0;
    memcpy(event, &frame, sizeof frame);
    memcpy(event + sizeof frame, atom, size);
    control->atom.size += lv2_atom_pad_size((uint32_t)sizeof frame + size);
}

void host_send_model(Host *host, const char *path) {
    host_send_file(host, GRUFF_MODEL_URI, path);
}

void host_send_file(Host *host, const char *property, const char *path) {
    _Alignas(8) uint8_t buffer[LONGEST];
    LV2_Atom_Forge forge;
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_init(&forge, &host->features.map);
    lv2_atom_forge_set_buffer(&forge, buffer, sizeof buffer);
    lv2_atom_forge_object(&forge, &frame, 0, host_urid(host, LV2_PATCH__Set));
    lv2_atom_forge_key(&forge, host_urid(host, LV2_PATCH__property));
    lv2_atom_forge_urid(&forge, host_urid(host, property));
    lv2_atom_forge_key(&forge, host_urid(host, LV2_PATCH__value));
    lv2_atom_forge_path(&forge, path, (uint32_t)strlen(path));
    lv2_atom_forge_pop(&forge, &frame);
    host_send_raw(host, buffer, lv2_atom_total_size((const LV2_Atom *)buffer));
}

void host_send_get(Host *host) {
    LV2_Atom_Object get = {{sizeof(LV2_Atom_Object_Body), host_urid(host, LV2_ATOM__Object)},
                           {0, host_urid(host, LV2_PATCH__Get)}};
    host_send_raw(host, &get, sizeof get);
}

const char *host_model(const Host *host) {
    return host->model;
}

const char *host_cabinet(const Host *host) {
    return host->cabinet;
}

const char *host_status(const Host *host) {
    return host->status;
}

void host_forget(Host *host) {
    host->model[0] = host->cabinet[0] = host->status[0] = 0;
}

void host_set_busy(Host *host, bool busy) {
    host->worker.busy = busy;
}

void host_set_losing(Host *host, bool loses) {
    host->worker.loses = loses;
}

int host_jobs(const Host *host) {
    return host->worker.taken;
}

const char *host_log(const Host *host) {
    return host->features.log;
}

// ---- State ----

static const void *port_get(const char *symbol, void *data, uint32_t *size, uint32_t *type) {
    Host *host = data;
    ControlId id;
    *size = *type = 0;
    if (!control_find(symbol, &id)) {
        return NULL;
    }
    *size = sizeof(float);
    *type = host_urid(host, LV2_ATOM__Float);
    return &host->controls[id];
}

static void port_set(const char *symbol, void *data, const void *value, uint32_t size,
                     uint32_t type) {
    Host *host = data;
    ControlId id;
    if (control_find(symbol, &id) && size == sizeof(float) &&
        type == host_urid(host, LV2_ATOM__Float)) {
        memcpy(&host->controls[id], value, size);
    }
}

bool host_save(Host *host, const char *folder) {
    LilvState *state = lilv_state_new_from_instance(
        host->plugin, host->instance, &host->features.map, folder, folder, folder, folder, port_get,
        host, LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE, NULL);
    bool saved = state && lilv_state_save(host->world, &host->features.map, &host->features.unmap,
                                          state, NULL, folder, "state.ttl") == 0;
    lilv_state_free(state);
    return saved;
}

bool host_restore(Host *host, const char *folder, bool while_active) {
    char path[4096];
    snprintf(path, sizeof path, "%s/state.ttl", folder);
    LilvState *state = lilv_state_new_from_file(host->world, &host->features.map, NULL, path);
    if (!state) {
        return false;
    }
    if (!while_active) {
        lilv_instance_deactivate(host->instance);
    }
    // While active it may be another thread than the one that runs, whose controls it leaves alone.
    lilv_state_restore(state, host->instance, while_active ? NULL : port_set, host, 0, NULL);
    if (!while_active) {
        lilv_instance_activate(host->instance);
    }
    lilv_state_free(state);
    return true;
}
