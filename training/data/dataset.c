// SPDX-License-Identifier: ISC
#include "training/data/dataset.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "training/data/checks_device.h"
#include "training/data/gain.h"
#include "training/data/split.h"

#define SHORTEST 30.0 // s, of all recordings together
#define SILENCE 1e-4  // peak, -80 dBFS

Status dataset_room(Dataset *dataset, int count, Diagnostic *diagnostic) {
    dataset->recordings = memory_new((size_t)count, sizeof *dataset->recordings);
    if (!dataset->recordings) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %d recordings", count);
    }
    dataset->count = count;
    return STATUS_OK;
}

// What may be trained on or held out, from frame `begin` on.
static Ranges usable_from(const Recording *recording, size_t begin) {
    Ranges usable = ranges_of(begin, recording->frames);
    for (int i = 0; i < recording->unusable.count; i++) {
        ranges_cut(&usable, recording->unusable.range[i]);
    }
    return usable;
}

static Status split_recording(Recording *recording, int rate, Diagnostic *diagnostic) {
    bool enough = (double)recording->signals < (1.0 - SPLIT_SHARE) * (double)recording->frames;
    Split split;
    Splittable whole = {.input = recording->input,
                        .frames = recording->frames,
                        .rate = rate,
                        .usable = usable_from(recording, enough ? recording->signals : 0)};
    Status status = split_by_sound(&split, &whole, diagnostic);
    recording->training = split.training;
    recording->validation = split.held_out;
    return status;
}

Status dataset_split(Recording *recording, int rate, SourceSplit split, Diagnostic *diagnostic) {
    size_t frames = recording->frames;
    recording->training = recording->validation = (Ranges){0};
    if (split == SPLIT_TRAINING) {
        recording->training = usable_from(recording, recording->signals);
    } else if (split == SPLIT_VALIDATION) {
        recording->validation = usable_from(recording, 0);
    } else if (checks_nam_layout(recording->input, frames, rate)) {
        recording->training = usable_from(recording, NAM_MUSIC);
        ranges_cut(&recording->training, (Range){frames - NAM_SECTION, frames});
        recording->validation = usable_from(recording, frames - NAM_SECTION);
    } else {
        return split_recording(recording, rate, diagnostic);
    }
    return STATUS_OK;
}

bool dataset_next_held_out(const Dataset *dataset, HeldOut *held) {
    int r = held->recording ? (int)(held->recording - dataset->recordings) : 0;
    int next = held->next;
    held->before += held->range.end - held->range.begin;
    while (r < dataset->count && next == dataset->recordings[r].validation.count) {
        next = 0;
        r++;
    }
    if (r == dataset->count) {
        return false;
    }
    held->recording = &dataset->recordings[r];
    held->range = held->recording->validation.range[next];
    held->next = next + 1;
    return true;
}

int dataset_held_out_count(const Dataset *dataset) {
    int count = 0;
    for (int i = 0; i < dataset->count; i++) {
        count += dataset->recordings[i].validation.count;
    }
    return count;
}

static double peak_in(const Recording *recording, const Ranges *ranges) {
    double peak = 0.0;
    for (int i = 0; i < ranges->count; i++) {
        Range range = ranges->range[i];
        double here = (double)level_peak(recording->target + range.begin, range.end - range.begin);
        peak = fmax(peak, here);
    }
    return peak;
}

// Mean square of the training targets.
static double target_energy(const Dataset *dataset) {
    double sum = 0.0;
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        for (int k = 0; k < recording->training.count; k++) {
            Range range = recording->training.range[k];
            size_t frames = range.end - range.begin;
            sum += (double)frames * level_mean_square(recording->target + range.begin, frames);
        }
    }
    return sum / (double)dataset->training_frames;
}

Status dataset_finish(Dataset *dataset, bool force, Diagnostic *diagnostic) {
    double trained = 0.0, validated = 0.0; // peaks
    dataset->training_frames = dataset->validation_frames = 0;
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        dataset->training_frames += ranges_frames(&recording->training);
        dataset->validation_frames += ranges_frames(&recording->validation);
        trained = fmax(trained, peak_in(recording, &recording->training));
        validated = fmax(validated, peak_in(recording, &recording->validation));
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
        Audio dry = {rate, 1, frames, recording->input_memory, 0.0f, 1, false};
        Audio wet = {rate, 1, frames, recording->target_memory, 0.0f, 1, false};
        checks_sound(&recording->checks, &(CheckedFile){"input", &dry, false},
                     &(CheckedFile){"target", &wet, false}, SHORTEST);
        const Check *refusal = checks_refusal(&recording->checks);
        if (refusal) {
            status = diagnose(diagnostic, STATUS_BAD_AUDIO, "%s", refusal->text);
        }
    }
    if (status == STATUS_OK) {
        status = dataset_split(recording, rate, SPLIT_AUTO, diagnostic);
    }
    if (status == STATUS_OK) {
        status = dataset_finish(dataset, false, diagnostic);
    }
    if (status != STATUS_OK) {
        dataset_clear(dataset);
    }
    return status;
}

size_t recording_place(const Recording *recording, size_t at) {
    size_t early = recording->latency < 0 ? (size_t)-recording->latency : 0;
    return repair_place(recording->cut, recording->cuts, at + early);
}

void dataset_undo_gains(Dataset *dataset) {
    double input = decibels_to_amplitude(-dataset->input_gain);
    double target = decibels_to_amplitude(-dataset->target_gain);
    for (int i = 0; i < dataset->count + dataset->tests; i++) {
        const Recording *recording = &dataset->recordings[i];
        gain_scale(input, recording->input_memory, recording->input_length);
        gain_scale(input, recording->repaired_memory, recording->repaired_length);
        gain_scale(target, recording->target_memory, recording->target_length);
    }
    dataset->energy *= target * target;
    dataset->input_gain = dataset->target_gain = 0.0;
}

void dataset_clear(Dataset *dataset) {
    for (int i = 0; i < dataset->count + dataset->tests; i++) {
        memory_free(dataset->recordings[i].input_memory);
        memory_free(dataset->recordings[i].target_memory);
        memory_free(dataset->recordings[i].repaired_memory);
    }
    memory_free(dataset->recordings);
    memory_free(dataset->coverage);
    *dataset = (Dataset){0};
}

// Number of places that dataset_draw can choose in a range.
static double places(Range range, size_t length) {
    size_t frames = range.end - range.begin;
    return frames > length ? (double)(frames - length) : 0.0;
}

static double all_places(const Dataset *dataset, size_t length) {
    double sum = 0.0;
    for (int i = 0; i < dataset->count; i++) {
        const Ranges *training = &dataset->recordings[i].training;
        for (int k = 0; k < training->count; k++) {
            sum += places(training->range[k], length);
        }
    }
    return sum;
}

Place dataset_draw(const Dataset *dataset, double share, size_t before, size_t length) {
    double at = share * all_places(dataset, before + length);
    Place last = {&dataset->recordings[0], before};
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        for (int k = 0; k < recording->training.count; k++) {
            Range range = recording->training.range[k];
            double here = places(range, before + length);
            if (here > 0.0 && at < here) {
                return (Place){recording, range.begin + before + (size_t)at};
            }
            if (here > 0.0) {
                last = (Place){recording, range.begin + before};
                at -= here;
            }
        }
    }
    return last; // rounding
}

void dataset_draw_knobs(const Dataset *dataset, float *knobs, Random *random) {
    for (int k = 0; k < dataset->knobs; k++) {
        const Knob *knob = &dataset->knob[k];
        float share = (float)random_uniform(random);
        knobs[k] = knob->minimum + share * (knob->maximum - knob->minimum);
    }
}
