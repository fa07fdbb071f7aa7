// SPDX-License-Identifier: ISC
#include "tests/plugin/lv2/files.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp/base/denormals.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/models/model_file.h"
#include "tests/rig/sample_model.h"

static char folder[64];

static void require(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "test files: %s\n", what);
        abort();
    }
}

const char *files_path(const char *name) {
    static char paths[16][512];
    static int next;
    char *path = paths[next++ % 16];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void model_write(const char *name, unsigned seed, double rate) {
    Model *model = sample_model_new(SAMPLE_HIDDEN, seed, true);
    Diagnostic diagnostic = {""};
    model->sample_rate = rate;
    require(model_file_write(model, files_path(name), &diagnostic) == STATUS_OK, diagnostic.text);
    model_free(model);
}

// A model whose own test says that it is another one.
static void doubtful_model_write(void) {
    Model *model = sample_model_new(SAMPLE_HIDDEN, OTHER_SEED, true);
    Diagnostic diagnostic = {""};
    model->sample_rate = 44100.0;
    require(model_add_test(model, 4, &diagnostic) == STATUS_OK, diagnostic.text);
    model->test.output[2] = 0.9f;
    require(model_file_write(model, files_path("doubtful.json"), &diagnostic) == STATUS_OK,
            diagnostic.text);
    model_free(model);
}

static void cabinet_write(void) {
    float samples[400] = {[0] = 0.6f, [399] = 0.8f};
    Diagnostic diagnostic = {""};
    require(audio_file_write(files_path("cabinet.wav"), SAMPLE_RATE, samples, 400, &diagnostic) ==
                STATUS_OK,
            diagnostic.text);
}

static void text_write(const char *name, const char *text, size_t length) {
    FILE *file = fopen(files_path(name), "w");
    require(file && fwrite(text, 1, length, file) == length && fclose(file) == 0, name);
}

// Half of a model file, and one with a weight that is not a number.
static void bad_models_write(void) {
    char text[65536];
    FILE *file = fopen(files_path("other.json"), "r");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    require(length > 100 && length < sizeof text - 1 && fclose(file) == 0, "other.json");
    text[length] = 0;
    text_write("truncated.json", text, length / 2);
    char *weights = strstr(text, "\"weights\"");
    char *digit = weights ? strpbrk(weights, "0123456789") : NULL;
    require(digit != NULL, "no weights in other.json");
    memcpy(digit, "NaN", 3); // not JSON, but what Python's json module writes
    text_write("nan.json", text, length);
}

// Makes the folder `to` with a link to each file of `from`, but for the default model.
static void folder_link(const char *from, const char *to) {
    DIR *files = opendir(from);
    require(files != NULL, from);
    if (!files) {
        return; // for clang-tidy
    }
    require(mkdir(to, 0777) == 0, to);
    for (struct dirent *entry; (entry = readdir(files));) {
        char inner_from[1024], inner_to[1024];
        snprintf(inner_from, sizeof inner_from, "%.700s/%.255s", from, entry->d_name);
        snprintf(inner_to, sizeof inner_to, "%.700s/%.255s", to, entry->d_name);
        if (strcmp(entry->d_name, "models") == 0) {
            folder_link(inner_from, inner_to);
        } else if (entry->d_name[0] != '.' && strcmp(entry->d_name, "default.json") != 0) {
            require(symlink(inner_from, inner_to) == 0, inner_to);
        }
    }
    closedir(files);
}

static void bundle_link(const char *name) {
    const char *bundle = getenv("GRUFF_BUNDLE");
    require(bundle != NULL, "GRUFF_BUNDLE is not set");
    char parent[512], to[600];
    snprintf(parent, sizeof parent, "%s", files_path(name));
    require(mkdir(parent, 0777) == 0, parent);
    snprintf(to, sizeof to, "%s/gruff.lv2", parent);
    folder_link(bundle, to);
}

int files_make(void **state) {
    (void)state;
    strcpy(folder, "/tmp/gruff-test-XXXXXX");
    require(mkdtemp(folder) != NULL, folder);
    bundle_link("lv2");
    bundle_link("bare");
    model_write(FILES_DEFAULT, DEFAULT_SEED, SAMPLE_RATE);
    model_write("other.json", OTHER_SEED, SAMPLE_RATE);
    model_write("slow.json", OTHER_SEED, 44100.0);
    doubtful_model_write();
    cabinet_write();
    bad_models_write();
    require(mkdir(files_path("folder.json"), 0777) == 0, "folder.json");
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

int files_remove(void **state) {
    (void)state;
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}

void files_play_model(unsigned seed, const float *in, float *out, int frames) {
    Engine *engine = sample_engine_new(SAMPLE_HIDDEN, seed, 1);
    DenormalState before = denormals_off();
    engine_run(engine, &out, &in, frames);
    denormals_restore(before);
    engine_free(engine);
}
