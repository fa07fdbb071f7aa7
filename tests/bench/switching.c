// SPDX-License-Identifier: ISC
// The plugin at the pace of a sound card, blocks of 64 frames at 48 kHz, first left alone and then
// with a change of the model every 24 ms (for 20 of them two models run): the processor's time for
// a block, and how many blocks were not there in time. GRU of 32 units. Where real-time scheduling
// is not allowed the machine's own delays are in the count, too: hold the two rows against each
// other. Usage: bench_switching [CHANGES].
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "dsp/base/clock.h"
#include "dsp/files/models/model_file.h"
#include "dsp/measures/speed.h"
#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"
#include "tests/rig/sample_model.h"

enum { BLOCK = 64, EVERY = 18, HIDDEN = 32, CHANGES = 400, MOST_CHANGES = 20000 };

static const char *const names[] = {"one.json", "two.json"};

static double used[MOST_CHANGES * EVERY]; // s

static void sleep_until(double time) {
    struct timespec when = {.tv_sec = (time_t)time};
    when.tv_nsec = (long)(1e9 * (time - (double)when.tv_sec));
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
}

static void bench(bool change, int blocks) {
    static float in[SAMPLE_RATE], out[BLOCK];
    const double period = (double)BLOCK / SAMPLE_RATE;
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL | HOST_THREAD);
    int late = 0, changes = 0;
    sample_signal(in, SAMPLE_RATE, SAMPLE_RATE, 1);
    host_send_model(host, files_path(names[1]));
    host_await_status(host);
    double start = clock_now();
    for (int i = 0; i < blocks; i++) {
        if (change && i % EVERY == 0) {
            host_send_model(host, files_path(names[changes++ % 2]));
        }
        sleep_until(start + i * period);
        double begin = clock_thread();
        host_run(host, in + (size_t)i * BLOCK % SAMPLE_RATE, out, BLOCK);
        used[i] = clock_thread() - begin;
        late += clock_now() > start + (i + 1) * period;
    }
    host_free(host);
    double median = speed_median(used, blocks);
    printf("%7d  %6.2f %%  %6.2f %%  %6.2f %%  %4d of %d\n", changes, 100.0 * median / period,
           100.0 * used[(int)(blocks * 0.999)] / period, 100.0 * used[blocks - 1] / period, late,
           blocks);
}

int main(int argc, char **argv) {
    int wanted = argc > 1 ? atoi(argv[1]) : CHANGES;
    if (wanted < 1 || wanted > MOST_CHANGES) {
        fprintf(stderr, "usage: bench_switching [CHANGES], 1 to %d\n", MOST_CHANGES);
        return EXIT_FAILURE;
    }
    const struct sched_param priority = {.sched_priority = 70};
    files_make(NULL);
    for (unsigned i = 0; i < 2; i++) {
        Model *model = sample_model_new(HIDDEN, 30 + i, true);
        if (model_file_write(model, files_path(names[i]), NULL) != STATUS_OK) {
            return EXIT_FAILURE;
        }
        model_free(model);
    }
    // Only this thread: the worker, made before it counts, keeps its own.
    bool realtime = pthread_setschedparam(pthread_self(), SCHED_FIFO | SCHED_RESET_ON_FORK,
                                          &priority) == 0;
    printf("%s scheduling\nchanges  median    99.9 %%    worst     late\n",
           realtime ? "real-time" : "ordinary");
    bench(false, wanted * EVERY);
    bench(true, wanted * EVERY);
    files_remove(NULL);
    return EXIT_SUCCESS;
}
