// SPDX-License-Identifier: ISC
// The thread pool: every part of a job is done once, before the job is over.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/thread_pool.h"

enum { MOST = 200 };

static _Atomic int done[MOST];

static pthread_t runner[MOST]; // the thread of each part

static void count(void *context, int index) {
    _Atomic int *counts = context;
    runner[index] = pthread_self();
    atomic_fetch_add(&counts[index], 1);
}

static void every_part_is_done_once(void **state) {
    (void)state;
    for (int threads = 1; threads <= 5; threads++) {
        ThreadPool *pool = NULL;
        assert_int_equal(thread_pool_new(&pool, threads, NULL), STATUS_OK);
        for (int parts = 0; parts <= MOST; parts += 1 + parts / 2) {
            for (int i = 0; i < MOST; i++) {
                atomic_store(&done[i], 0);
            }
            thread_pool_run(pool, count, done, parts);
            for (int i = 0; i < MOST; i++) {
                assert_int_equal(atomic_load(&done[i]), i < parts);
            }
        }
        thread_pool_free(pool);
    }
    thread_pool_free(NULL);
}

// Part i runs on thread i modulo their number, every time, so that what is near stays there.
static void parts_keep_their_threads(void **state) {
    (void)state;
    for (int threads = 1; threads <= 5; threads++) {
        ThreadPool *pool = NULL;
        pthread_t first[5];
        assert_int_equal(thread_pool_new(&pool, threads, NULL), STATUS_OK);
        for (int round = 0; round < 50; round++) {
            thread_pool_run(pool, count, done, MOST);
            assert_true(pthread_equal(runner[0], pthread_self()));
            for (int i = 0; i < threads && round == 0; i++) {
                first[i] = runner[i];
                for (int k = 0; k < i; k++) {
                    assert_false(pthread_equal(first[i], first[k]));
                }
            }
            for (int i = 0; i < MOST; i++) {
                assert_true(pthread_equal(runner[i], first[i % threads]));
            }
        }
        thread_pool_free(pool);
    }
}

static void impossible_numbers_are_refused(void **state) {
    (void)state;
    static const int threads[] = {-1, 0, 65, 1000};
    for (int i = 0; i < 4; i++) {
        ThreadPool *pool = NULL;
        assert_int_equal(thread_pool_new(&pool, threads[i], NULL), STATUS_BAD_ARGUMENT);
        assert_null(pool);
    }
    assert_in_range(thread_pool_processors(), 1, 64);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_done_once),
        cmocka_unit_test(parts_keep_their_threads),
        cmocka_unit_test(impossible_numbers_are_refused),
    };
    return cmocka_run_group_tests_name("thread-pool", tests, NULL, NULL);
}
