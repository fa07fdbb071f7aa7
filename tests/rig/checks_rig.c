// SPDX-License-Identifier: ISC
#include "tests/rig/checks_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_file.h"
#include "tests/rig/scratch.h"
#include "training/data/dataset_read.h"
#include "training/learning/delay_fit.h"

float *dry, *wet, *work;

int checks_rig_make(void **state) {
    dry = memory_new(FRAMES + RATE, sizeof(float));
    wet = memory_new(FRAMES + RATE, sizeof(float));
    work = memory_new(FRAMES + RATE, sizeof(float));
    demo_audio(dry, wet, FRAMES);
    return scratch_begin(state);
}

int checks_rig_remove(void **state) {
    memory_free(dry);
    memory_free(wet);
    memory_free(work);
    return scratch_end(state);
}

void save(const char *name, int rate, const float *samples, size_t frames) {
    assert_int_equal(audio_file_write(scratch_path(name), rate, samples, frames, NULL), STATUS_OK);
}

Status load(Dataset *dataset, const char *input, const char *target, bool force, bool fits,
            Diagnostic *diagnostic) {
    char first[512], second[512];
    snprintf(first, sizeof first, "%s", scratch_path(input));
    snprintf(second, sizeof second, "%s", scratch_path(target));
    DatasetOptions options = {.force = force, .fits = fits ? delay_fit_errors : NULL, .threads = 2};
    return dataset_read(dataset, (const char *const[]){first, second}, 2, &options, diagnostic);
}

double expect(const char *input, const char *target, bool fits, const char *id, Verdict verdict,
              const char *words) {
    Dataset dataset;
    Diagnostic diagnostic = {""};
    const Check *worst = NULL;
    assert_int_equal(load(&dataset, input, target, true, fits, &diagnostic), STATUS_OK);
    const Checks *checks = &dataset.recordings[0].checks;
    for (int i = 0; i < checks->count; i++) {
        const Check *check = &checks->check[i];
        if (strcmp(check->id, id) == 0 && (!worst || check->verdict > worst->verdict)) {
            worst = check;
        }
    }
    if (!worst) {
        fail_msg("no check '%s'", id);
        return NAN;
    }
    printf("%s %s %.4g: %s\n", verdict_name(worst->verdict), id, worst->value, worst->text);
    assert_int_equal(worst->verdict, verdict);
    assert_non_null(strstr(worst->text, words));
    assert_null(strchr(worst->text, '\n'));
    if (verdict != VERDICT_REFUSE) { // nothing else is wrong enough
        assert_null(checks_refusal(checks));
    }
    double value = worst->value;
    dataset_clear(&dataset);
    if (verdict == VERDICT_REFUSE) {
        assert_int_equal(load(&dataset, input, target, false, fits, &diagnostic), STATUS_BAD_AUDIO);
        assert_null(dataset.recordings);
    }
    return value;
}
