// SPDX-License-Identifier: ISC
#include "dsp/base/thread_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "dsp/base/memory.h"

// Looks at a flag this often before sleeping: an update takes some hundred microseconds, a wake-up
// some tens, so that a short wait is better spun out.
enum { SPINS = 4000, MAX_THREADS = 64 };

typedef struct Worker {
    ThreadPool *pool;
    pthread_t thread;
    int index;
} Worker;

struct ThreadPool {
    int threads;
    void (*job)(void *context, int index);
    void *context;
    int count;
    atomic_uint round;  // goes up by one for every thread_pool_run
    atomic_int working; // workers that have not finished the round
    atomic_bool ending;
    pthread_mutex_t mutex;
    pthread_cond_t changed; // round, ending or working
    Worker workers[MAX_THREADS];
};

static void spin_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void run_share(const ThreadPool *pool, int worker) {
    for (int i = worker; i < pool->count; i += pool->threads) {
        pool->job(pool->context, i);
    }
}

// Waits until the round is not `seen` any more.
static void await_round(ThreadPool *pool, unsigned seen) {
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load(&pool->round) != seen) {
            return;
        }
        spin_pause();
    }
    pthread_mutex_lock(&pool->mutex);
    while (atomic_load(&pool->round) == seen) {
        pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
}

static void await_workers(ThreadPool *pool) {
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load(&pool->working) == 0) {
            return;
        }
        spin_pause();
    }
    pthread_mutex_lock(&pool->mutex);
    while (atomic_load(&pool->working) != 0) {
        pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
}

static void announce(ThreadPool *pool) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
}

static void *worker_main(void *argument) {
    Worker *worker = argument;
    ThreadPool *pool = worker->pool;
    for (unsigned seen = 0;; seen++) {
        await_round(pool, seen);
        if (atomic_load(&pool->ending)) {
            return NULL;
        }
        run_share(pool, worker->index);
        if (atomic_fetch_sub(&pool->working, 1) == 1) {
            announce(pool);
        }
    }
}

Status thread_pool_new(ThreadPool **pool, int threads, Diagnostic *diagnostic) {
    *pool = NULL;
    if (threads < 1 || threads > MAX_THREADS) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%d threads: 1 to %d are possible",
                        threads, MAX_THREADS);
    }
    ThreadPool *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the threads");
    }
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->changed, NULL);
    made->threads = 1;
    for (int i = 1; i < threads; i++) {
        made->workers[i] = (Worker){.pool = made, .index = i};
        if (pthread_create(&made->workers[i].thread, NULL, worker_main, &made->workers[i]) != 0) {
            thread_pool_free(made);
            return diagnose(diagnostic, STATUS_NO_MEMORY, "thread %d of %d cannot be started",
                            i + 1, threads);
        }
        made->threads++;
    }
    *pool = made;
    return STATUS_OK;
}

void thread_pool_free(ThreadPool *pool) {
    if (!pool) {
        return;
    }
    atomic_store(&pool->ending, true);
    atomic_fetch_add(&pool->round, 1);
    announce(pool);
    for (int i = 1; i < pool->threads; i++) {
        pthread_join(pool->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    memory_free(pool);
}

void thread_pool_run(ThreadPool *pool, void (*job)(void *context, int index), void *context,
                     int count) {
    if (!pool) {
        for (int i = 0; i < count; i++) {
            job(context, i);
        }
        return;
    }
    pool->job = job;
    pool->context = context;
    pool->count = count;
    if (pool->threads > 1) {
        atomic_store(&pool->working, pool->threads - 1);
        atomic_fetch_add(&pool->round, 1);
        announce(pool);
    }
    run_share(pool, 0);
    if (pool->threads > 1) {
        await_workers(pool);
    }
}

int thread_pool_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        int count = CPU_COUNT(&set);
        return count < 1 ? 1 : count < MAX_THREADS ? count : MAX_THREADS;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online < MAX_THREADS ? (int)online : MAX_THREADS;
}
