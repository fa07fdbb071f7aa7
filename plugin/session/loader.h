// SPDX-License-Identifier: ISC
// The loader reads models and cabinets beside the audio thread, hands them to the processor,
// remembers which files sound and what is in them, and makes the notifications of the notify port.
#ifndef GRUFF_PLUGIN_SESSION_LOADER_H
#define GRUFF_PLUGIN_SESSION_LOADER_H

#include <stdbool.h>

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"
#include "dsp/chain/processor.h"
#include "plugin/session/content.h"

enum { LOADER_PATH = 4096 }; // bytes of a path, with its final zero

typedef enum FileKind { FILE_MODEL, FILE_CABINET, FILE_KINDS } FileKind;

typedef struct Loader Loader;

// Where a loader reports: a line about what was loaded, what is wrong with it, or why it was not.
typedef enum LogLevel { LOG_NOTE, LOG_WARNING, LOG_ERROR } LogLevel;
typedef struct LoaderLog {
    void (*line)(void *data, LogLevel level, const char *text);
    void *data;
} LoaderLog;

// What the audio thread may tell the host. Never changes once it is made.
typedef struct Notification {
    char paths[FILE_KINDS][LOADER_PATH]; // of what sounds; "" when there is none
    Diagnostic status;                   // how the last loading went
} Notification;

// ---- Any thread but the audio thread; the loader lets them in one at a time ----

// A loader for `processor` (kept, not owned) of `channels` channels in a session of `sample_rate`
// Hz that reports to `log`. NULL when memory is short. The caller owns it.
Loader *loader_new(Processor *processor, double sample_rate, int channels, LoaderLog log);

// After the last run. NULL is fine.
void loader_free(Loader *loader);

// Loads the file `path`, as a file of the other kind when it is none of this one: through a fade,
// or at once when `at_once` (only while nothing runs). "" for a cabinet takes it out. On failure
// the old one stays.
Status loader_load(Loader *loader, FileKind kind, const char *path, bool at_once);

// Loads the next (or previous) model of the folder that the model is in, by its name, from the last
// to the first; through a fade. Files that cannot be loaded are passed over, and that is logged. On
// failure the old one stays.
Status loader_step(Loader *loader, bool forwards);

// The same as loader_load with what saved state holds of the file: if that is there it is used, and
// it is told whether the file is missing or another one today. A path whose loading fails is still
// the one that loader_saved gives, so that saving again does not lose it.
Status loader_restore(Loader *loader, FileKind kind, const char *path, const Content *content,
                      bool at_once);

// Puts what sounds into another processor (kept, not owned) as well, in a session of another rate,
// at once (while nothing runs), and goes on with that one. No file is read again. On failure the
// loader stays with the processor that it had.
Status loader_move(Loader *loader, Processor *processor, double sample_rate);

// The model that sounds, as it was read; NULL for none. Until the next loading, which must not run
// meanwhile.
const Model *loader_model(const Loader *loader);

// Frees what the audio thread has done with.
void loader_collect(Loader *loader);

// Copies of what belongs into saved state: the path (NULL: nothing is to be saved; free it with
// memory_free) and the content, which may be none (`content` NULL: not wanted).
char *loader_saved(Loader *loader, FileKind kind, Content *content);

// ---- Audio thread ----

// The latest notification if there is one since the last call, else NULL. Valid until the next one.
const Notification *loader_notification(Loader *loader) REALTIME;

// True while something waits for loader_collect.
bool loader_has_retired(const Loader *loader) REALTIME;

#endif
