// SPDX-License-Identifier: ISC
// A pool of threads that shares out small jobs many times a second. Job i always runs on thread
// i modulo the number of threads, so that what is near in a cache stays there.
#ifndef GRUFF_DSP_BASE_THREAD_POOL_H
#define GRUFF_DSP_BASE_THREAD_POOL_H

#include "dsp/base/status.h"

typedef struct ThreadPool ThreadPool;

// Starts `threads` - 1 threads (1 to 64); the caller of thread_pool_run is the first. The caller
// owns it.
Status thread_pool_new(ThreadPool **pool, int threads, Diagnostic *diagnostic);

// Ends the threads. NULL is fine.
void thread_pool_free(ThreadPool *pool);

// Runs job(context, i) for i in 0 .. count - 1 and returns when all are done. What the jobs wrote
// is visible to the caller. One caller at a time. Without a pool (NULL) the caller does them all.
void thread_pool_run(ThreadPool *pool, void (*job)(void *context, int index), void *context,
                     int count);

// Number of processors that this process may use.
int thread_pool_processors(void);

#endif
