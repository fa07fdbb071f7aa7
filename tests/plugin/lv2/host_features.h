// SPDX-License-Identifier: ISC
// What the test host offers a plugin from any of its threads: numbers for URIs, and a log.
#ifndef GRUFF_TESTS_PLUGIN_LV2_HOST_FEATURES_H
#define GRUFF_TESTS_PLUGIN_LV2_HOST_FEATURES_H

#include <pthread.h>

#include <lv2/log/log.h>
#include <lv2/urid/urid.h>

enum { HOST_URIS = 256, HOST_LOG_SIZE = 65536 };

// Stays where host_features_init has filled it in.
typedef struct HostFeatures {
    char *uris[HOST_URIS]; // of the numbers from 1
    LV2_URID uri_count;
    char log[HOST_LOG_SIZE]; // all that was logged
    pthread_mutex_t uri_lock, log_lock;
    LV2_URID_Map map;
    LV2_URID_Unmap unmap;
    LV2_Log_Log logger;
} HostFeatures;

void host_features_init(HostFeatures *features);
void host_features_clear(HostFeatures *features);

#endif
