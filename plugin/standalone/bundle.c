// SPDX-License-Identifier: ISC
#include "plugin/standalone/bundle.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "gruff.lv2"

// Whether the bundle is in the folder that the first `length` bytes of `folder` name.
static bool is_in(char path[BUNDLE_PATH], const char *folder, int length) {
    char manifest[BUNDLE_PATH + 16];
    const char *home = getenv("HOME");
    bool tilde = length > 0 && folder[0] == '~' && home;
    int written = snprintf(path, BUNDLE_PATH, "%s%.*s/" NAME "/", tilde ? home : "",
                           tilde ? length - 1 : length, tilde ? folder + 1 : folder);
    if (length == 0 || written < 0 || written >= BUNDLE_PATH) {
        return false;
    }
    snprintf(manifest, sizeof manifest, "%smanifest.ttl", path);
    return access(manifest, R_OK) == 0;
}

// The folder, three levels above this program, that a build has its lv2/ in.
static bool build_folder(char folder[PATH_MAX]) {
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 5);
    if (length <= 0) {
        return false;
    }
    folder[length] = '\0';
    for (int i = 0; i < 3; i++) {
        char *slash = strrchr(folder, '/');
        if (!slash) {
            return false;
        }
        *slash = '\0';
    }
    strcat(folder, "/lv2");
    return true;
}

bool bundle_find(char path[BUNDLE_PATH]) {
    char build[PATH_MAX];
    const char *folders = getenv("LV2_PATH");
    if (!folders || !folders[0]) {
        folders = "~/.lv2:/usr/local/lib/lv2:/usr/lib/lv2";
    }
    for (const char *at = folders; *at;) {
        size_t length = strcspn(at, ":");
        if (length < PATH_MAX && is_in(path, at, (int)length)) {
            return true;
        }
        at += length + (at[length] == ':');
    }
    return is_in(path, GRUFF_LV2_FOLDER, (int)strlen(GRUFF_LV2_FOLDER)) ||
           (build_folder(build) && is_in(path, build, (int)strlen(build)));
}

bool bundle_user_folder(char path[BUNDLE_PATH]) {
    const char *home = getenv("HOME");
    int length = home && home[0] ? snprintf(path, BUNDLE_PATH, "%s/.lv2", home) : -1;
    return length > 0 && length < BUNDLE_PATH;
}
