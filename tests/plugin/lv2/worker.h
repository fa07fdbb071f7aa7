// SPDX-License-Identifier: ISC
// The test host's worker: a queue of jobs for the plugin, done when the host says so, or by a
// thread of its own.
#ifndef GRUFF_TESTS_PLUGIN_LV2_WORKER_H
#define GRUFF_TESTS_PLUGIN_LV2_WORKER_H

#include <pthread.h>
#include <stdbool.h>

#include <lv2/worker/worker.h>

enum { WORKER_JOBS = 64, WORKER_LONGEST = 8192 };

typedef struct Job {
    uint32_t size;
    char data[WORKER_LONGEST];
} Job;

typedef struct Worker {
    const LV2_Worker_Interface *interface;
    LV2_Handle instance;
    bool busy;  // takes nothing
    bool loses; // takes jobs and does none of them
    int taken;  // jobs so far
    pthread_mutex_t lock;
    pthread_cond_t there;
    pthread_t thread;
    bool stop, working;
    int first, count;
    Job jobs[WORKER_JOBS];
} Worker;

void worker_init(Worker *worker, bool busy);
void worker_clear(Worker *worker);

// schedule_work of the LV2 feature; `handle` is the Worker.
LV2_Worker_Status worker_schedule(LV2_Worker_Schedule_Handle handle, uint32_t size,
                                  const void *data);

// Does what is in the queue.
void worker_work(Worker *worker);

// Whether nothing is in the queue or being done.
bool worker_is_idle(Worker *worker);

// The thread that does it at once. Stopping does what is left. False when there is no thread.
bool worker_start(Worker *worker);
void worker_stop(Worker *worker);

#endif
