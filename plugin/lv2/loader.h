// SPDX-License-Identifier: ISC
// The loader reads models beside the audio thread, hands them to the processor, remembers which
// file sounds, and tells the audio thread the news for the notify port.
#ifndef GRUFF_PLUGIN_LV2_LOADER_H
#define GRUFF_PLUGIN_LV2_LOADER_H

#include <stdbool.h>

#include <lv2/log/logger.h>

#include "dsp/processor.h"
#include "dsp/realtime.h"
#include "dsp/status.h"

enum { LOADER_PATH = 4096 }; // bytes of a path, with its final zero

typedef struct Loader Loader;

// What the audio thread may tell the host. Never changes once it is made.
typedef struct News {
    char model[LOADER_PATH]; // path of the model that sounds; "" when there is none
    Diagnostic status;       // how the last loading went
} News;

// ---- Any thread but the audio thread; the loader lets them in one at a time ----

// A loader for `processor` (kept, not owned) in a session of `sample_rate` Hz that reports to
// `logger` (kept). NULL when memory is short. The caller owns it.
Loader *loader_new(Processor *processor, double sample_rate, LV2_Log_Logger *logger);

// After the last run. NULL is fine.
void loader_free(Loader *loader);

// Loads the model file `path`: through a fade, or at once when `at_once` (only while nothing
// runs). On failure the old model stays. `keep_path`: the file that is missing today is still the
// one that loader_path gives, so that saving again does not lose it.
Status loader_load(Loader *loader, const char *path, bool at_once, bool keep_path);

// Frees what the audio thread has done with.
void loader_collect(Loader *loader);

// A copy of the path that belongs into saved state, or NULL. Free it with memory_free.
char *loader_path(Loader *loader);

// ---- Audio thread ----

// The latest news if there is any since the last call, else NULL. Valid until the next news.
const News *loader_news(Loader *loader) REALTIME;

// True while something waits for loader_collect.
bool loader_has_waste(const Loader *loader) REALTIME;

#endif
