// SPDX-License-Identifier: ISC
#include "plugin/backend/advice.h"

#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

// Whether `resource` has no limit, or one of at least `needed`.
static bool allowed(int resource, rlim_t needed) {
    struct rlimit limit = {0};
    return geteuid() == 0 || (getrlimit(resource, &limit) == 0 &&
                              (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= needed));
}

void advise_on_real_time(Diagnostic *advice) {
    advice->text[0] = '\0';
    bool priority = allowed(RLIMIT_RTPRIO, 1);
    // With a limit, memory that comes later (another model) would be refused once it is reached.
    bool memory = allowed(RLIMIT_MEMLOCK, RLIM_INFINITY) && mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
    if (!priority || !memory) {
        diagnose(advice, STATUS_OK,
                 "the system allows no %s%s%s: sound may have gaps; join the group 'audio' "
                 "and give it rtprio 95 and memlock unlimited in /etc/security/limits.d",
                 priority ? "" : "real-time priority", priority || memory ? "" : " and no ",
                 memory ? "" : "locked memory");
    }
}
