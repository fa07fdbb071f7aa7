// SPDX-License-Identifier: ISC
// The plugin's jobs for the host's worker: broken ones, and those that a host loses.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"

enum { FRAMES = 20000 };

static float silence[FRAMES];

// After all that it has to say at its start.
static Host *make_host(void) {
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
    while (host_await_status(host)) {
        host_forget(host);
    }
    return host;
}

static LV2_Worker_Status respond(LV2_Worker_Respond_Handle handle, uint32_t size,
                                 const void *data) {
    (void)handle;
    (void)size;
    (void)data;
    return LV2_WORKER_SUCCESS;
}

// Has the first `size` bytes of the job done.
static LV2_Worker_Status work(Host *host, const Work *job, size_t size) {
    const LV2_Worker_Interface *worker = host_extension(host, LV2_WORKER__interface);
    return worker->work(host_handle(host), respond, NULL, (uint32_t)size, job);
}

static void broken_jobs_are_not_done(void **state) {
    (void)state;
    static Work job = {.kind = WORK_LOAD, .file = FILE_MODEL};
    Host *host = make_host();
    snprintf(job.path, sizeof job.path, "%s", files_path("other.json"));
    size_t whole = offsetof(Work, path) + strlen(job.path) + 1;
    for (size_t size = 0; size < sizeof job.kind; size++) {
        assert_int_equal(work(host, &job, size), LV2_WORKER_ERR_UNKNOWN);
    }
    for (size_t size = sizeof job.kind; size < whole; size++) { // the path does not end in it
        (void)work(host, &job, size);
    }
    assert_false(host_await_status(host));
    assert_int_equal(work(host, &job, whole), LV2_WORKER_SUCCESS);
    assert_true(host_await_status(host));
    assert_string_equal(host_model(host), files_path("other.json"));
    host_free(host);
}

// What is to be collected is asked for once, and once more after a pause in which the host may have
// thrown it away.
static void what_a_host_loses_is_asked_for_again(void **state) {
    (void)state;
    Host *host = make_host();
    host_send_model(host, files_path("other.json"));
    host_run(host, silence, silence, 64); // after it the worker loads
    int jobs = host_jobs(host);
    host_set_losing(host, true);
    host_play(host, silence, silence, FRAMES, 64);
    assert_int_equal(host_jobs(host), jobs + 1);
    host_start_anew(host);
    host_play(host, silence, silence, FRAMES, 64);
    assert_int_equal(host_jobs(host), jobs + 2);
    host_set_losing(host, false);
    host_start_anew(host);
    host_play(host, silence, silence, FRAMES, 64);
    assert_int_equal(host_jobs(host), jobs + 3); // done at last
    host_free(host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_jobs_are_not_done),
        cmocka_unit_test(what_a_host_loses_is_asked_for_again),
    };
    return cmocka_run_group_tests_name("lv2 jobs", tests, files_make, files_remove);
}
