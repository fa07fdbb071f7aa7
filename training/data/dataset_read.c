// SPDX-License-Identifier: ISC
// Holds each file once and copies none.

#include "training/data/dataset_read.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/path.h"
#include "dsp/files/atomic_file.h"
#include "training/data/align.h"
#include "training/data/checks_device.h"
#include "training/data/checks_recorder.h"
#include "training/data/coverage.h"
#include "training/data/gain.h"
#include "training/data/signals.h"
#include "training/data/source_find.h"

#define SHORTEST 30.0        // s, of a pair that stands alone
#define SHORTEST_OF_MANY 5.0 // s, of each of several
#define SHORTEST_TEST 1.0    // s, of a pair that is only for tests
#define SHORTEST_ALIGNED 4.0 // s in which a delay can be found
#define SILENT 1e-6          // peak of what cannot be aligned
#define SAME_TAKE 32.0       // samples that the peaks of pairs recorded in one go may differ by

typedef struct Load {
    Dataset *dataset;
    const Source *source;
    const DatasetOptions *options;
    ThreadPool *pool;
    Audio *inputs;  // [count]; the samples belong to the recordings
    Audio *targets; // the same
    double peak;    // of the first pair's alignment
    Diagnostic *diagnostic;
} Load;

// A pair on its way in.
typedef struct Loading {
    const SourcePair *from;
    Recording *to;
    const Audio *input, *target; // at the level that is trained at
    float *replaced;             // the target's samples, once others have taken their place; owned
    CheckedFile dry, wet;
    Pair pair;    // what is made of them: repaired, or as they are
    double drift; // samples between the first and the last third that were taken out; NaN: unknown
    Alignment alignment;
} Loading;

static Loading loading_of(Load *load, int index) {
    const SourcePair *from = &load->source->pairs[index];
    const Audio *input = &load->inputs[index], *target = &load->targets[index];
    const int *channel = load->options->channel;
    return (Loading){
        .from = from,
        .to = &load->dataset->recordings[index],
        .input = input,
        .target = target,
        .dry = {from->input, input, channel[0] > 0},
        .wet = {from->target, target, channel[1] > 0},
        .pair = {input->rate, input->samples, input->frames, target->samples, target->frames}};
}

// Reads the input, or takes it from an earlier pair.
static Status read_input(Load *load, int index) {
    const SourcePair *pairs = load->source->pairs;
    for (int i = 0; i < index; i++) {
        if (strcmp(pairs[i].input, pairs[index].input) == 0) {
            load->inputs[index] = load->inputs[i];
            return STATUS_OK;
        }
    }
    Audio *input = &load->inputs[index];
    Status status = audio_file_read_channel(input, pairs[index].input, load->options->channel[0],
                                            load->diagnostic);
    load->dataset->recordings[index].input_memory = input->samples;
    load->dataset->recordings[index].input_length = input->frames;
    return status;
}

static Status refused(Load *load, const Checks *checks) {
    const Check *refusal = checks_refusal(checks);
    if (!refusal || load->options->force || load->options->checks_only) {
        return STATUS_OK;
    }
    return diagnose(load->diagnostic, STATUS_BAD_AUDIO, "%s", refusal->text);
}

static bool can_be_aligned(const Loading *loading) {
    const Checks *checks = &loading->to->checks;
    size_t least = (size_t)(SHORTEST_ALIGNED * loading->input->rate);
    if (loading->input->frames < least || loading->target->frames < least ||
        loading->input->rate != loading->target->rate ||
        checks_find(checks, "identical")->verdict == VERDICT_REFUSE) {
        return false;
    }
    for (int i = 0; i < checks->count; i++) {
        if (strcmp(checks->check[i].id, "silent") == 0 &&
            checks->check[i].value < decibels_of_amplitude(SILENT)) {
            return false;
        }
    }
    return true;
}

static Status find_delay(Load *load, Loading *loading, int index, const Pair *pair) {
    const DatasetOptions *options = load->options;
    Alignment *alignment = &loading->alignment;
    DelayFits *fits = !options->latency_given && index == 0 ? options->fits : NULL;
    Status status = align(alignment, pair, fits, options->late, load->pool, load->diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    if (options->latency_given) {
        alignment->delay = options->latency;
        bool room = labs((long)options->latency) < (long)pair->input_frames / 2;
        return options->fits && room ? align_try(alignment, pair, options->latency, options->fits,
                                                 load->pool, load->diagnostic)
                                     : STATUS_OK;
    }
    if (index == 0) {
        load->peak = alignment->peak;
    } else if (fabs(alignment->peak - load->peak) <= SAME_TAKE) {
        // Recorded in one go: the knobs shift the peak, but not the converters' delay.
        alignment->delay = load->dataset->recordings[0].latency;
    } else if (options->fits) {
        return align(alignment, pair, options->fits, options->late, load->pool, load->diagnostic);
    }
    return STATUS_OK;
}

// Takes the delay out: the recording's samples lie side by side.
static Status cut(Load *load, Loading *loading, int delay) {
    size_t late = delay > 0 ? (size_t)delay : 0, early = delay < 0 ? -(size_t)delay : 0;
    size_t dry = loading->pair.input_frames, wet = loading->pair.target_frames;
    if (late >= wet || early >= dry) {
        return diagnose(load->diagnostic, STATUS_BAD_ARGUMENT,
                        "%s: nothing is left when %d samples are taken out", loading->wet.name,
                        delay);
    }
    Recording *to = loading->to;
    to->latency = delay;
    to->input = loading->pair.input + early;
    to->target = loading->pair.target + late;
    to->frames = dry - early < wet - late ? dry - early : wet - late;
    return STATUS_OK;
}

// Finds what happened to the time of the pair, mends it, and leaves out what is of no use.
static Status repair(Load *load, Loading *loading) {
    Recording *to = loading->to;
    Pair *pair = &loading->pair;
    Timing timing;
    Gaps gaps[2];
    Repair made = {0};
    Status status = timing_find(&timing, pair, load->pool, load->diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    gaps_find(gaps, pair, lround(timing.delay));
    bool nam = checks_nam_layout(pair->input, pair->input_frames, pair->rate);
    status = repair_make(&made, pair, &timing, gaps, nam, load->diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    loading->drift = timing.judged ? timing.drift * (double)pair->target_frames * 2.0 / 3.0 : NAN;
    checks_recorder(&to->checks, &loading->dry, &loading->wet, &timing, gaps, &made);
    if (made.done) {
        to->repaired_memory = made.input;
        to->repaired_length = made.input_frames;
        loading->replaced = to->target_memory;
        to->target_memory = made.target;
        to->target_length = made.target_frames;
        *pair = (Pair){pair->rate, made.input, made.input_frames, made.target, made.target_frames};
        to->cuts = made.cuts;
        memcpy(to->cut, made.cut, sizeof to->cut);
    }
    return STATUS_OK;
}

// Nothing is learnt or judged across the places where something was left out in the midst of sound.
static void mark_joints(Recording *recording) {
    size_t early = recording->latency < 0 ? (size_t)-recording->latency : 0;
    Ranges *unusable = &recording->unusable;
    for (int i = 0; i < recording->cuts && unusable->count < RANGES_MOST; i++) {
        const Cut *cut = &recording->cut[i];
        size_t at = cut->at > early ? cut->at - early : 0;
        if (!cut->silent && at > 0 && at < recording->frames) {
            unusable->range[unusable->count++] = (Range){at - 1, at + 1};
        }
    }
}

// What of the pair can be told only once it is aligned.
static Status check_aligned(Load *load, Loading *loading) {
    Recording *to = loading->to;
    Pair pair = {loading->pair.rate, to->input, to->frames, to->target, to->frames};
    Status status = checks_device(&to->checks, &pair, to->latency, loading->wet.name,
                                  load->diagnostic);
    return status == STATUS_OK ? checks_disturbances(&to->checks, &pair, loading->wet.name, to->cut,
                                                     to->cuts, to->latency, load->diagnostic)
                               : status;
}

static Status align_and_check(Load *load, Loading *loading, int index) {
    Checks *checks = &loading->to->checks;
    bool aligned = can_be_aligned(loading);
    Status status = aligned ? repair(load, loading) : STATUS_OK;
    loading->alignment.delay = load->options->latency_given ? load->options->latency
                               : index > 0                  ? load->dataset->recordings[0].latency
                                                            : 0;
    if (status == STATUS_OK && aligned) {
        status = find_delay(load, loading, index, &loading->pair);
        if (status == STATUS_OK) {
            checks_timing(checks, &loading->dry, &loading->wet, &loading->alignment,
                          load->options->latency_given, loading->drift);
        }
    }
    if (status == STATUS_OK) {
        status = cut(load, loading, loading->alignment.delay);
    }
    if (status == STATUS_OK) {
        mark_joints(loading->to);
    }
    if (status == STATUS_OK && aligned) {
        status = check_aligned(load, loading);
    }
    return status == STATUS_OK ? refused(load, checks) : status;
}

// Seconds that a pair must have.
static double least_of(const Load *load, int index) {
    int trained = load->dataset->count;
    return index >= trained ? SHORTEST_TEST : trained == 1 ? SHORTEST : SHORTEST_OF_MANY;
}

// Test signals at the start, which the network shall not learn. A recording that is little else
// keeps them.
static Status find_signals(Load *load, Recording *recording, const char *name) {
    double rate = load->dataset->rate;
    size_t end = 0;
    if (load->options->keep_signals) {
        return STATUS_OK;
    }
    Status status = signals_find(&end, recording->input, recording->frames, (int)rate,
                                 load->diagnostic);
    if (status == STATUS_OK && end > 0 && end <= recording->frames / 2) {
        recording->signals = end;
        checks_add(&recording->checks, "signals", VERDICT_OK, (double)end / rate, "s",
                   "%s: test signals up to %.1f s, which are not trained on", name,
                   (double)end / rate);
    }
    return status;
}

// Reads a pair, and looks at what each file holds.
static Status read_pair(Load *load, int index) {
    Dataset *dataset = load->dataset;
    Audio *target = &load->targets[index];
    Status status = read_input(load, index);
    if (status == STATUS_OK) {
        status = audio_file_read_channel(target, load->source->pairs[index].target,
                                         load->options->channel[1], load->diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    Loading loading = loading_of(load, index);
    Recording *to = loading.to;
    to->target_memory = target->samples;
    to->target_length = target->frames;
    memcpy(to->knobs, loading.from->knobs, sizeof to->knobs);
    snprintf(to->name, sizeof to->name, "%s", path_name(loading.from->target));
    if (index == 0) {
        dataset->rate = loading.input->rate;
    } else if (loading.input->rate != dataset->rate) {
        return diagnose(load->diagnostic, STATUS_BAD_AUDIO,
                        "%s: %d Hz, but %s has %d Hz; all recordings of a model must have the same",
                        loading.dry.name, loading.input->rate, load->source->pairs[0].input,
                        dataset->rate);
    }
    checks_files(&to->checks, &loading.dry, &loading.wet);
    status = refused(load, &to->checks);
    if (status == STATUS_OK) {
        checks_sound(&to->checks, &loading.dry, &loading.wet, least_of(load, index));
        status = refused(load, &to->checks);
    }
    return status;
}

// Rounding a target to whole steps is noise of a twelfth of their square.
static void tell_rounding(Load *load, int index, double step) {
    Checks *checks = &load->dataset->recordings[index].checks;
    const Audio *target = &load->targets[index];
    double power = level_mean_square(target->samples, target->frames);
    checks->least = power > 0.0 ? step * step / 12.0 / power : 0.0;
    checks_tell_noise(checks, load->source->pairs[index].target, checks->least);
}

// Brings all inputs, and all targets, to the level that is trained at. Tests follow.
static void bring_to_level(Load *load) {
    Dataset *dataset = load->dataset;
    Gain input = gain_find(load->inputs, dataset->count, GAIN_INPUT);
    Gain target = gain_find(load->targets, dataset->count, GAIN_TARGET);
    for (int i = 0; i < dataset->count + dataset->tests; i++) {
        const Recording *recording = &dataset->recordings[i];
        if (i < dataset->count) {
            tell_rounding(load, i, target.step);
            gain_apply(&input, recording->input_memory, recording->input_length);
            gain_apply(&target, recording->target_memory, recording->target_length);
        } else {
            gain_scale(input.factor, recording->input_memory, recording->input_length);
            gain_scale(target.factor, recording->target_memory, recording->target_length);
        }
    }
    dataset->input_gain = decibels_of_amplitude(input.factor);
    dataset->target_gain = decibels_of_amplitude(target.factor);
}

// Puts the sides of a pair together, and looks at how they belong together.
static Status join_pair(Load *load, int index) {
    Dataset *dataset = load->dataset;
    Loading loading = loading_of(load, index);
    Recording *to = loading.to;
    Status status = align_and_check(load, &loading, index);
    if (status == STATUS_OK && index < dataset->count) {
        status = find_signals(load, to, loading.from->input);
    }
    memory_free(loading.replaced);
    if (status == STATUS_OK && index < dataset->count) {
        status = dataset_split(to, dataset->rate, loading.from->split, load->diagnostic);
    }
    return status;
}

// The knobs' ranges are those of the recordings.
static Status take_knobs(Load *load) {
    Dataset *dataset = load->dataset;
    dataset->knobs = load->source->knobs;
    for (int k = 0; k < dataset->knobs; k++) {
        Knob *knob = &dataset->knob[k];
        snprintf(knob->name, sizeof knob->name, "%s", load->source->knob_name[k]);
        knob->minimum = knob->maximum = dataset->recordings[0].knobs[k];
        for (int i = 1; i < dataset->count; i++) {
            knob->minimum = fminf(knob->minimum, dataset->recordings[i].knobs[k]);
            knob->maximum = fmaxf(knob->maximum, dataset->recordings[i].knobs[k]);
        }
        knob->initial = 0.5f * (knob->minimum + knob->maximum);
        if (!(knob->minimum < knob->maximum)) {
            return diagnose(load->diagnostic, STATUS_BAD_ARGUMENT,
                            "knob '%s' stands at %g in all recordings; turn it in some, or leave "
                            "out its column",
                            knob->name, (double)knob->minimum);
        }
    }
    return STATUS_OK;
}

// With nothing held out by name, parts of each pair are.
static Status hold_out(Load *load) {
    Dataset *dataset = load->dataset;
    int held = dataset_held_out_count(dataset);
    Status status = STATUS_OK;
    for (int i = 0; held == 0 && i < dataset->count && status == STATUS_OK; i++) {
        status = dataset_split(&dataset->recordings[i], dataset->rate, SPLIT_AUTO,
                               load->diagnostic);
    }
    return status;
}

// The figures over all recordings; what is wrong with them is one more check if that is wanted.
static Status finish(Load *load) {
    const DatasetOptions *options = load->options;
    Dataset *dataset = load->dataset;
    Status status = dataset_finish(dataset, options->force, load->diagnostic);
    if (status != STATUS_BAD_AUDIO || !options->checks_only) {
        return status;
    }
    for (int i = 0; i < dataset->count; i++) {
        if (checks_refusal(&dataset->recordings[i].checks)) {
            return STATUS_OK; // the cause, most likely
        }
    }
    checks_add(&dataset->recordings[0].checks, "enough", VERDICT_REFUSE, NAN, "", "%s",
               load->diagnostic->text);
    return STATUS_OK;
}

static Status measure_coverage(Load *load) {
    Dataset *dataset = load->dataset;
    dataset->coverage = memory_new(1, sizeof *dataset->coverage);
    return dataset->coverage
               ? coverage_measure(dataset->coverage, dataset, load->diagnostic)
               : diagnose(load->diagnostic, STATUS_NO_MEMORY, "no memory for the coverage");
}

static Status load_all(Load *load) {
    const Source *source = load->source;
    load->inputs = memory_new((size_t)source->count, sizeof *load->inputs);
    load->targets = memory_new((size_t)source->count, sizeof *load->targets);
    if (!load->inputs || !load->targets) {
        return diagnose(load->diagnostic, STATUS_NO_MEMORY, "no memory for the recordings");
    }
    Status status = dataset_room(load->dataset, source->count, load->diagnostic);
    if (status == STATUS_OK) {
        load->dataset->count -= source->tests;
        load->dataset->tests = source->tests;
    }
    for (int i = 0; i < source->count && status == STATUS_OK; i++) {
        status = read_pair(load, i);
    }
    if (status == STATUS_OK) {
        bring_to_level(load);
    }
    for (int i = 0; i < source->count && status == STATUS_OK; i++) {
        status = join_pair(load, i);
    }
    if (status == STATUS_OK) {
        status = take_knobs(load);
    }
    if (status == STATUS_OK) {
        status = hold_out(load);
    }
    if (status == STATUS_OK) {
        status = finish(load);
    }
    if (status == STATUS_OK && load->dataset->training_frames > 0) {
        status = measure_coverage(load);
    }
    return status;
}

// Of a list the list itself, and all recordings.
static Status spare_files(const Source *source, const char *const *paths, int count,
                          const char *output, Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    for (int i = 0; i < count && status == STATUS_OK; i++) {
        status = atomic_file_spares(output, paths[i], diagnostic);
    }
    for (int i = 0; i < source->count && status == STATUS_OK; i++) {
        status = atomic_file_spares(output, source->pairs[i].input, diagnostic);
        if (status == STATUS_OK) {
            status = atomic_file_spares(output, source->pairs[i].target, diagnostic);
        }
    }
    return status;
}

Status dataset_read(Dataset *dataset, const char *const *paths, int count,
                    const DatasetOptions *options, Diagnostic *diagnostic) {
    *dataset = (Dataset){0};
    Source source;
    Load load = {dataset, &source, options, NULL, NULL, NULL, 0.0, diagnostic};
    Status status = source_find(&source, paths, count, diagnostic);
    if (status == STATUS_OK && options->test_input) {
        status = source.knobs > 0 ? diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                                             "%s: name test pairs in the list, with the positions "
                                             "of their knobs, not by --test-input",
                                             paths[0])
                                  : source_add_test(&source, options->test_input,
                                                    options->test_target, diagnostic);
    }
    if (status == STATUS_OK && options->output) {
        status = spare_files(&source, paths, count, options->output, diagnostic);
    }
    if (status == STATUS_OK) {
        status = thread_pool_new(&load.pool, options->threads, diagnostic);
    }
    if (status == STATUS_OK) {
        status = load_all(&load);
    }
    memory_free(load.inputs);
    memory_free(load.targets);
    thread_pool_free(load.pool);
    source_clear(&source);
    if (status != STATUS_OK) {
        dataset_clear(dataset);
    }
    return status;
}
