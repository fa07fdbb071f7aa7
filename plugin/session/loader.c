// SPDX-License-Identifier: ISC
#include "plugin/session/loader.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/base/path.h"
#include "dsp/files/audio/impulse_response_file.h"
#include "plugin/session/load.h"
#include "plugin/session/neighbours.h"

// What is known of a file of one kind.
typedef struct Source {
    char playing[LOADER_PATH]; // what sounds
    char saved[LOADER_PATH];   // what saved state names
    Content content;           // of the latter; may be none
    Diagnostic about, warning; // what was to be said of what sounds, wherever it plays
} Source;

struct Loader {
    Processor *processor;
    double sample_rate;
    int channels;
    LoaderLog log;
    pthread_mutex_t mutex; // held by whoever loads, saves or collects
    Source sources[FILE_KINDS];
    Model *model;                     // that sounds, as it was read; NULL: none
    _Atomic(Notification *) offered;  // not seen by the audio thread yet
    _Atomic(Notification *) returned; // the audio thread has done with it
    Notification *current;            // the audio thread's
};

Loader *loader_new(Processor *processor, double sample_rate, int channels, LoaderLog log) {
    Loader *loader = memory_new(1, sizeof *loader);
    if (!loader) {
        return NULL;
    }
    if (pthread_mutex_init(&loader->mutex, NULL) != 0) {
        memory_free(loader);
        return NULL;
    }
    loader->processor = processor;
    loader->sample_rate = sample_rate;
    loader->channels = channels;
    loader->log = log;
    atomic_init(&loader->offered, NULL);
    atomic_init(&loader->returned, NULL);
    return loader;
}

void loader_free(Loader *loader) {
    if (!loader) {
        return;
    }
    memory_free(atomic_load(&loader->offered));
    memory_free(atomic_load(&loader->returned));
    memory_free(loader->current);
    for (int k = 0; k < FILE_KINDS; k++) {
        content_clear(&loader->sources[k].content);
    }
    model_free(loader->model);
    pthread_mutex_destroy(&loader->mutex);
    memory_free(loader);
}

static void collect(Loader *loader) {
    processor_collect(loader->processor);
    memory_free(atomic_exchange(&loader->returned, NULL));
}

static void publish(Loader *loader, const Diagnostic *message) {
    Notification *notification = memory_new(1, sizeof *notification);
    if (notification) {
        for (int k = 0; k < FILE_KINDS; k++) {
            memcpy(notification->paths[k], loader->sources[k].playing, LOADER_PATH);
        }
        notification->status = *message;
        memory_free(atomic_exchange(&loader->offered, notification));
    }
}

// Logs a warning, and puts it before what the message says.
static void warn(Loader *loader, Diagnostic *message, const Diagnostic *warning) {
    Diagnostic before = *message;
    loader->log.line(loader->log.data, LOG_WARNING, warning->text);
    diagnose(message, STATUS_OK, "%s (%s)", warning->text, before.text);
}

static Status put_model(Loader *loader, const Model *model, const char *path, bool at_once,
                        Diagnostic *message) {
    ModelStage *stage = NULL;
    Status status = load_stage(&stage, model, path, loader->sample_rate, loader->channels, message);
    if (status == STATUS_OK && at_once) {
        processor_install(loader->processor, stage);
    } else if (status == STATUS_OK) {
        processor_offer(loader->processor, stage);
    }
    return status;
}

static Status put_cabinet(Loader *loader, const Content *content, const char *path, bool at_once,
                          Diagnostic *message) {
    ImpulseResponse impulse = {0};
    Cabinet *cabinet = NULL;
    Status status = content->bytes ? content_impulse_response(&impulse, content, message)
                                   : STATUS_OK;
    if (status == STATUS_OK) {
        status = load_cabinet_of(&cabinet, content->bytes ? &impulse : NULL, path,
                                 loader->sample_rate, loader->channels, message);
    }
    impulse_response_clear(&impulse);
    if (status == STATUS_OK && at_once) {
        processor_install_cabinet(loader->processor, cabinet);
    } else if (status == STATUS_OK) {
        processor_offer_cabinet(loader->processor, cabinet);
    }
    return status;
}

// Reads a model, and keeps it once it can be played; *about becomes what there is to say of it.
static Status install_model(Loader *loader, const Content *content, const char *path, bool at_once,
                            Diagnostic *message, Diagnostic *warning, Diagnostic *about) {
    Model *model = NULL;
    size_t length = 0;
    const char *text = content_text(content, &length);
    Status status = load_model(&model, text, length, path, message, warning);
    if (status == STATUS_OK) {
        *about = *message;
        status = put_model(loader, model, path, at_once, message);
    }
    if (status != STATUS_OK) {
        model_free(model);
        return status;
    }
    model_free(loader->model);
    loader->model = model;
    return STATUS_OK;
}

// What is in the file. No file is no cabinet.
static Status read_content(FileKind kind, Content *content, const char *path, Diagnostic *message) {
    *content = (Content){0};
    if (kind == FILE_MODEL) {
        return content_of_model(content, path, message);
    }
    ImpulseResponse impulse = {0};
    Status status = path[0] ? impulse_response_file_read(&impulse, path, message) : STATUS_OK;
    if (status == STATUS_OK && path[0]) {
        *content = content_of_impulse_response(&impulse);
        status = content->bytes ? STATUS_OK
                                : diagnose(message, STATUS_NO_MEMORY, "%s: no memory for it", path);
    }
    impulse_response_clear(&impulse);
    return status;
}

static void tell(Loader *loader, Diagnostic *message, const Diagnostic *warning) {
    loader->log.line(loader->log.data, LOG_NOTE, message->text);
    if (warning->text[0]) {
        warn(loader, message, warning);
    }
}

// Takes *content over, also on failure.
static Status install(Loader *loader, FileKind kind, Content *content, const char *path,
                      bool at_once, Diagnostic *message, Diagnostic *warning) {
    Source *source = &loader->sources[kind];
    Diagnostic about = {""};
    Status status = kind == FILE_MODEL
                        ? install_model(loader, content, path, at_once, message, warning, &about)
                        : put_cabinet(loader, content, path, at_once, message);
    if (status != STATUS_OK) {
        content_clear(content);
        return status;
    }
    strcpy(source->playing, path);
    strcpy(source->saved, path);
    content_clear(&source->content);
    source->content = *content;
    source->about = about;
    source->warning = *warning;
    tell(loader, message, warning);
    return STATUS_OK;
}

static Status load(Loader *loader, FileKind kind, const char *path, bool at_once,
                   Diagnostic *message) {
    Content content = {0};
    Diagnostic warning = {""};
    if (strlen(path) >= LOADER_PATH) {
        return diagnose(message, STATUS_BAD_ARGUMENT, "the path is longer than %d bytes",
                        LOADER_PATH - 1);
    }
    Status status = read_content(kind, &content, path, message);
    return status == STATUS_OK ? install(loader, kind, &content, path, at_once, message, &warning)
                               : status;
}

Status loader_load(Loader *loader, FileKind kind, const char *path, bool at_once) {
    Diagnostic message = {""};
    pthread_mutex_lock(&loader->mutex);
    collect(loader);
    Status status = load(loader, kind, path, at_once, &message);
    if (status != STATUS_OK) {
        // Some hosts can send only one of the properties: what it is is seen from the file.
        Diagnostic other = {""};
        FileKind other_kind = kind == FILE_MODEL ? FILE_CABINET : FILE_MODEL;
        if (load(loader, other_kind, path, at_once, &other) == STATUS_OK) {
            message = other;
            status = STATUS_OK;
        }
    }
    if (status != STATUS_OK) {
        loader->log.line(loader->log.data, LOG_ERROR, message.text);
    }
    publish(loader, &message);
    pthread_mutex_unlock(&loader->mutex);
    return status;
}

// Loads the first of the neighbours of `from` that can be.
static Status step(Loader *loader, const char *from, bool forwards, Diagnostic *message) {
    Neighbours neighbours;
    char path[LOADER_PATH];
    Status status = neighbours_read(&neighbours, from, message);
    if (status != STATUS_OK) {
        return status;
    }
    const char *name = NULL;
    int folder = (int)(path_name(from) - from), tried = 0;
    for (status = STATUS_CANNOT_READ;
         status != STATUS_OK && (name = neighbours_next(&neighbours, forwards)); tried++) {
        int length = snprintf(path, sizeof path, "%.*s%s", folder, from, name);
        status = length >= 0 && (size_t)length < sizeof path
                     ? load(loader, FILE_MODEL, path, false, message)
                     : diagnose(message, STATUS_BAD_ARGUMENT, "%s: its path is too long", name);
        if (status != STATUS_OK) {
            Diagnostic over = {""};
            diagnose(&over, status, "passed over: %s", message->text);
            loader->log.line(loader->log.data, LOG_WARNING, over.text);
        }
    }
    neighbours_clear(&neighbours);
    if (status != STATUS_OK) {
        diagnose(message, status,
                 tried ? "%.*s: none of the other models there can be loaded"
                       : "%.*s: no other model is there to go to",
                 folder, from);
    }
    return status;
}

Status loader_step(Loader *loader, bool forwards) {
    Diagnostic message = {""};
    pthread_mutex_lock(&loader->mutex);
    collect(loader);
    const char *from = loader->sources[FILE_MODEL].playing;
    Status status = from[0]
                        ? step(loader, from, forwards, &message)
                        : diagnose(&message, STATUS_BAD_ARGUMENT,
                                   "no model is loaded whose folder could have others: choose one");
    if (status != STATUS_OK) {
        loader->log.line(loader->log.data, LOG_ERROR, message.text);
    }
    publish(loader, &message);
    pthread_mutex_unlock(&loader->mutex);
    return status;
}

// Plays the session's own copy, and tells how the file is today.
static Status play_copy(Loader *loader, FileKind kind, const char *path, const Content *content,
                        bool at_once, Diagnostic *message) {
    Content copy = content_copy(content), today = {0};
    Diagnostic cause = {""}, warning = {""};
    if (!copy.bytes) {
        return diagnose(message, STATUS_NO_MEMORY, "no memory for the session's copy");
    }
    if (read_content(kind, &today, path, &cause) != STATUS_OK) {
        diagnose(&warning, STATUS_OK, "the session's own copy plays: %.700s", cause.text);
    } else if (!content_same(&today, content)) {
        diagnose(&warning, STATUS_OK,
                 "%.500s: has changed since the session was saved: the session's own copy plays",
                 path);
    }
    content_clear(&today);
    return install(loader, kind, &copy, path, at_once, message, &warning);
}

Status loader_restore(Loader *loader, FileKind kind, const char *path, const Content *content,
                      bool at_once) {
    Diagnostic message = {""};
    Source *source = &loader->sources[kind];
    if (strlen(path) >= LOADER_PATH) {
        return STATUS_BAD_ARGUMENT;
    }
    pthread_mutex_lock(&loader->mutex);
    collect(loader);
    Status status = STATUS_CANNOT_READ;
    if (content->bytes) {
        status = play_copy(loader, kind, path, content, at_once, &message);
    }
    if (status != STATUS_OK) {
        status = load(loader, kind, path, at_once, &message);
    }
    if (status != STATUS_OK) {
        loader->log.line(loader->log.data, LOG_ERROR, message.text);
        strcpy(source->saved, path);
        content_clear(&source->content);
        source->content = content_copy(content);
    }
    publish(loader, &message);
    pthread_mutex_unlock(&loader->mutex);
    return status;
}

// What sounds, into another processor.
static Status put_again(Loader *loader, FileKind kind, Diagnostic *message) {
    Source *source = &loader->sources[kind];
    Status status = STATUS_OK;
    *message = source->about;
    if (kind == FILE_MODEL) {
        status = put_model(loader, loader->model, source->playing, true, message);
    } else {
        status = put_cabinet(loader, &source->content, source->playing, true, message);
    }
    if (status == STATUS_OK) {
        tell(loader, message, &source->warning);
    }
    return status;
}

Status loader_move(Loader *loader, Processor *processor, double sample_rate) {
    Status status = STATUS_OK;
    pthread_mutex_lock(&loader->mutex);
    Processor *before = loader->processor;
    double rate_before = loader->sample_rate;
    loader->processor = processor;
    loader->sample_rate = sample_rate;
    for (int k = 0; k < FILE_KINDS && status == STATUS_OK; k++) {
        Diagnostic message = {""};
        if (loader->sources[k].playing[0]) {
            status = put_again(loader, (FileKind)k, &message);
            publish(loader, &message);
        }
        if (status != STATUS_OK) {
            loader->log.line(loader->log.data, LOG_ERROR, message.text);
            loader->processor = before;
            loader->sample_rate = rate_before;
        }
    }
    pthread_mutex_unlock(&loader->mutex);
    return status;
}

const Model *loader_model(const Loader *loader) {
    return loader->model;
}

void loader_collect(Loader *loader) {
    pthread_mutex_lock(&loader->mutex);
    collect(loader);
    pthread_mutex_unlock(&loader->mutex);
}

char *loader_saved(Loader *loader, FileKind kind, Content *content) {
    pthread_mutex_lock(&loader->mutex);
    const Source *source = &loader->sources[kind];
    size_t size = strlen(source->saved) + 1;
    char *copy = size > 1 ? memory_new(size, 1) : NULL;
    if (content) {
        *content = copy ? content_copy(&source->content) : (Content){0};
    }
    if (copy) {
        memcpy(copy, source->saved, size);
    }
    pthread_mutex_unlock(&loader->mutex);
    return copy;
}

const Notification *loader_notification(Loader *loader) REALTIME {
    if (atomic_load(&loader->returned)) {
        return NULL; // no place for what is current now
    }
    Notification *notification = atomic_exchange(&loader->offered, NULL);
    if (notification) {
        atomic_store(&loader->returned, loader->current);
        loader->current = notification;
    }
    return notification;
}

bool loader_has_retired(const Loader *loader) REALTIME {
    return processor_has_retired(loader->processor) || atomic_load(&loader->returned);
}
