// SPDX-License-Identifier: ISC
#include "tests/plugin/lv2/worker.h"

#include <string.h>

// What the host locks is its own affair: clang's real-time sanitizer is after the plugin.
#ifdef __has_feature
#if __has_feature(realtime_sanitizer)
#include <sanitizer/rtsan_interface.h>
#define HOSTS_OWN_BEGIN __rtsan_disable()
#define HOSTS_OWN_END __rtsan_enable()
#endif
#endif
#ifndef HOSTS_OWN_BEGIN
#define HOSTS_OWN_BEGIN (void)0
#define HOSTS_OWN_END (void)0
#endif

void worker_init(Worker *worker, bool busy) {
    worker->busy = busy;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->there, NULL);
}

void worker_clear(Worker *worker) {
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->there);
}

LV2_Worker_Status worker_schedule(LV2_Worker_Schedule_Handle handle, uint32_t size,
                                  const void *data) {
    Worker *worker = handle;
    if (worker->busy) {
        return LV2_WORKER_ERR_NO_SPACE;
    }
    HOSTS_OWN_BEGIN;
    pthread_mutex_lock(&worker->lock);
    bool fits = worker->count < WORKER_JOBS && size <= WORKER_LONGEST;
    worker->taken += fits;
    if (fits && !worker->loses) {
        Job *job = &worker->jobs[(worker->first + worker->count++) % WORKER_JOBS];
        job->size = size;
        memcpy(job->data, data, size);
        pthread_cond_signal(&worker->there);
    }
    pthread_mutex_unlock(&worker->lock);
    HOSTS_OWN_END;
    return fits ? LV2_WORKER_SUCCESS : LV2_WORKER_ERR_NO_SPACE;
}

static LV2_Worker_Status respond(LV2_Worker_Respond_Handle handle, uint32_t size,
                                 const void *data) {
    (void)handle;
    (void)size;
    (void)data;
    return LV2_WORKER_SUCCESS; // the plugin does not respond this way
}

static bool next_job(Worker *worker, Job *job, bool wait) {
    pthread_mutex_lock(&worker->lock);
    while (wait && worker->count == 0 && !worker->stop) {
        worker->working = false;
        pthread_cond_wait(&worker->there, &worker->lock);
    }
    bool there = worker->count > 0;
    worker->working = there;
    if (there) {
        *job = worker->jobs[worker->first];
        worker->first = (worker->first + 1) % WORKER_JOBS;
        worker->count--;
    }
    pthread_mutex_unlock(&worker->lock);
    return there;
}

static void work_off(Worker *worker, bool wait) {
    Job job;
    while (next_job(worker, &job, wait)) {
        worker->interface->work(worker->instance, respond, NULL, job.size, job.data);
    }
}

void worker_work(Worker *worker) {
    work_off(worker, false);
}

bool worker_is_idle(Worker *worker) {
    pthread_mutex_lock(&worker->lock);
    bool idle = worker->count == 0 && !worker->working;
    pthread_mutex_unlock(&worker->lock);
    return idle;
}

static void *work_thread(void *argument) {
    work_off(argument, true);
    return NULL;
}

bool worker_start(Worker *worker) {
    return pthread_create(&worker->thread, NULL, work_thread, worker) == 0;
}

void worker_stop(Worker *worker) {
    pthread_mutex_lock(&worker->lock);
    worker->stop = true;
    pthread_cond_signal(&worker->there);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
}
