// SPDX-License-Identifier: ISC
#include "plugin/lv2/loader.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "dsp/memory.h"
#include "plugin/load.h"

struct Loader {
    Processor *processor;
    double sample_rate;
    LV2_Log_Logger *logger;
    pthread_mutex_t mutex;     // held by whoever loads, saves or collects
    char playing[LOADER_PATH]; // the model that sounds
    char saved[LOADER_PATH];   // the model that saved state names
    _Atomic(News *) fresh;     // not seen by the audio thread yet
    _Atomic(News *) stale;     // the audio thread has done with it
    News *current;             // the audio thread's
};

Loader *loader_new(Processor *processor, double sample_rate, LV2_Log_Logger *logger) {
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
    loader->logger = logger;
    atomic_init(&loader->fresh, NULL);
    atomic_init(&loader->stale, NULL);
    return loader;
}

void loader_free(Loader *loader) {
    if (!loader) {
        return;
    }
    memory_free(atomic_load(&loader->fresh));
    memory_free(atomic_load(&loader->stale));
    memory_free(loader->current);
    pthread_mutex_destroy(&loader->mutex);
    memory_free(loader);
}

static void collect(Loader *loader) {
    processor_collect(loader->processor);
    memory_free(atomic_exchange(&loader->stale, NULL));
}

static void publish(Loader *loader, const Diagnostic *message) {
    News *news = memory_new(1, sizeof *news);
    if (news) {
        memcpy(news->model, loader->playing, sizeof news->model);
        news->status = *message;
        memory_free(atomic_exchange(&loader->fresh, news));
    }
}

// Logs a warning, and puts it before what the message says.
static void warn(Loader *loader, Diagnostic *message, const Diagnostic *warning) {
    Diagnostic before = *message;
    lv2_log_warning(loader->logger, "gruff: %s\n", warning->text);
    diagnose(message, STATUS_OK, "%s (%s)", warning->text, before.text);
}

static Status load(Loader *loader, const char *path, bool at_once, Diagnostic *message) {
    if (strlen(path) >= LOADER_PATH) {
        return diagnose(message, STATUS_BAD_ARGUMENT,
                        "the path of the model is longer than %d bytes", LOADER_PATH - 1);
    }
    Model *model = NULL;
    Voice *voice = NULL;
    Diagnostic warning;
    Status status = load_model(&model, path, message, &warning);
    if (status == STATUS_OK) {
        status = load_voice(&voice, model, path, loader->sample_rate, 1, message);
    }
    model_free(model);
    if (status != STATUS_OK) {
        return status;
    }
    lv2_log_note(loader->logger, "gruff: %s\n", message->text);
    if (warning.text[0]) {
        warn(loader, message, &warning);
    }
    strcpy(loader->playing, path);
    strcpy(loader->saved, path);
    if (at_once) {
        processor_install(loader->processor, voice);
    } else {
        processor_offer(loader->processor, voice);
    }
    return STATUS_OK;
}

Status loader_load(Loader *loader, const char *path, bool at_once, bool keep_path) {
    Diagnostic message = {""};
    pthread_mutex_lock(&loader->mutex);
    collect(loader);
    Status status = load(loader, path, at_once, &message);
    if (status != STATUS_OK) {
        lv2_log_error(loader->logger, "gruff: %s\n", message.text);
        if (keep_path && strlen(path) < LOADER_PATH) {
            strcpy(loader->saved, path);
        }
    }
    publish(loader, &message);
    pthread_mutex_unlock(&loader->mutex);
    return status;
}

void loader_collect(Loader *loader) {
    pthread_mutex_lock(&loader->mutex);
    collect(loader);
    pthread_mutex_unlock(&loader->mutex);
}

char *loader_path(Loader *loader) {
    pthread_mutex_lock(&loader->mutex);
    size_t size = strlen(loader->saved) + 1;
    char *copy = size > 1 ? memory_new(size, 1) : NULL;
    if (copy) {
        memcpy(copy, loader->saved, size);
    }
    pthread_mutex_unlock(&loader->mutex);
    return copy;
}

const News *loader_news(Loader *loader) REALTIME {
    if (atomic_load(&loader->stale)) {
        return NULL; // no place for what is current now
    }
    News *news = atomic_exchange(&loader->fresh, NULL);
    if (news) {
        atomic_store(&loader->stale, loader->current);
        loader->current = news;
    }
    return news;
}

bool loader_has_waste(const Loader *loader) REALTIME {
    return processor_has_retired(loader->processor) || atomic_load(&loader->stale);
}
