// SPDX-License-Identifier: ISC
#include "training/gallery/entry.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/models/model_file.h"
#include "dsp/measures/esr.h"
#include "dsp/measures/speed.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "training/data/manifest.h"

enum { INPUT, TARGET, OUTPUT };

// s of a longer recording that do not count: models start settled with their knobs where they first
// stand, and have to settle to others.
static const double settling = 0.5;

// Which knob of the model each knob of the list is.
static Status match_knobs(int place[MODEL_MAX_KNOBS], const Model *model, const Source *source,
                          const char *list, Diagnostic *diagnostic) {
    for (int k = 0; k < source->knobs; k++) {
        int m = 0;
        while (m < model->knobs && strcmp(model->knob[m].name, source->knob_name[k]) != 0) {
            m++;
        }
        if (m == model->knobs) {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                            "%s: the model has no knob '%s': its list is another model's", list,
                            source->knob_name[k]);
        }
        place[k] = m;
    }
    return STATUS_OK;
}

static Status read_sound(float **samples, size_t *frames, const GalleryEntry *entry,
                         const char *path, Diagnostic *diagnostic) {
    Audio audio = {0};
    Status status = audio_file_read_channel(&audio, path, AUDIO_SOUNDING, diagnostic);
    if (status == STATUS_OK && audio.rate != entry->rate) {
        status = diagnose(diagnostic, STATUS_BAD_AUDIO,
                          "%s: is at %d Hz, the model at %d Hz: record it at that", path,
                          audio.rate, entry->rate);
        audio_clear(&audio);
    }
    *samples = audio.samples;
    *frames = audio.frames;
    return status;
}

// What lies beside each other, but for the settling: the model plays without the delay of its
// recordings.
static Status align(EntryTest *test, const GalleryEntry *entry, size_t input, size_t target,
                    const char *path, Diagnostic *diagnostic) {
    long latency = lround(entry->model->info.latency);
    size_t late = latency > 0 ? (size_t)latency : 0, early = latency < 0 ? (size_t)-latency : 0;
    if (late >= target || early >= input) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: is shorter than the delay of %ld samples that the model states", path,
                        latency);
    }
    test->target = test->memory[TARGET] + late;
    test->input = test->memory[INPUT] + early;
    test->output = test->memory[OUTPUT] + early;
    test->frames = target - late < input - early ? target - late : input - early;
    size_t skip = (size_t)(settling * entry->rate);
    if (test->frames >= 2 * skip) {
        test->target += skip;
        test->input += skip;
        test->output += skip;
        test->frames -= skip;
    }
    return STATUS_OK;
}

static Status run_test(EntryTest *test, const GalleryEntry *entry, Engine *engine,
                       const SourcePair *pair, Diagnostic *diagnostic) {
    size_t input = 0, target = 0;
    Status status = read_sound(&test->memory[INPUT], &input, entry, pair->input, diagnostic);
    if (status == STATUS_OK) {
        status = read_sound(&test->memory[TARGET], &target, entry, pair->target, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    test->memory[OUTPUT] = input <= INT_MAX ? memory_new(input, sizeof(float)) : NULL;
    if (!test->memory[OUTPUT]) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory to play it", pair->input);
    }
    engine_reset(engine);
    for (int k = 0; k < entry->model->knobs; k++) {
        engine_set_knob(engine, k, test->knobs[k]);
    }
    DenormalState mode = denormals_off();
    engine_run(engine, &test->memory[OUTPUT], &(const float *){test->memory[INPUT]}, (int)input);
    denormals_restore(mode);
    status = align(test, entry, input, target, pair->target, diagnostic);
    if (status == STATUS_OK) {
        measure(&test->measure, test->target, test->output, test->frames);
    }
    return status;
}

static Status run_tests(GalleryEntry *entry, const Source *source, const int *place,
                        Diagnostic *diagnostic) {
    Engine *engine = NULL;
    const Model *model = entry->model;
    entry->tests = memory_new((size_t)source->count, sizeof *entry->tests);
    if (!entry->tests) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the test recordings");
    }
    Status status = engine_new(&engine, model, isa_best(), 1, diagnostic);
    while (status == STATUS_OK && entry->count < source->count) {
        const SourcePair *pair = &source->pairs[entry->count];
        EntryTest *test = &entry->tests[entry->count++];
        test->unseen = pair->unseen;
        for (int k = 0; k < model->knobs; k++) {
            test->knobs[k] = model->knob[k].initial;
        }
        for (int k = 0; k < source->knobs; k++) {
            test->knobs[place[k]] = pair->knobs[k];
        }
        status = run_test(test, entry, engine, pair, diagnostic);
    }
    engine_free(engine);
    return status;
}

// ESR of all tests of one kind together.
static double pooled(const GalleryEntry *entry, bool unseen) {
    Esr esr = {0};
    for (int t = 0; t < entry->count; t++) {
        const EntryTest *test = &entry->tests[t];
        if (test->unseen == unseen) {
            esr_add(&esr, test->target, test->output, test->frames);
        }
    }
    return esr_ratio(&esr);
}

static Status fill(GalleryEntry *entry, const Source *source, const char *model, const char *list,
                   Diagnostic *diagnostic) {
    int place[MODEL_MAX_KNOBS];
    Status status = model_file_read(&entry->model, model, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    entry->rate = (int)lround(entry->model->sample_rate);
    if (entry->rate <= 0) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "%s: does not tell its sample rate", model);
    }
    if (!(fabs(entry->model->info.latency) < 1e6)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "%s: states a delay beyond all reason",
                        model);
    }
    status = match_knobs(place, entry->model, source, list, diagnostic);
    if (status == STATUS_OK) {
        status = run_tests(entry, source, place, diagnostic);
    }
    if (status == STATUS_OK) {
        const Model *played = entry->model;
        SpeedCase usual = speed_usual();
        status = speed_measure(&entry->engine_time, &played, 1, &usual, diagnostic);
    }
    return status;
}

Status entry_read(GalleryEntry *entry, const char *model, const char *list,
                  Diagnostic *diagnostic) {
    Source source = {0};
    *entry = (GalleryEntry){0};
    Status status = manifest_read(&source, list, diagnostic);
    if (status == STATUS_OK) {
        status = fill(entry, &source, model, list, diagnostic);
    }
    source_clear(&source);
    if (status != STATUS_OK) {
        entry_clear(entry);
        return status;
    }
    entry->trained = pooled(entry, false);
    entry->unseen = pooled(entry, true);
    return STATUS_OK;
}

void entry_clear(GalleryEntry *entry) {
    for (int t = 0; t < entry->count; t++) {
        for (int i = 0; i < 3; i++) {
            memory_free(entry->tests[t].memory[i]);
        }
    }
    memory_free(entry->tests);
    model_free(entry->model);
    *entry = (GalleryEntry){0};
}

void entry_setting(char *text, size_t size, const GalleryEntry *entry, const EntryTest *test) {
    const Model *model = entry->model;
    snprintf(text, size, "%s", model->knobs ? "" : "as it is");
    for (int k = 0; k < model->knobs; k++) {
        size_t length = strlen(text);
        snprintf(text + length, size - length, "%s%s %g", k ? ", " : "", model->knob[k].name,
                 (double)test->knobs[k]);
    }
}
