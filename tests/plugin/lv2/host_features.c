// SPDX-License-Identifier: ISC
#include "tests/plugin/lv2/host_features.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char *uri) {
    HostFeatures *features = handle;
    pthread_mutex_lock(&features->uri_lock);
    LV2_URID i = 0;
    while (i < features->uri_count && strcmp(features->uris[i], uri) != 0) {
        i++;
    }
    if (i == features->uri_count && i < HOST_URIS) {
        features->uris[features->uri_count++] = strdup(uri);
    }
    pthread_mutex_unlock(&features->uri_lock);
    return i + 1;
}

static const char *unmap_uri(LV2_URID_Unmap_Handle handle, LV2_URID urid) {
    HostFeatures *features = handle;
    pthread_mutex_lock(&features->uri_lock);
    const char *uri = urid > 0 && urid <= features->uri_count ? features->uris[urid - 1] : NULL;
    pthread_mutex_unlock(&features->uri_lock);
    return uri;
}

static int log_list(LV2_Log_Handle handle, LV2_URID type, const char *format, va_list arguments) {
    (void)type;
    HostFeatures *features = handle;
    pthread_mutex_lock(&features->log_lock);
    size_t used = strlen(features->log);
    int length = vsnprintf(features->log + used, sizeof features->log - used, format, arguments);
    pthread_mutex_unlock(&features->log_lock);
    return length;
}

static int log_line(LV2_Log_Handle handle, LV2_URID type, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = log_list(handle, type, format, arguments);
    va_end(arguments);
    return length;
}

void host_features_init(HostFeatures *features) {
    *features = (HostFeatures){.map = {features, map_uri},
                               .unmap = {features, unmap_uri},
                               .logger = {features, log_line, log_list}};
    pthread_mutex_init(&features->uri_lock, NULL);
    pthread_mutex_init(&features->log_lock, NULL);
}

void host_features_clear(HostFeatures *features) {
    for (LV2_URID i = 0; i < features->uri_count; i++) {
        free(features->uris[i]);
    }
    pthread_mutex_destroy(&features->uri_lock);
    pthread_mutex_destroy(&features->log_lock);
}
