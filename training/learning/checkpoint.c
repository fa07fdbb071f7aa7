// SPDX-License-Identifier: ISC
#include "training/learning/checkpoint.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/whole_file.h"
#include "dsp/network/isa_choice.h"

static const char magic[16] = "gruff resume 4";

// Everything but the arrays, in the order of the file.
typedef struct Header {
    char magic[16];
    uint64_t check; // hash of all that follows it
    Checkpoint checkpoint;
    size_t count; // number of weights
    size_t soap;  // numbers of the optimiser's coordinates
    uint64_t seed, random;
    double best_esr, best_worth, last_esr, samples, rate_scale, loss_sum;
    long loss_count, updates;
    int rollbacks, patience, prefer_calm;
} Header;

// FNV-1a, 64 bits.
static uint64_t hash(uint64_t before, const void *bytes, size_t length) {
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < length; i++) {
        before = (before ^ byte[i]) * 0x100000001B3u;
    }
    return before;
}

static const uint64_t hash_start = 0xCBF29CE484222325u;

static uint64_t hash_ranges(uint64_t before, const Ranges *ranges) {
    uint64_t result = hash(before, &ranges->count, sizeof ranges->count);
    return hash(result, ranges->range, (size_t)ranges->count * sizeof *ranges->range);
}

uint64_t checkpoint_fingerprint(const TrainerOptions *options, const Dataset *dataset) {
    const double numbers[] = {
        options->shape.cell,
        options->shape.layers,
        options->shape.hidden,
        options->shape.knobs,
        options->shape.skip,
        (double)options->seed,
        options->race,
        options->epochs,
        options->epochs > 0 ? 0 : options->seconds,
        options->rate,
        options->loss.plain,
        options->loss.emphasised,
        options->loss.dc,
        options->loss.spectral,
        options->loss.a_weighted,
        isa_best(),
        options->schedule,
        options->optimiser,
        options->weight_decay,
        options->fit_head,
        options->regularisation.recurrent_dropout,
        options->regularisation.head_dropout,
        options->regularisation.input_dropout,
        options->regularisation.noise,
        options->regularisation.contraction,
        options->regularisation.antialias,
        dataset->rate,
    };
    uint64_t result = hash(hash_start, numbers, sizeof numbers);
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        result = hash(result, recording->input, recording->frames * sizeof(float));
        result = hash(result, recording->target, recording->frames * sizeof(float));
        result = hash(result, recording->knobs, sizeof recording->knobs);
        result = hash_ranges(result, &recording->training);
        result = hash_ranges(result, &recording->validation);
    }
    return result;
}

bool checkpoint_path(char *path, size_t size, const char *model_path) {
    int length = snprintf(path, size, "%s.checkpoint", model_path);
    return length > 0 && (size_t)length < size;
}

// The learner's arrays, in the order of the file.
enum { ARRAYS = 5 };

static void arrays_of(const Learner *learner, double *arrays[ARRAYS]) {
    arrays[0] = learner->network.weights;
    arrays[1] = learner->adam.first;
    arrays[2] = learner->adam.second;
    arrays[3] = learner->adam.average;
    arrays[4] = learner->best;
}

static uint64_t check_of(const char *bytes, size_t length) {
    size_t skip = offsetof(Header, check) + sizeof(uint64_t);
    return hash(hash_start, bytes + skip, length - skip);
}

Status checkpoint_write(const char *path, const Checkpoint *checkpoint, const Learner *learner,
                        Diagnostic *diagnostic) {
    size_t count = learner->network.count, array = count * sizeof(double);
    size_t soap = learner->soap.count * sizeof(double);
    size_t length = sizeof(Header) + ARRAYS * array + soap;
    char *bytes = memory_new(length, 1);
    Header *header = memory_new(1, sizeof *header); // zeroed, padding and all
    if (!bytes || !header) {
        memory_free(bytes);
        memory_free(header);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the checkpoint");
    }
    memcpy(header->magic, magic, sizeof magic);
    header->checkpoint = *checkpoint;
    header->count = count;
    header->soap = learner->soap.count;
    header->seed = learner->seed;
    header->random = learner->random.state;
    header->best_esr = learner->best_esr;
    header->best_worth = learner->best_worth;
    header->last_esr = learner->last_esr;
    header->samples = learner->samples;
    header->rate_scale = learner->rate_scale;
    header->loss_sum = learner->loss_sum;
    header->loss_count = learner->loss_count;
    header->updates = learner->adam.updates;
    header->rollbacks = learner->rollbacks;
    header->patience = learner->patience;
    header->prefer_calm = learner->prefer_calm;
    double *arrays[ARRAYS];
    arrays_of(learner, arrays);
    memcpy(bytes, header, sizeof *header);
    for (size_t i = 0; i < ARRAYS; i++) {
        memcpy(bytes + sizeof *header + i * array, arrays[i], array);
    }
    if (soap > 0) {
        memcpy(bytes + sizeof *header + ARRAYS * array, learner->soap.state, soap);
    }
    uint64_t check = check_of(bytes, length);
    memcpy(bytes + offsetof(Header, check), &check, sizeof check);
    Status status = atomic_file_write(path, bytes, length, diagnostic);
    memory_free(bytes);
    memory_free(header);
    return status;
}

static Status take(const char *path, const char *bytes, size_t length, Checkpoint *checkpoint,
                   Learner *learner, Diagnostic *diagnostic) {
    Header header;
    size_t count = learner->network.count, array = count * sizeof(double);
    size_t soap = learner->soap.count * sizeof(double);
    if (length < sizeof header || memcmp(bytes, magic, sizeof magic) != 0) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "%s: this is no checkpoint", path);
    }
    memcpy(&header, bytes, sizeof header);
    if (header.check != check_of(bytes, length)) {
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "%s: the checkpoint is damaged; train without --resume", path);
    }
    if (header.checkpoint.fingerprint != checkpoint->fingerprint || header.count != count ||
        header.soap != learner->soap.count || length != sizeof header + ARRAYS * array + soap) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "%s: the checkpoint is of another run; give the same recordings and "
                        "options, or train without --resume",
                        path);
    }
    *checkpoint = header.checkpoint;
    learner->seed = header.seed;
    learner->random.state = header.random;
    learner->best_esr = header.best_esr;
    learner->best_worth = header.best_worth;
    learner->last_esr = header.last_esr;
    learner->samples = header.samples;
    learner->rate_scale = header.rate_scale;
    learner->loss_sum = header.loss_sum;
    learner->loss_count = header.loss_count;
    learner->adam.updates = header.updates;
    learner->rollbacks = header.rollbacks;
    learner->patience = header.patience;
    learner->prefer_calm = header.prefer_calm;
    learner->redraw = true;
    double *arrays[ARRAYS];
    arrays_of(learner, arrays);
    for (size_t i = 0; i < ARRAYS; i++) {
        memcpy(arrays[i], bytes + sizeof header + i * array, array);
    }
    if (soap > 0) {
        memcpy(learner->soap.state, bytes + sizeof header + ARRAYS * array, soap);
    }
    return STATUS_OK;
}

Status checkpoint_read(const char *path, Checkpoint *checkpoint, Learner *learner,
                       Diagnostic *diagnostic) {
    char *bytes = NULL;
    size_t length = 0;
    Status status = whole_file_read(&bytes, &length, (size_t)64 << 20, path, diagnostic);
    if (status == STATUS_OK) {
        status = take(path, bytes, length, checkpoint, learner, diagnostic);
    }
    memory_free(bytes);
    return status;
}
