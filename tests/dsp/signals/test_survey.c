// SPDX-License-Identifier: ISC
// The sections that devices are learned by: what two hands can play, over all that a guitar and a
// bass have.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/signals/survey.h"

// What of a survey of three minutes is there.
typedef struct Found {
    double lowest, highest; // pitches
    double softest, loudest;
    int muted, bent, wavering, dull, rests;
    double longest; // note, s
    int together;   // most notes that sound at once
    double lowest_coil, highest_coil, most_drive;
    double seconds;
} Found;

static int sounding(const Score *score, double time) {
    int count = 0;
    for (size_t i = 0; i < score->count; i++) {
        const Pluck *pluck = &score->plucks[i];
        count += pluck->start <= time && pluck->start + pluck->length > time;
    }
    return count;
}

static void look_at(Found *found, const Pluck *pluck) {
    found->lowest = fmin(found->lowest, pluck->pitch);
    found->highest = fmax(found->highest, pluck->pitch);
    found->muted += pluck->muted;
    found->bent += pluck->bend > 0.0;
    found->wavering += pluck->vibrato > 0.0;
    found->dull += pluck->tone > 0.0;
    found->longest = fmax(found->longest, pluck->length);
}

static void survey(Found *found, uint64_t seed) {
    *found = (Found){.lowest = 100.0, .loudest = -100.0, .lowest_coil = 1e6};
    for (int number = 0; found->seconds < 180.0; number++) {
        SurveySection section;
        double last[SCORE_STRINGS] = {0.0};
        assert_int_equal(survey_section(&section, number, seed, NULL), STATUS_OK);
        const Score *score = &section.score;
        for (size_t i = 0; i < score->count; i++) {
            const Pluck *pluck = &score->plucks[i];
            assert_in_range(pluck->string, 0, SCORE_STRINGS - 1);
            assert_true(pluck->start >= last[pluck->string] && pluck->start < section.seconds);
            last[pluck->string] = pluck->start; // in order on each string
            assert_true(pluck->length > 0.0 && pluck->level > 0.0 && pluck->level <= 1.0);
            look_at(found, pluck);
            int now = sounding(score, pluck->start);
            found->together = now > found->together ? now : found->together;
        }
        assert_true(section.seconds > 1.0 && section.level <= 0.0);
        found->softest = fmin(found->softest, section.level);
        found->loudest = fmax(found->loudest, section.level);
        found->rests += score->count == 0;
        found->lowest_coil = fmin(found->lowest_coil, score->coil);
        found->highest_coil = fmax(found->highest_coil, score->coil);
        found->most_drive = fmax(found->most_drive, section.drive);
        found->seconds += section.seconds;
        assert_int_equal(score->count == 0, number % SURVEY_KINDS == SURVEY_KINDS - 1);
        score_clear(&section.score);
    }
}

// Low B of a bass is 23, the 24th fret of a guitar 88.
static void all_of_the_neck_is_there(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        Found found;
        survey(&found, seed);
        print_message("%.2f to %.2f, %d muted, %d bent, %d dull, %d at once\n", found.lowest,
                      found.highest, found.muted, found.bent, found.dull, found.together);
        assert_true(found.lowest > 22.9 && found.lowest < 24.1);
        assert_true(found.highest > 86.9 && found.highest < 88.1);
        assert_true(found.muted > 50 && found.bent > 5 && found.wavering > 3 && found.dull > 10);
        assert_true(found.together >= 6 && found.longest > 3.5 && found.rests >= 3);
        assert_true(found.loudest == 0.0 && found.softest == -38.0);
        assert_true(found.lowest_coil == 2500.0 && found.highest_coil == 6500.0);
        assert_true(found.most_drive == 12.0);
    }
}

static void a_seed_gives_the_same_sections(void **state) {
    (void)state;
    for (int number = 0; number < SURVEY_KINDS - 1; number++) {
        SurveySection first, second, other;
        assert_int_equal(survey_section(&first, number, 5, NULL), STATUS_OK);
        assert_int_equal(survey_section(&second, number, 5, NULL), STATUS_OK);
        assert_int_equal(survey_section(&other, number, 6, NULL), STATUS_OK);
        assert_int_equal(first.score.count, second.score.count);
        for (size_t i = 0; i < first.score.count; i++) {
            assert_true(first.score.plucks[i].start == second.score.plucks[i].start);
            assert_true(first.score.plucks[i].pitch == second.score.plucks[i].pitch);
        }
        assert_true(first.score.plucks[0].pitch != other.score.plucks[0].pitch);
        score_clear(&first.score);
        score_clear(&second.score);
        score_clear(&other.score);
    }
}

static void short_memory_is_told(void **state) {
    (void)state;
    SurveySection section;
    memory_fail_after(0);
    assert_int_equal(survey_section(&section, 0, 1, NULL), STATUS_NO_MEMORY);
    memory_fail_after(-1);
    assert_null(section.score.plucks);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_the_neck_is_there),
        cmocka_unit_test(a_seed_gives_the_same_sections),
        cmocka_unit_test(short_memory_is_told),
    };
    return cmocka_run_group_tests_name("survey", tests, NULL, NULL);
}
