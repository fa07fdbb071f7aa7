// SPDX-License-Identifier: ISC
#include "tests/rig/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <ftw.h>
#include <sys/stat.h>

#include "dsp/files/audio/audio_io.h"

static char folder[200];

int scratch_begin(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.150s/gruff-test-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

int scratch_end(void **state) {
    (void)state;
    return nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_path(const char *name) {
    static char paths[8][600];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

int scratch_count(void) {
    int count = 0;
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(stream);
    return count;
}

void scratch_write(const char *name, const void *bytes, size_t length) {
    FILE *file = fopen(scratch_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

char *scratch_read(const char *name, size_t *length) {
    FILE *file = fopen(scratch_path(name), "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    bytes[*length] = '\0';
    fclose(file);
    return bytes;
}

bool scratch_holds(const char *name, const char *text) {
    size_t length = 0;
    char *bytes = scratch_read(name, &length);
    bool same = length == strlen(text) && memcmp(bytes, text, length) == 0;
    free(bytes);
    return same;
}

const char *scratch_audio(const char *name, int rate, int channels, const float *samples,
                          size_t frames) {
    const char *path = scratch_path(name);
    AudioWriter *writer = NULL;
    assert_int_equal(audio_writer_new(&writer, path, rate, channels, NULL), STATUS_OK);
    assert_int_equal(audio_writer_write(writer, samples, frames, NULL), STATUS_OK);
    assert_int_equal(audio_writer_commit(writer, NULL), STATUS_OK);
    audio_writer_free(writer);
    return path;
}
