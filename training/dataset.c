// SPDX-License-Identifier: ISC
#include "training/dataset.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dsp/files/audio_file.h"
#include "dsp/measure.h"
#include "dsp/memory.h"
#include "training/loss.h"

#define SHORTEST 30.0         // s, of a usable pair
#define VALIDATION_SHARE 0.15 // of the pair, but
#define VALIDATION_MOST 20.0  // s at most
#define SILENCE 1e-4          // peak, -80 dBFS

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
note(Dataset *dataset, const char *format, ...) {
    if (dataset->note_count < DATASET_NOTES) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(dataset->notes[dataset->note_count++], sizeof dataset->notes[0], format,
                  arguments);
        va_end(arguments);
    }
}

static Status check_sound(const char *name, const float *samples, size_t frames,
                          Diagnostic *diagnostic) {
    double most = (double)measure_peak(samples, frames);
    if (most < SILENCE) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: silent (peak %.1f dBFS); record it again with more level", name,
                        20.0 * log10(fmax(most, 1e-12)));
    }
    return STATUS_OK;
}

static void measure_energy(Dataset *dataset) {
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        dataset->training_frames += recording->training.end - recording->training.begin;
        dataset->validation_frames += recording->validation.end - recording->validation.begin;
    }
    dataset->energy = dataset_energy(dataset, &(LossFilter){0});
}

// Splits and measures a pair whose samples and rate are in place.
static Status prepare(Dataset *dataset, const char *input, const char *target,
                      Diagnostic *diagnostic) {
    Recording *recording = &dataset->recordings[0];
    double rate = dataset->rate, seconds = (double)recording->frames / rate;
    if (seconds < SHORTEST) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: too short (%.1f s); a pair of at least %.0f s is needed, two minutes "
                        "are better",
                        target, seconds, SHORTEST);
    }
    Status status = check_sound(input, recording->input, recording->frames, diagnostic);
    if (status == STATUS_OK) {
        status = check_sound(target, recording->target, recording->frames, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (memcmp(recording->input, recording->target, recording->frames * sizeof(float)) == 0) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: identical to %s; the target must be what the device made of the input",
                        target, input);
    }
    double held = fmin(seconds * VALIDATION_SHARE, VALIDATION_MOST);
    size_t split = recording->frames - (size_t)(held * rate);
    recording->training = (Range){0, split};
    recording->validation = (Range){split, recording->frames};
    measure_energy(dataset);
    if (dataset->energy < SILENCE * SILENCE ||
        (double)measure_peak(recording->target + split, recording->frames - split) < SILENCE) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: silent in its first %.0f s (training) or its last %.0f s (validation)",
                        target, seconds - held, held);
    }
    return STATUS_OK;
}

// Room for `count` recordings.
static Status make_room(Dataset *dataset, int count, Diagnostic *diagnostic) {
    dataset->recordings = memory_new((size_t)count, sizeof *dataset->recordings);
    if (!dataset->recordings) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %d recordings", count);
    }
    dataset->count = count;
    return STATUS_OK;
}

static Status take_pair(Dataset *dataset, Audio *input, Audio *target, const char *input_name,
                        const char *target_name, Diagnostic *diagnostic) {
    if (input->rate != target->rate) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: %d Hz, but %s has %d Hz; convert one of them", target_name,
                        target->rate, input_name, input->rate);
    }
    size_t longer = input->frames > target->frames ? input->frames : target->frames;
    size_t frames = input->frames < target->frames ? input->frames : target->frames;
    if (longer - frames > (size_t)input->rate) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "%s: %zu samples, but %s has %zu; lengths may differ by a second at most",
                        target_name, target->frames, input_name, input->frames);
    }
    if (longer != frames) {
        note(dataset, "%s has %zu samples (%.3f s) more than the other; the end was cut off",
             input->frames > target->frames ? input_name : target_name, longer - frames,
             (double)(longer - frames) / input->rate);
    }
    if (input->channels > 1 || target->channels > 1) {
        note(dataset, "%s has %d channels; only the first is used",
             input->channels > 1 ? input_name : target_name,
             input->channels > 1 ? input->channels : target->channels);
    }
    Status status = make_room(dataset, 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    dataset->rate = input->rate;
    dataset->recordings[0] = (Recording){.frames = frames,
                                         .input = input->samples,
                                         .target = target->samples,
                                         .input_memory = input->samples,
                                         .target_memory = target->samples};
    input->samples = target->samples = NULL;
    return prepare(dataset, input_name, target_name, diagnostic);
}

Status dataset_read(Dataset *dataset, const char *input, const char *target,
                    Diagnostic *diagnostic) {
    *dataset = (Dataset){0};
    Audio dry = {0}, wet = {0};
    Status status = audio_file_read(&dry, input, diagnostic);
    if (status == STATUS_OK) {
        status = audio_file_read(&wet, target, diagnostic);
    }
    if (status == STATUS_OK) {
        status = take_pair(dataset, &dry, &wet, input, target, diagnostic);
    }
    audio_clear(&dry);
    audio_clear(&wet);
    if (status != STATUS_OK) {
        dataset_clear(dataset);
    }
    return status;
}

Status dataset_make(Dataset *dataset, const float *input, const float *target, size_t frames,
                    int rate, Diagnostic *diagnostic) {
    *dataset = (Dataset){.rate = rate};
    Status status = make_room(dataset, 1, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Recording *recording = &dataset->recordings[0];
    recording->frames = frames;
    recording->input = recording->input_memory = memory_new(frames, sizeof(float));
    recording->target = recording->target_memory = memory_new(frames, sizeof(float));
    if (!recording->input_memory || !recording->target_memory) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %zu frames", frames);
    } else {
        memcpy(recording->input_memory, input, frames * sizeof(float));
        memcpy(recording->target_memory, target, frames * sizeof(float));
        status = prepare(dataset, "input", "target", diagnostic);
    }
    if (status != STATUS_OK) {
        dataset_clear(dataset);
    }
    return status;
}

void dataset_clear(Dataset *dataset) {
    for (int i = 0; i < dataset->count; i++) {
        memory_free(dataset->recordings[i].input_memory);
        memory_free(dataset->recordings[i].target_memory);
    }
    memory_free(dataset->recordings);
    *dataset = (Dataset){0};
}

double dataset_energy(const Dataset *dataset, const LossFilter *filter) {
    double sum = 0.0;
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        size_t frames = recording->training.end - recording->training.begin;
        const float *target = recording->target + recording->training.begin;
        sum += (double)frames * loss_energy(filter, target, frames);
    }
    return sum / (double)dataset->training_frames;
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
