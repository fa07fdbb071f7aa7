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

typedef struct Member {
    Team *team;
    pthread_t thread;
    int index;
} Member;

struct Team {
    int threads;
    void (*job)(void *context, int index);
    void *context;
    int count;
    atomic_uint round;  // goes up by one for every team_run
    atomic_int working; // members that have not finished the round
    atomic_bool ending;
    pthread_mutex_t mutex;
    pthread_cond_t changed; // round, ending or working
    Member members[MAX_THREADS];
};

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void run_share(const Team *team, int member) {
    for (int i = member; i < team->count; i += team->threads) {
        team->job(team->context, i);
    }
}

// Waits until the round is not `seen` any more.
static void await_round(Team *team, unsigned seen) {
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load(&team->round) != seen) {
            return;
        }
        relax();
    }
    pthread_mutex_lock(&team->mutex);
    while (atomic_load(&team->round) == seen) {
        pthread_cond_wait(&team->changed, &team->mutex);
    }
    pthread_mutex_unlock(&team->mutex);
}

static void await_members(Team *team) {
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load(&team->working) == 0) {
            return;
        }
        relax();
    }
    pthread_mutex_lock(&team->mutex);
    while (atomic_load(&team->working) != 0) {
        pthread_cond_wait(&team->changed, &team->mutex);
    }
    pthread_mutex_unlock(&team->mutex);
}

static void announce(Team *team) {
    pthread_mutex_lock(&team->mutex);
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->mutex);
}

static void *member_main(void *argument) {
    Member *member = argument;
    Team *team = member->team;
    for (unsigned seen = 0;; seen++) {
        await_round(team, seen);
        if (atomic_load(&team->ending)) {
            return NULL;
        }
        run_share(team, member->index);
        if (atomic_fetch_sub(&team->working, 1) == 1) {
            announce(team);
        }
    }
}

Status team_new(Team **team, int threads, Diagnostic *diagnostic) {
    *team = NULL;
    if (threads < 1 || threads > MAX_THREADS) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%d threads: 1 to %d are possible",
                        threads, MAX_THREADS);
    }
    Team *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the threads");
    }
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->changed, NULL);
    made->threads = 1;
    for (int i = 1; i < threads; i++) {
        made->members[i] = (Member){.team = made, .index = i};
        if (pthread_create(&made->members[i].thread, NULL, member_main, &made->members[i]) != 0) {
            team_free(made);
            return diagnose(diagnostic, STATUS_NO_MEMORY, "thread %d of %d cannot be started",
                            i + 1, threads);
        }
        made->threads++;
    }
    *team = made;
    return STATUS_OK;
}

void team_free(Team *team) {
    if (!team) {
        return;
    }
    atomic_store(&team->ending, true);
    atomic_fetch_add(&team->round, 1);
    announce(team);
    for (int i = 1; i < team->threads; i++) {
        pthread_join(team->members[i].thread, NULL);
    }
    pthread_cond_destroy(&team->changed);
    pthread_mutex_destroy(&team->mutex);
    memory_free(team);
}

void team_run(Team *team, void (*job)(void *context, int index), void *context, int count) {
    team->job = job;
    team->context = context;
    team->count = count;
    if (team->threads > 1) {
        atomic_store(&team->working, team->threads - 1);
        atomic_fetch_add(&team->round, 1);
        announce(team);
    }
    run_share(team, 0);
    if (team->threads > 1) {
        await_members(team);
    }
}

int team_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        int count = CPU_COUNT(&set);
        return count < 1 ? 1 : count < MAX_THREADS ? count : MAX_THREADS;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online < MAX_THREADS ? (int)online : MAX_THREADS;
}
