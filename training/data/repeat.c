// SPDX-License-Identifier: ISC
// Fingerprints of short windows are kept for every half second; then a window slides over all of
// the recording, and where its fingerprint (Karp & Rabin 1987) is known, both sides are compared.
#include "training/data/repeat.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "dsp/base/memory.h"

enum { WINDOW = 64 };

static const uint64_t base = 0x9E3779B97F4A7C15u; // odd: no bit of a sample is lost

typedef struct Slot {
    uint64_t fingerprint;
    size_t at; // frame of the window, plus 1; 0: empty
} Slot;

typedef struct Search {
    const float *samples;
    size_t frames;
    size_t second; // frames of a second
    Slot *slots;   // [mask + 1], owned
    size_t mask;
} Search;

static uint64_t bits(float sample) {
    uint32_t pattern = 0;
    memcpy(&pattern, &sample, sizeof pattern);
    return pattern;
}

static uint64_t fingerprint(const float *samples) {
    uint64_t sum = 0;
    for (int i = 0; i < WINDOW; i++) {
        sum = sum * base + bits(samples[i]);
    }
    return sum;
}

// Whether a window is more than silence or a held value.
static bool has_signal(const float *samples) {
    int changes = 0;
    for (int i = 1; i < WINDOW; i++) {
        changes += samples[i] != samples[i - 1];
    }
    return changes > WINDOW / 2;
}

static Slot *find_slot(const Search *search, uint64_t print) {
    size_t i = (size_t)(print >> 20) & search->mask;
    while (search->slots[i].at > 0 && search->slots[i].fingerprint != print) {
        i = (i + 1) & search->mask;
    }
    return &search->slots[i];
}

static Status make_slots(Search *search, Diagnostic *diagnostic) {
    size_t step = search->second / 2, room = 64;
    while (room < 4 * (search->frames / step + 1)) {
        room *= 2;
    }
    search->mask = room - 1;
    search->slots = memory_new(room, sizeof *search->slots);
    if (!search->slots) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to look for repeated sections");
    }
    for (size_t at = 0; at + WINDOW <= search->frames; at += step) {
        if (has_signal(search->samples + at)) {
            uint64_t print = fingerprint(search->samples + at);
            Slot *slot = find_slot(search, print);
            if (slot->at == 0) { // the first of equal ones stays
                *slot = (Slot){print, at + 1};
            }
        }
    }
    return STATUS_OK;
}

// The section about two equal windows, the earlier one at `a`.
static Repeat widen(const Search *search, size_t a, size_t b) {
    size_t before = 0, after = 0, apart = b - a;
    while (before < a &&
           bits(search->samples[a - before - 1]) == bits(search->samples[b - before - 1])) {
        before++;
    }
    while (b + after < search->frames &&
           bits(search->samples[a + after]) == bits(search->samples[b + after])) {
        after++;
    }
    size_t length = before + after;
    return (Repeat){a - before, b - before, length < apart ? length : apart};
}

static Repeat slide(const Search *search) {
    Repeat best = {0};
    uint64_t oldest = 1; // weight of the sample that leaves the window
    for (int i = 1; i < WINDOW; i++) {
        oldest *= base;
    }
    uint64_t print = fingerprint(search->samples);
    size_t at = 0;
    while (at + WINDOW < search->frames) {
        const Slot *slot = find_slot(search, print);
        if (slot->at > 0 && at >= slot->at - 1 + search->second &&
            memcmp(search->samples + slot->at - 1, search->samples + at, WINDOW * sizeof(float)) ==
                0) {
            Repeat found = widen(search, slot->at - 1, at);
            if (found.frames >= search->second && found.frames > best.frames) {
                best = found;
            }
            size_t end = found.second + found.frames;
            if (end > at + WINDOW && end + WINDOW < search->frames) { // all of it is known now
                at = end;
                print = fingerprint(search->samples + at);
                continue;
            }
        }
        print = (print - bits(search->samples[at]) * oldest) * base +
                bits(search->samples[at + WINDOW]);
        at++;
    }
    return best;
}

Status repeat_find(Repeat *repeat, const float *samples, size_t frames, int rate,
                   Diagnostic *diagnostic) {
    *repeat = (Repeat){0};
    Search search = {.samples = samples, .frames = frames, .second = (size_t)rate};
    if (rate < 2 * WINDOW || frames < 2 * search.second) {
        return STATUS_OK;
    }
    Status status = make_slots(&search, diagnostic);
    if (status == STATUS_OK) {
        *repeat = slide(&search);
    }
    memory_free(search.slots);
    return status;
}
