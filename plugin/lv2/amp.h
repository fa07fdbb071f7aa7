// SPDX-License-Identifier: ISC
// One instance of the plugin, and the ports in the order of the TTL.
#ifndef GRUFF_PLUGIN_LV2_AMP_H
#define GRUFF_PLUGIN_LV2_AMP_H

#include <stdatomic.h>
#include <stdbool.h>

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/log/logger.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>

#include "dsp/chain/controls.h"
#include "dsp/chain/processor.h"
#include "plugin/lv2/options.h"
#include "plugin/session/loader.h"
#include "plugin/session/uris.h"

// Of the mono plugin. The stereo one has two inputs and then two outputs, and all that follows two
// places later: amp_port says which is meant.
typedef enum PortIndex {
    PORT_CONTROL, // atom in, may be unconnected
    PORT_NOTIFY,  // atom out, may be unconnected
    PORT_IN,
    PORT_OUT,
    PORT_FIRST_CONTROL, // the table of controls, in its order
    PORT_FIRST_STEP = PORT_FIRST_CONTROL + CONTROL_COUNT,
    PORT_PREVIOUS = PORT_FIRST_STEP, // model of the folder, when it rises above 0
    PORT_NEXT,
    PORT_FIRST_OUTPUT,
    PORT_LATENCY = PORT_FIRST_OUTPUT, // frames
    PORT_CONVERSION,                  // RateMode
    PORT_LOAD,                        // %, of the time that a block lasts
    PORT_PEAK_IN,                     // dB, falling by 20 dB in a second
    PORT_PEAK_OUT,
    PORT_COUNT
} PortIndex;

enum { STEREO_PORTS = 2 }; // that the stereo plugin has more
enum {
    STEP_COUNT = PORT_FIRST_OUTPUT - PORT_FIRST_STEP,
    OUTPUT_COUNT = PORT_COUNT - PORT_FIRST_OUTPUT
};

typedef enum WorkKind { WORK_LOAD, WORK_COLLECT, WORK_PREVIOUS, WORK_NEXT } WorkKind;

// What run() asks of the worker; shortened behind the path's final zero.
typedef struct Work {
    uint32_t kind;
    uint32_t file; // FileKind
    char path[LOADER_PATH];
} Work;

typedef struct Amp {
    // Set once, when the instance is made.
    LV2_URID_Map *map; // NULL when the host has none: then there are no messages and no state
    LV2_Log_Logger logger;
    const LV2_Worker_Schedule *schedule; // NULL when the host has no worker
    Uris uris;
    Options options;
    int channels;
    Processor *processor;
    Loader *loader;

    _Atomic bool active;
    _Atomic bool collecting; // the worker has been asked to collect, and has not begun yet

    // The audio thread's.
    const LV2_Atom_Sequence *control;
    LV2_Atom_Sequence *notify;
    const float *in[ENGINE_MAX_CHANNELS];
    float *out[ENGINE_MAX_CHANNELS];
    const float *controls[CONTROL_COUNT];
    const float *steps[STEP_COUNT];
    bool pressed[STEP_COUNT]; // in the last cycle
    float *outputs[OUTPUT_COUNT];
    float load, peak_in, peak_out;
    const char *paths[FILE_KINDS]; // what the host is told
    const char *status;            // likewise
    bool tell_path[FILE_KINDS], tell_status;
    Work work;
} Amp;

// One cycle, in run.c.
void amp_run(LV2_Handle handle, uint32_t frames) REALTIME;

#endif
