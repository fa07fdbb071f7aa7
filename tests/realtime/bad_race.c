// SPDX-License-Identifier: ISC
// Two threads write what is not atomic: the thread sanitizer must tell it.
#include <pthread.h>

static int shared;

static void *count(void *argument) {
    for (int i = 0; i < 1000; i++) {
        shared++;
    }
    return argument;
}

int main(void) {
    pthread_t other;
    if (pthread_create(&other, NULL, count, NULL) != 0) {
        return 2;
    }
    count(NULL);
    pthread_join(other, NULL);
    return 0;
}
