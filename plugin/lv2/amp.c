// SPDX-License-Identifier: ISC
// The plugin as the host meets it: making, connecting, the worker, freeing.
#include "plugin/lv2/amp.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "dsp/chain/meters.h"
#include "plugin/session/state.h"

static void features_take(Amp *amp, const LV2_Feature *const *features) {
    LV2_Log_Log *log = NULL;
    const LV2_Options_Option *options = NULL;
    for (; features && *features; features++) {
        const char *uri = (*features)->URI;
        if (strcmp(uri, LV2_URID__map) == 0) {
            amp->map = (*features)->data;
        } else if (strcmp(uri, LV2_LOG__log) == 0) {
            log = (*features)->data;
        } else if (strcmp(uri, LV2_WORKER__schedule) == 0) {
            amp->schedule = (*features)->data;
        } else if (strcmp(uri, LV2_OPTIONS__options) == 0) {
            options = (*features)->data;
        }
    }
    lv2_log_logger_init(&amp->logger, amp->map, log);
    if (amp->map) {
        uris_map(&amp->uris, amp->map);
        if (options &&
            options_set(&amp->options, &amp->uris, options) & LV2_OPTIONS_ERR_BAD_VALUE) {
            lv2_log_warning(&amp->logger, "gruff: the host tells options that cannot be\n");
        }
    }
}

static void log_line(void *data, LogLevel level, const char *text) {
    LV2_Log_Logger *logger = data;
    if (level == LOG_ERROR) {
        lv2_log_error(logger, "gruff: %s\n", text);
    } else if (level == LOG_WARNING) {
        lv2_log_warning(logger, "gruff: %s\n", text);
    } else {
        lv2_log_note(logger, "gruff: %s\n", text);
    }
}

static void default_model_load(Amp *amp, const char *bundle) {
    char path[LOADER_PATH];
    int length = snprintf(path, sizeof path, "%smodels/default.json", bundle);
    if (length < 0 || (size_t)length >= sizeof path || access(path, F_OK) != 0) {
        lv2_log_note(&amp->logger, "gruff: no default model at %s: the input passes unchanged\n",
                     path);
        return;
    }
    (void)loader_load(amp->loader, FILE_MODEL, path, true);
}

static void cleanup(LV2_Handle handle) {
    Amp *amp = handle;
    if (amp) {
        loader_free(amp->loader);
        processor_free(amp->processor);
        memory_free(amp);
    }
}

static LV2_Handle instantiate(const LV2_Descriptor *descriptor, double rate, const char *bundle,
                              const LV2_Feature *const *features) {
    Amp *amp = memory_new(1, sizeof *amp);
    if (!amp) {
        return NULL;
    }
    amp->options.rate = (float)rate;
    features_take(amp, features);
    amp->channels = strcmp(descriptor->URI, GRUFF_STEREO_URI) == 0 ? 2 : 1;
    amp->peak_in = amp->peak_out = METER_FLOOR;
    amp->paths[FILE_MODEL] = amp->paths[FILE_CABINET] = "";
    amp->status = "no model: the input passes unchanged";
    amp->tell_path[FILE_MODEL] = amp->tell_path[FILE_CABINET] = amp->tell_status = true;
    Diagnostic diagnostic = {"no memory"};
    if (processor_new(&amp->processor, rate, amp->channels, &diagnostic) != STATUS_OK ||
        !(amp->loader = loader_new(amp->processor, rate, amp->channels,
                                   (LoaderLog){log_line, &amp->logger}))) {
        lv2_log_error(&amp->logger, "gruff: %s\n", diagnostic.text);
        cleanup(amp);
        return NULL;
    }
    default_model_load(amp, bundle);
    return amp;
}

// The port of the mono plugin that stands for port `port` of this one, and of which channel.
static uint32_t mono_port(const Amp *amp, uint32_t port, uint32_t *channel) {
    uint32_t channels = (uint32_t)amp->channels;
    *channel = 0;
    if (port < PORT_IN) {
        return port;
    }
    if (port < PORT_IN + 2 * channels) {
        *channel = (port - PORT_IN) % channels;
        return PORT_IN + (port - PORT_IN) / channels;
    }
    return port - 2 * (channels - 1);
}

static void connect_port(LV2_Handle handle, uint32_t index, void *data) {
    Amp *amp = handle;
    uint32_t channel = 0, port = mono_port(amp, index, &channel);
    switch (port) {
    case PORT_CONTROL:
        amp->control = data;
        break;
    case PORT_NOTIFY:
        amp->notify = data;
        break;
    case PORT_IN:
        amp->in[channel] = data;
        break;
    case PORT_OUT:
        amp->out[channel] = data;
        break;
    default:
        if (port < PORT_FIRST_STEP) {
            amp->controls[port - PORT_FIRST_CONTROL] = data;
        } else if (port < PORT_FIRST_OUTPUT) {
            amp->steps[port - PORT_FIRST_STEP] = data;
        } else if (port < PORT_COUNT) {
            amp->outputs[port - PORT_FIRST_OUTPUT] = data;
        }
        break;
    }
}

static void activate(LV2_Handle handle) {
    Amp *amp = handle;
    processor_reset(amp->processor);
    for (int i = 0; i < STEP_COUNT; i++) {
        amp->pressed[i] = true; // a press that was saved with the session is none
    }
    atomic_store(&amp->collecting, false); // the host may have dropped it while inactive
    atomic_store(&amp->active, true);
}

static void deactivate(LV2_Handle handle) {
    Amp *amp = handle;
    atomic_store(&amp->active, false);
}

static LV2_Worker_Status work(LV2_Handle handle, LV2_Worker_Respond_Function respond,
                              LV2_Worker_Respond_Handle respond_handle, uint32_t size,
                              const void *data) {
    (void)respond;
    (void)respond_handle;
    Amp *amp = handle;
    uint32_t kind = 0;
    if (size < sizeof kind) {
        return LV2_WORKER_ERR_UNKNOWN;
    }
    memcpy(&kind, data, sizeof kind);
    const char *path = (const char *)data + offsetof(Work, path);
    if (kind == WORK_COLLECT) {
        atomic_store(&amp->collecting, false);
        loader_collect(amp->loader);
    } else if (kind == WORK_PREVIOUS || kind == WORK_NEXT) {
        (void)loader_step(amp->loader, kind == WORK_NEXT);
    } else if (kind == WORK_LOAD && size > offsetof(Work, path) &&
               memchr(path, 0, size - offsetof(Work, path))) {
        uint32_t file = 0;
        memcpy(&file, (const char *)data + offsetof(Work, file), sizeof file);
        (void)loader_load(amp->loader, file == FILE_CABINET ? FILE_CABINET : FILE_MODEL, path,
                          false);
    }
    return LV2_WORKER_SUCCESS; // a model that cannot be read is told by a notification
}

// Notifications reach the audio thread through the loader.
static LV2_Worker_Status work_response(LV2_Handle handle, uint32_t size, const void *data) {
    (void)handle;
    (void)size;
    (void)data;
    return LV2_WORKER_SUCCESS;
}

static uint32_t get_options(LV2_Handle handle, LV2_Options_Option *asked) {
    Amp *amp = handle;
    return amp->map ? options_get(&amp->options, &amp->uris, asked) : LV2_OPTIONS_ERR_BAD_KEY;
}

static uint32_t set_options(LV2_Handle handle, const LV2_Options_Option *told) {
    Amp *amp = handle;
    return amp->map ? options_set(&amp->options, &amp->uris, told) : LV2_OPTIONS_ERR_BAD_KEY;
}

static LV2_State_Status save(LV2_Handle handle, LV2_State_Store_Function store,
                             LV2_State_Handle state, uint32_t flags,
                             const LV2_Feature *const *features) {
    (void)flags;
    const Amp *amp = handle;
    return amp->map ? state_save(amp->loader, &amp->uris, store, state, features)
                    : LV2_STATE_ERR_NO_FEATURE;
}

static LV2_State_Status restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
                                LV2_State_Handle state, uint32_t flags,
                                const LV2_Feature *const *features) {
    (void)flags;
    const Amp *amp = handle;
    bool at_once = !atomic_load(&amp->active);
    return amp->map ? state_restore(amp->loader, &amp->uris, at_once, retrieve, state, features)
                    : LV2_STATE_ERR_NO_FEATURE;
}

static const void *extension_data(const char *uri) {
    static const LV2_Worker_Interface worker = {work, work_response, NULL};
    static const LV2_Options_Interface options = {get_options, set_options};
    static const LV2_State_Interface state = {save, restore};
    if (strcmp(uri, LV2_WORKER__interface) == 0) {
        return &worker;
    }
    if (strcmp(uri, LV2_OPTIONS__interface) == 0) {
        return &options;
    }
    return strcmp(uri, LV2_STATE__interface) == 0 ? &state : NULL;
}

LV2_SYMBOL_EXPORT const LV2_Descriptor *lv2_descriptor(uint32_t index) {
    static const LV2_Descriptor descriptors[] = {
        {GRUFF_URI, instantiate, connect_port, activate, amp_run, deactivate, cleanup,
         extension_data},
        {GRUFF_STEREO_URI, instantiate, connect_port, activate, amp_run, deactivate, cleanup,
         extension_data},
    };
    return index < sizeof descriptors / sizeof *descriptors ? &descriptors[index] : NULL;
}
