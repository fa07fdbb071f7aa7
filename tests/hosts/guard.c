// SPDX-License-Identifier: ISC
// guard.so stands between any host and the plugin, and counts what run() must not do: allocate,
// lock or make a system call. It is two things at once:
//   the plugin's module (the bundle's gruff.so is a link to it), which loads the real one from the
//   environment's GUARD_PLUGIN and watches the thread while that is in run();
//   preloaded (LD_PRELOAD), what the host and the plugin call for malloc and its kin and for locks.
// System calls are caught by the kernel (Linux 5.11, Syscall User Dispatch; x86-64): the first one
// of each run(). The host's own schedule_work, which run() calls, is not watched. When the program
// ends, one line is appended to the file GUARD_LOG. With GUARD_SPOIL in the environment each run()
// does all of it, as a test of the guard.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <lv2/core/lv2.h>
#include <lv2/worker/worker.h>

#define VISIBLE __attribute__((visibility("default")))
// No allocation on the first use in a thread.
#define PER_THREAD _Thread_local __attribute__((tls_model("initial-exec")))

enum { PLUGINS = 2, FEATURES = 32 };

static PER_THREAD bool watched;
static PER_THREAD volatile char gate; // what the kernel looks at: PR_SYS_DISPATCH...
static PER_THREAD int dispatch;       // 0: not asked yet, 1: the kernel watches, -1: it cannot

static atomic_long runs, allocations, locks, calls, unwatched;
static atomic_int last_call = -1;

// ---- System calls ----

#if defined(__x86_64__) && defined(PR_SET_SYSCALL_USER_DISPATCH)
enum { ALLOW = 0, BLOCK = 1, SYSCALL_BYTES = 2 };

// Lets the thread make the call after all, and the rest of this run().
static void on_call(int signal, siginfo_t *info, void *context) {
    (void)signal;
    ucontext_t *thread = context;
    gate = ALLOW;
    atomic_fetch_add(&calls, 1);
    atomic_store(&last_call, info->si_syscall);
    thread->uc_mcontext.gregs[REG_RAX] = info->si_syscall;
    thread->uc_mcontext.gregs[REG_RIP] -= SYSCALL_BYTES;
}

static void dispatch_begin(void) {
    if (dispatch == 0) {
        struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO};
        dispatch = sigaction(SIGSYS, &action, NULL) == 0 &&
                           prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0UL, 0UL,
                                 &gate) == 0
                       ? 1
                       : -1;
    }
    atomic_fetch_add(&unwatched, dispatch != 1);
    gate = dispatch == 1 ? BLOCK : ALLOW;
}

static void dispatch_end(void) {
    gate = ALLOW;
}
#else
static void dispatch_begin(void) {
    atomic_fetch_add(&unwatched, 1);
}

static void dispatch_end(void) {
}
#endif

static void watch(void) {
    dispatch_begin();
    watched = true;
}

static void unwatch(void) {
    watched = false;
    dispatch_end();
}

// ---- Allocation and locks ----

static void count(atomic_long *kind) {
    if (watched) {
        atomic_fetch_add(kind, 1);
    }
}

// glibc's own names of the real ones: looking them up would allocate.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

VISIBLE void *malloc(size_t size) {
    count(&allocations);
    return __libc_malloc(size);
}

VISIBLE void *calloc(size_t nmemb, size_t size) {
    count(&allocations);
    return __libc_calloc(nmemb, size);
}

VISIBLE void *realloc(void *ptr, size_t size) {
    count(&allocations);
    return __libc_realloc(ptr, size);
}

VISIBLE void *aligned_alloc(size_t alignment, size_t size) {
    count(&allocations);
    return __libc_memalign(alignment, size);
}

VISIBLE int posix_memalign(void **memptr, size_t alignment, size_t size) {
    count(&allocations);
    *memptr = __libc_memalign(alignment, size);
    return *memptr ? 0 : ENOMEM;
}

VISIBLE void free(void *ptr) {
    if (ptr) {
        count(&allocations);
    }
    __libc_free(ptr);
}

static void *real(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) {
        abort();
    }
    return function;
}

typedef int (*LockFunction)(pthread_mutex_t *);

// Calls the function `name` of libc, which `function` holds once it is found.
static int call_lock(_Atomic(LockFunction) *function, const char *name, pthread_mutex_t *mutex) {
    if (!atomic_load(function)) {
        LockFunction found;
        *(void **)&found = real(name);
        atomic_store(function, found);
    }
    count(&locks);
    return atomic_load(function)(mutex);
}

VISIBLE int pthread_mutex_lock(pthread_mutex_t *mutex) {
    static _Atomic(LockFunction) lock;
    return call_lock(&lock, "pthread_mutex_lock", mutex);
}

VISIBLE int pthread_mutex_trylock(pthread_mutex_t *mutex) {
    static _Atomic(LockFunction) lock;
    return call_lock(&lock, "pthread_mutex_trylock", mutex);
}

// ---- The plugin ----

static const LV2_Descriptor *real_plugins[PLUGINS];
static const LV2_Worker_Schedule *hosts_schedule;

static LV2_Worker_Status schedule_unwatched(LV2_Worker_Schedule_Handle handle, uint32_t size,
                                            const void *data) {
    bool before = watched;
    unwatch();
    LV2_Worker_Status status = hosts_schedule->schedule_work(handle, size, data);
    if (before) {
        watch();
    }
    return status;
}

// One instance at a time: its worker is a static one.
static LV2_Handle instantiate(const LV2_Descriptor *descriptor, double rate, const char *bundle,
                              const LV2_Feature *const *features) {
    static LV2_Worker_Schedule schedule;
    static LV2_Feature own = {LV2_WORKER__schedule, &schedule};
    const LV2_Feature *passed[FEATURES + 1] = {NULL};
    for (int i = 0; i < FEATURES && features && features[i]; i++) {
        passed[i] = features[i];
        if (strcmp(features[i]->URI, LV2_WORKER__schedule) == 0) {
            hosts_schedule = features[i]->data;
            schedule = (LV2_Worker_Schedule){hosts_schedule->handle, schedule_unwatched};
            passed[i] = &own;
        }
    }
    for (int i = 0; i < PLUGINS; i++) {
        if (real_plugins[i] && strcmp(real_plugins[i]->URI, descriptor->URI) == 0) {
            return real_plugins[i]->instantiate(real_plugins[i], rate, bundle, passed);
        }
    }
    return NULL;
}

static void spoil(void) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    void *volatile memory = malloc(1);
    free(memory);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    syscall(SYS_getppid);
}

static void run_watched(int plugin, LV2_Handle handle, uint32_t frames) {
    static atomic_int spoils = -1;
    if (atomic_load(&spoils) < 0) {
        atomic_store(&spoils, getenv("GUARD_SPOIL") != NULL);
    }
    bool spoilt = atomic_load(&spoils) > 0;
    atomic_fetch_add(&runs, 1);
    watch();
    if (spoilt) {
        spoil();
    }
    real_plugins[plugin]->run(handle, frames);
    unwatch();
}

static void run_first(LV2_Handle handle, uint32_t frames) {
    run_watched(0, handle, frames);
}

static void run_second(LV2_Handle handle, uint32_t frames) {
    run_watched(1, handle, frames);
}

LV2_SYMBOL_EXPORT const LV2_Descriptor *lv2_descriptor(uint32_t index) {
    static LV2_Descriptor plugins[PLUGINS];
    static const LV2_Descriptor *(*function)(uint32_t);
    if (!function) {
        const char *path = getenv("GUARD_PLUGIN");
        void *module = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
        if (!module) {
            fprintf(stderr, "guard: GUARD_PLUGIN cannot be loaded: %s\n",
                    path ? dlerror() : "unset");
            return NULL;
        }
        *(void **)&function = dlsym(module, "lv2_descriptor");
    }
    const LV2_Descriptor *found = function && index < PLUGINS ? function(index) : NULL;
    if (!found) {
        return NULL;
    }
    real_plugins[index] = found;
    plugins[index] = *found;
    plugins[index].instantiate = instantiate;
    plugins[index].run = index == 0 ? run_first : run_second;
    return &plugins[index];
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("GUARD_LOG");
    int file = path && atomic_load(&runs) > 0 ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0666)
                                              : -1;
    if (file >= 0) {
        dprintf(file, "runs %ld allocations %ld locks %ld calls %ld last %d unwatched %ld\n",
                atomic_load(&runs), atomic_load(&allocations), atomic_load(&locks),
                atomic_load(&calls), atomic_load(&last_call), atomic_load(&unwatched));
        close(file);
    }
}
