// SPDX-License-Identifier: ISC
// The recording is divided into as many parts as there are to be stretches, and each part gives
// one. Where in its part a stretch lies is chosen by coordinate descent: one after the other is put
// where the counts of what sounds in all stretches come closest to those of the whole recording.
#include "training/data/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "training/data/moments.h"

#define VALIDATION_MOST 20.0 // s at most
#define STRETCH_LEAST 2.0    // s

#define ROW 12.0 // dB of a row of counts

enum {
    OCTAVES = 9, // three bands each
    ROWS = 6,    // the lowest one has all that is softer
    KINDS = 2,   // struck or not
    LEVELS = KINDS * OCTAVES * ROWS,
    CELLS = 2 * LEVELS, // of all octaves, and of the strongest ones
    SWEEPS = 3,         // over all parts
};

// Which cells a moment counts in: that of each octave's level, and, as much as all of these, that
// of the strongest one's. Silence counts nowhere.
typedef struct Sound {
    int cell[OCTAVES + 1];
    bool silent;
} Sound;

// One part of a recording, and the stretch in it that is held out.
typedef struct Part {
    size_t begin, end; // in usable frames from the first on
    size_t stretch;    // frame of the recording that its stretch begins at
    bool found;        // there is room for one
} Part;

typedef struct Search {
    const Ranges *usable;
    size_t step, length; // frames between two places, of a stretch
    int count;           // of moments
    Sound *sound;        // [count], owned
    double whole[CELLS]; // share of the usable moments
    int parts;
    Part part[SPLIT_STRETCHES];
} Search;

// ---- What sounds ----

static int row_of(double level) {
    return ROWS - 1 + (int)fmin(fmax(ceil(level / ROW), 1.0 - ROWS), 0.0);
}

static Sound sound_of(const Moment *moment) {
    Sound sound;
    int first = moment->kind == MOMENT_STRUCK ? OCTAVES * ROWS : 0, strongest = 0;
    double most = -INFINITY;
    for (int octave = 0; octave < OCTAVES; octave++) {
        double level = moments_between(moment, 3 * octave, 3 * octave + 3);
        sound.cell[octave] = first + octave * ROWS + row_of(level);
        strongest = level > most ? octave : strongest;
        most = fmax(most, level);
    }
    sound.cell[OCTAVES] = LEVELS + first + strongest * ROWS + row_of(most);
    sound.silent = moment->kind == MOMENT_SILENT;
    return sound;
}

static Status listen(Search *search, const Splittable *whole, Diagnostic *diagnostic) {
    Moments moments;
    Status status = moments_find(&moments, whole->input, whole->frames, whole->rate, 0.0,
                                 diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    search->step = moments.step;
    search->count = moments.count;
    search->sound = memory_new((size_t)moments.count + 1, sizeof *search->sound);
    if (!search->sound) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to split a recording");
    }
    for (int i = 0; i < moments.count && search->sound; i++) {
        search->sound[i] = sound_of(&moments.moment[i]);
    }
    moments_clear(&moments);
    return status;
}

// Adds `weight` for each moment whose middle lies in a range.
static void count_range(const Search *search, Range range, double weight, double counts[CELLS]) {
    size_t half = search->step / 2;
    size_t first = (range.begin + search->step - 1 - half) / search->step;
    for (size_t i = first; i < (size_t)search->count && i * search->step + half < range.end; i++) {
        const Sound *sound = &search->sound[i];
        for (int k = 0; k <= OCTAVES && !sound->silent; k++) {
            counts[sound->cell[k]] += k < OCTAVES ? weight : OCTAVES * weight;
        }
    }
}

// ---- Where stretches lie ----

// The frame of the recording that usable frame `at` is, if `length` frames from there on are
// usable, too.
static bool find_place(const Search *search, size_t at, size_t length, size_t *frame) {
    for (int i = 0; i < search->usable->count; i++) {
        Range range = search->usable->range[i];
        size_t frames = range.end - range.begin;
        if (at < frames) {
            *frame = range.begin + at;
            return at + length <= frames;
        }
        at -= frames;
    }
    return false;
}

// Shares of what sounds in all stretches but that of `part`.
static void count_others(const Search *search, int part, double weight, double counts[CELLS]) {
    memset(counts, 0, CELLS * sizeof *counts);
    for (int i = 0; i < search->parts; i++) {
        size_t begin = search->part[i].stretch;
        if (i != part && search->part[i].found) {
            count_range(search, (Range){begin, begin + search->length}, weight, counts);
        }
    }
}

static double distance(const double a[CELLS], const double b[CELLS]) {
    double sum = 0.0;
    for (int i = 0; i < CELLS; i++) {
        sum += fabs(a[i] - b[i]);
    }
    return sum;
}

// Moves the stretch of a part to where it serves best: the first of equal places.
static void place_stretch(Search *search, int index) {
    Part *part = &search->part[index];
    double others[CELLS], counts[CELLS], least = INFINITY;
    double weight = (double)search->step / (double)(search->length * (size_t)search->parts);
    size_t frame = 0;
    count_others(search, index, weight, others);
    for (size_t at = part->begin; at + search->length <= part->end; at += search->step) {
        if (find_place(search, at, search->length, &frame)) {
            memcpy(counts, others, sizeof counts);
            count_range(search, (Range){frame, frame + search->length}, weight, counts);
            double far = distance(counts, search->whole);
            if (far < least) {
                least = far;
                part->stretch = frame;
                part->found = true;
            }
        }
    }
}

static void place_all(Search *search) {
    size_t usable = ranges_frames(search->usable);
    double weight = (double)search->step / (double)usable;
    for (int i = 0; i < search->usable->count; i++) {
        count_range(search, search->usable->range[i], weight, search->whole);
    }
    for (int i = 0; i < search->parts; i++) {
        search->part[i] = (Part){.begin = usable * (size_t)i / (size_t)search->parts,
                                 .end = usable * (size_t)(i + 1) / (size_t)search->parts};
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int i = 0; i < search->parts; i++) {
            place_stretch(search, i);
        }
    }
}

// ---- The split ----

// What is held out becomes what is not trained on.
static void hold_out(Split *split, Range stretch) {
    Ranges *held = &split->held_out;
    if (held->count < RANGES_MOST && ranges_cut(&split->training, stretch)) {
        held->range[held->count++] = stretch;
    }
}

// The end of the last usable range that is long enough, or of the longest one.
static Range last_stretch(const Ranges *usable, size_t length) {
    Range last = ranges_longest(usable);
    for (int i = 0; i < usable->count; i++) {
        Range range = usable->range[i];
        last = range.end - range.begin >= 2 * length ? range : last;
    }
    size_t half = (last.end - last.begin) / 2;
    return (Range){last.end - (length < half ? length : half), last.end};
}

static Status spread(Split *split, const Splittable *whole, size_t held, int stretches,
                     Diagnostic *diagnostic) {
    Search search = {
        .usable = &whole->usable, .parts = stretches, .length = held / (size_t)stretches};
    Status status = listen(&search, whole, diagnostic);
    if (status == STATUS_OK) {
        place_all(&search);
    }
    for (int i = 0; i < stretches && status == STATUS_OK; i++) {
        size_t begin = search.part[i].stretch;
        if (search.part[i].found) {
            hold_out(split, (Range){begin, begin + search.length});
        }
    }
    memory_free(search.sound);
    return status;
}

Status split_by_sound(Split *split, const Splittable *whole, Diagnostic *diagnostic) {
    double frames = (double)ranges_frames(&whole->usable);
    size_t held = (size_t)fmin(frames * SPLIT_SHARE, VALIDATION_MOST * whole->rate);
    int stretches = (int)fmin((double)held / (STRETCH_LEAST * whole->rate), SPLIT_STRETCHES);
    Status status = STATUS_OK;
    *split = (Split){.training = whole->usable};
    if (stretches > 1) {
        status = spread(split, whole, held, stretches, diagnostic);
    }
    if (status == STATUS_OK && split->held_out.count == 0 && held > 0) {
        hold_out(split, last_stretch(&whole->usable, held));
    }
    return status;
}
