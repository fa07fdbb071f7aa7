// SPDX-License-Identifier: ISC
#include "training/learning/batch.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/network/isa_choice.h"
#include "training/learning/antialias.h"
#include "training/learning/contraction.h"
#include "training/network/pass.h"
#include "training/network/spectral.h"

enum { MAX_GROUPS = BATCH_SEQUENCES / 2 }; // of the narrowest kernels, two lanes

// A group of sequences, one to a lane.
typedef struct Group {
    Pass *pass;
    Place place[PASS_MAX_LANES]; // of each lane's next sample
    double *gradient;            // [count], owned
    double loss;                 // of the last segment
    Random random;               // of masks and noise
    Spectral *spectral;          // owned; NULL when the loss has no such term
    float *noisy;                // [lanes][longest]: inputs with noise, owned; NULL without
} Group;

struct Batch {
    const Dataset *dataset;
    const PassKernels *kernels;
    ThreadPool *pool;
    NetworkShape shape;
    size_t count; // number of weights
    PassWeights *weights;
    LossScale loss;  // for a mean over all samples
    LossScale scale; // the same for sums over the present segments
    Group groups[MAX_GROUPS];
    int group_count;
    Regularisation regularisation;
    double spectral;          // share of the spectral loss now
    Antialias *antialias;     // owned; NULL when the regularisation has none
    double antialias_share;   // of it now
    Contraction *contraction; // owned; NULL when the regularisation has none
    double contraction_share; // of it now
    int longest;              // samples of a segment
    int segment;              // samples of the present segments
    int trained;              // samples of the present sequences so far
    bool starting;            // the sequences begin with the next segment
};

// Mean square of the training targets after `filter`.
static double filtered_energy(const Dataset *dataset, const LossFilter *filter) {
    double sum = 0.0;
    for (int i = 0; i < dataset->count; i++) {
        const Recording *recording = &dataset->recordings[i];
        for (int k = 0; k < recording->training.count; k++) {
            Range range = recording->training.range[k];
            size_t frames = range.end - range.begin;
            sum += (double)frames * loss_energy(filter, recording->target + range.begin, frames);
        }
    }
    return sum / (double)dataset->training_frames;
}

// Each term normalised by the training target's energy in the same weighting.
static LossScale make_loss(const LossMix *mix, const Dataset *dataset) {
    const struct {
        double share;
        LossFilter filter;
    } weightings[] = {
        {mix->emphasised, loss_emphasis()},
        {mix->a_weighted, loss_a_weighting(dataset->rate)},
    };
    LossScale loss = {.plain = mix->plain / dataset->energy, .dc = mix->dc / dataset->energy};
    for (size_t i = 0; i < sizeof weightings / sizeof *weightings; i++) {
        if (weightings[i].share > 0.0) {
            const LossFilter *filter = &weightings[i].filter;
            double energy = filtered_energy(dataset, filter);
            loss.filter[loss.filters] = *filter;
            loss.factor[loss.filters++] = weightings[i].share /
                                          fmax(energy, 1e-3 * dataset->energy);
        }
    }
    return loss;
}

static bool has_noise(const Regularisation *regularisation) {
    return regularisation->noise > 0.0 || regularisation->input_dropout > 0.0;
}

// Whether there is any place for a sequence.
static bool has_room(const Dataset *dataset) {
    for (int i = 0; i < dataset->count; i++) {
        Range range = ranges_longest(&dataset->recordings[i].training);
        if (range.end - range.begin > BATCH_WARM_UP + BATCH_LENGTH) {
            return true;
        }
    }
    return false;
}

void batch_free(Batch *batch) {
    if (!batch) {
        return;
    }
    for (int i = 0; i < batch->group_count; i++) {
        batch->kernels->pass_free(batch->groups[i].pass);
        memory_free(batch->groups[i].gradient);
        memory_free(batch->groups[i].noisy);
        spectral_free(batch->groups[i].spectral);
    }
    antialias_free(batch->antialias);
    contraction_free(batch->contraction);
    batch->kernels->weights_free(batch->weights);
    memory_free(batch);
}

Status batch_new(Batch **batch, const NetworkShape *shape, const Dataset *dataset,
                 const LossMix *mix, const Regularisation *regularisation, int longest,
                 ThreadPool *pool, Diagnostic *diagnostic) {
    *batch = NULL;
    if (!has_room(dataset)) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "no recording has more than %d samples to train on in one piece",
                        BATCH_WARM_UP + BATCH_LENGTH);
    }
    Batch *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the training run");
    }
    made->dataset = dataset;
    made->kernels = pass_kernels(isa_best());
    made->pool = pool;
    made->shape = *shape;
    made->count = network_count(shape);
    made->loss = make_loss(mix, dataset);
    made->weights = made->kernels->weights_new(shape);
    made->group_count = BATCH_SEQUENCES / made->kernels->lanes;
    made->regularisation = *regularisation;
    made->longest = longest;
    bool whole = made->weights != NULL;
    if (regularisation->contraction > 0.0) {
        made->contraction = contraction_new(made->kernels, shape, dataset, BATCH_WARM_UP,
                                            BATCH_LENGTH);
        whole = whole && made->contraction;
    }
    if (regularisation->antialias) {
        made->antialias = antialias_new(made->kernels, shape, dataset);
        whole = whole && made->antialias;
    }
    bool masks = regularisation->recurrent_dropout > 0.0;
    for (int i = 0; i < made->group_count; i++) {
        Group *group = &made->groups[i];
        group->pass = made->kernels->pass_new(shape, longest, masks);
        group->gradient = memory_new(made->count, sizeof(double));
        whole = whole && group->pass && group->gradient;
        if (mix->spectral > 0.0) {
            whole = spectral_new(&group->spectral, dataset->energy, NULL) == STATUS_OK && whole;
        }
        if (has_noise(regularisation)) {
            group->noisy = memory_new((size_t)longest * PASS_MAX_LANES, sizeof(float));
            whole = whole && group->noisy;
        }
    }
    if (!whole) {
        batch_free(made);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the training run");
    }
    *batch = made;
    return STATUS_OK;
}

void batch_draw(Batch *batch, Random *random) {
    for (int i = 0; i < batch->group_count; i++) {
        for (int lane = 0; lane < batch->kernels->lanes; lane++) {
            batch->groups[i].place[lane] = dataset_draw(batch->dataset, random_uniform(random),
                                                        BATCH_WARM_UP, BATCH_LENGTH);
        }
    }
    for (int i = 0; i < batch->group_count; i++) {
        batch->groups[i].random = (Random){random_bits(random)};
    }
    if (batch->contraction) {
        contraction_draw(batch->contraction, random);
    }
    if (batch->antialias) {
        antialias_draw(batch->antialias, random);
    }
    batch->trained = 0;
    batch->starting = true;
}

void batch_restart(Batch *batch) {
    if (batch->contraction) {
        contraction_restart(batch->contraction);
    }
}

void batch_search(Batch *batch, const Network *network, Random *random) {
    batch->kernels->weights_pack(batch->weights, network);
    contraction_search(batch->contraction, batch->weights, batch->pool, random);
}

bool batch_has(const Batch *batch, int frames) {
    return (batch->trained > 0 || batch->starting) && batch->trained + frames <= BATCH_LENGTH;
}

ThreadPool *batch_pool(const Batch *batch) {
    return batch->pool;
}

void batch_set_spectral(Batch *batch, double share) {
    batch->spectral = share;
}

void batch_set_contraction(Batch *batch, double share) {
    batch->contraction_share = share;
}

void batch_set_antialias(Batch *batch, double share) {
    batch->antialias_share = share;
}

static void set_segment(Batch *batch, int frames) {
    double samples = (double)frames * BATCH_SEQUENCES;
    batch->segment = frames;
    batch->scale = batch->loss;
    batch->scale.plain /= samples;
    batch->scale.dc /= samples;
    for (int i = 0; i < batch->scale.filters; i++) {
        batch->scale.factor[i] /= samples;
    }
}

static void warm_up(Batch *batch, Group *group) {
    const float *input[PASS_MAX_LANES], *target[PASS_MAX_LANES], *knobs[PASS_MAX_LANES];
    for (int lane = 0; lane < batch->kernels->lanes; lane++) {
        const Place *place = &group->place[lane];
        input[lane] = place->recording->input + place->frame - BATCH_WARM_UP;
        target[lane] = place->recording->target + place->frame - BATCH_WARM_UP;
        knobs[lane] = place->recording->knobs;
    }
    const PassDropout dropout = {.recurrent = batch->regularisation.recurrent_dropout,
                                 .head = batch->regularisation.head_dropout,
                                 .seed = random_bits(&group->random)};
    batch->kernels->start(group->pass, knobs, &dropout);
    batch->kernels->warm(group->pass, batch->weights, &batch->scale, input, target, BATCH_WARM_UP);
}

// The segment's inputs with noise and dropped samples.
static void add_noise(const Batch *batch, Group *group, const float **input) {
    const Regularisation *r = &batch->regularisation;
    float scale = (float)(1.0 / (1.0 - r->input_dropout));
    for (int lane = 0; lane < batch->kernels->lanes; lane++) {
        float *to = group->noisy + (ptrdiff_t)lane * batch->longest;
        for (int t = 0; t < batch->segment; t++) {
            float x = input[lane][t] + (float)(r->noise * random_normal(&group->random));
            bool drop = r->input_dropout > 0.0 && random_uniform(&group->random) < r->input_dropout;
            to[t] = drop ? 0.0f : x * scale;
        }
        input[lane] = to;
    }
}

static void train_group(Batch *batch, int index) {
    Group *group = &batch->groups[index];
    const float *input[PASS_MAX_LANES], *target[PASS_MAX_LANES];
    if (batch->starting) {
        warm_up(batch, group);
    }
    for (int lane = 0; lane < batch->kernels->lanes; lane++) {
        Place *place = &group->place[lane];
        input[lane] = place->recording->input + place->frame;
        target[lane] = place->recording->target + place->frame;
        place->frame += (size_t)batch->segment;
    }
    if (group->noisy) {
        add_noise(batch, group, input);
    }
    LossScale scale = batch->scale;
    scale.spectral = batch->spectral > 0.0 ? group->spectral : NULL;
    scale.spectral_factor = batch->spectral / BATCH_SEQUENCES;
    group->loss = batch->kernels->train(group->pass, batch->weights, &scale, input, target,
                                        batch->segment);
    memset(group->gradient, 0, batch->count * sizeof(double));
    Network gradient = network_at(&batch->shape, group->gradient);
    batch->kernels->gradient(group->pass, &gradient);
}

// The groups of all terms are jobs of one pool, one term's after the other's.
typedef struct Step {
    Batch *batch;
    int contracting, purifying; // groups of these
} Step;

static void run_job(void *context, int index) {
    const Step *step = context;
    Batch *batch = step->batch;
    int other = index - batch->group_count;
    if (other < 0) {
        train_group(batch, index);
    } else if (other < step->contracting) {
        contraction_train(batch->contraction, other, batch->weights, batch->segment);
    } else {
        antialias_train(batch->antialias, other - step->contracting, batch->weights,
                        batch->segment);
    }
}

double batch_train(Batch *batch, const Network *network, int frames, double *gradient) {
    if (frames != batch->segment) {
        set_segment(batch, frames);
    }
    batch->kernels->weights_pack(batch->weights, network);
    Step step = {.batch = batch};
    step.contracting = batch->contraction_share > 0.0 ? contraction_groups(batch->contraction) : 0;
    step.purifying = batch->antialias_share > 0.0 ? antialias_groups(batch->antialias) : 0;
    thread_pool_run(batch->pool, run_job, &step,
                    batch->group_count + step.contracting + step.purifying);
    batch->starting = false;
    batch->trained += frames;
    memset(gradient, 0, batch->count * sizeof(double));
    double loss = 0.0;
    for (int i = 0; i < batch->group_count; i++) { // always in this order: same bytes
        for (size_t k = 0; k < batch->count; k++) {
            gradient[k] += batch->groups[i].gradient[k];
        }
        loss += batch->groups[i].loss;
    }
    if (step.purifying > 0) {
        antialias_add(batch->antialias, batch->antialias_share, gradient);
    }
    if (step.contracting > 0) {
        contraction_add(batch->contraction, batch->contraction_share, gradient);
    }
    return loss;
}
