// SPDX-License-Identifier: ISC
#include "training/data/dataset.h"

#include <math.h>
#include <string.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "training/data/checks_device.h"

#define SHORTEST 30.0         // s, of all recordings together
#define VALIDATION_SHARE 0.15 // of a recording, but
#define VALIDATION_MOST 20.0  // s at most
#define SILENCE 1e-4          // peak, -80 dBFS

Status dataset_room(Dataset *dataset, int count, Diagnostic *diagnostic) {
    dataset->recordings = memory_new((size_t)count, sizeof *dataset->recordings);
    if (!dataset->recordings) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %d recordings", count);
    }
    dataset->count = count;
    return STATUS_OK;
}

void dataset_split(Recording *recording, int rate, SourceSplit split) {
    size_t frames = recording->frames;
    recording->training = recording->validation = (Range){frames, frames};
    if (split == SPLIT_TRAINING) {
        recording->training.begin = recording->signals;
    } else if (split == SPLIT_VALIDATION) {
        recording->validation.begin = 0;
    } else if (checks_nam_layout(recording->input, frames, rate)) {
        recording->training = (Range){NAM_MUSIC, frames - NAM_SECTION};
        recording->validation.begin = frames - NAM_SECTION;
    } else {
        double held = fmin((double)frames * VALIDATION_SHARE, VALIDATION_MOST * rate);
        size_t begin = frames - (size_t)held;
        recording->training = (Range){recording->signals < begin ? recording->signals : 0, begin};
        recording->validation.begin = begin;
    }
}

static double peak_in(const Recording *recording, Range range) {
    return (double)level_peak(recording->target + range.begin, range.end - range.begin);
}

// Mean square of the training targets.
static double target_energy(const Dataset *dataset) {
    double sum = 0.0;
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        size_t frames = recording->training.end - recording->training.begin;
        const float *target = recording->target + recording->training.begin;
        sum += (double)frames * level_mean_square(target, frames);
    }
    return sum / (double)dataset->training_frames;
}

Status dataset_finish(Dataset *dataset, bool force, Diagnostic *diagnostic) {
    double trained = 0.0, validated = 0.0; // peaks
    dataset->training_frames = dataset->validation_frames = 0;
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        dataset->training_frames += recording->training.end - recording->training.begin;
        dataset->validation_frames += recording->validation.end - recording->validation.begin;
        trained = fmax(trained, peak_in(recording, recording->training));
        validated = fmax(validated, peak_in(recording, recording->validation));
    }
    double rate = dataset->rate, training = (double)dataset->training_frames / rate;
    double held = (double)dataset->validation_frames / rate;
    if (training + held < SHORTEST && !force) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "too short (%.1f s); at least %.0f s are needed, two minutes are better",
                        training + held, SHORTEST);
    }
    if (dataset->training_frames == 0 || dataset->validation_frames == 0 || trained < SILENCE ||
        validated < SILENCE) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: the target is silent in its %.0f s for training or its %.0f s for "
                        "validation",
                        dataset->recordings[0].name, training, held);
    }
    dataset->energy = target_energy(dataset);
    return STATUS_OK;
}

Status dataset_make(Dataset *dataset, const float *input, const float *target, size_t frames,
                    int rate, Diagnostic *diagnostic) {
    *dataset = (Dataset){.rate = rate};
    Status status = dataset_room(dataset, 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Recording *recording = &dataset->recordings[0];
    *recording = (Recording){.frames = frames, .name = "target"};
    recording->input = recording->input_memory = memory_new(frames, sizeof(float));
    recording->target = recording->target_memory = memory_new(frames, sizeof(float));
    if (!recording->input_memory || !recording->target_memory) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %zu frames", frames);
    } else {
        memcpy(recording->input_memory, input, frames * sizeof(float));
        memcpy(recording->target_memory, target, frames * sizeof(float));
        Audio dry = {rate, 1, frames, recording->input_memory, 0.0f};
        Audio wet = {rate, 1, frames, recording->target_memory, 0.0f};
        checks_sound(&recording->checks, &(CheckedFile){"input", &dry},
                     &(CheckedFile){"target", &wet}, SHORTEST);
        const Check *refusal = checks_refusal(&recording->checks);
        if (refusal) {
            status = diagnose(diagnostic, STATUS_BAD_AUDIO, "%s", refusal->text);
        }
    }
    if (status == STATUS_OK) {
        dataset_split(recording, rate, SPLIT_AUTO);
        status = dataset_finish(dataset, false, diagnostic);
    }
    if (status != STATUS_OK) {
        dataset_clear(dataset);
    }
    return status;
}

void dataset_clear(Dataset *dataset) {
    for (int i = 0; i < dataset->count + dataset->tests; i++) {
        memory_free(dataset->recordings[i].input_memory);
        memory_free(dataset->recordings[i].target_memory);
    }
    memory_free(dataset->recordings);
    *dataset = (Dataset){0};
}

// Number of places that dataset_draw can choose in a recording.
static double places(const Recording *recording, size_t length) {
    size_t frames = recording->training.end - recording->training.begin;
    return frames > length ? (double)(frames - length) : 0.0;
}

Place dataset_draw(const Dataset *dataset, double share, size_t before, size_t length) {
    double sum = 0.0;
    for (int i = 0; i < dataset->count; i++) {
        sum += places(&dataset->recordings[i], before + length);
    }
    double at = share * sum;
    const Recording *last = &dataset->recordings[0];
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        double here = places(recording, before + length);
        if (here > 0.0 && at < here) {
            return (Place){recording, recording->training.begin + before + (size_t)at};
        }
        if (here > 0.0) {
            last = recording;
            at -= here;
        }
    }
    return (Place){last, last->training.begin + before}; // rounding
}
