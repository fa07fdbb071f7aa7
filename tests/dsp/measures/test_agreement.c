// SPDX-License-Identifier: ISC
// That a model which amplifies rounding is told from one that sounds the same on every machine.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/measures/agreement.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/sample_model.h"

enum { FRAMES = 2048, HIDDEN = 16 };

// A model with its recurrent weights multiplied by `scale`, and the test that the trainer gives it:
// what the scalar engine makes of it.
static Model *make(float scale) {
    Model *model = sample_model_new(HIDDEN, 3, false);
    const Layer *gru = &model->layers[0];
    for (int i = 0; i < layer_gates(gru->kind) * HIDDEN * HIDDEN; i++) {
        gru->recurrent_kernel[i] *= scale;
    }
    assert_int_equal(model_add_test(model, FRAMES, NULL), STATUS_OK);
    sample_signal(model->test.input, FRAMES, 48000.0, 5);
    Engine *engine = NULL;
    assert_int_equal(engine_new(&engine, model, ISA_SCALAR, 1, NULL), STATUS_OK);
    const float *in = model->test.input;
    engine_run(engine, &model->test.output, &in, FRAMES);
    engine_free(engine);
    return model;
}

static Agreement find(Model *model, Diagnostic *text) {
    Agreement agreement;
    Diagnostic diagnostic = {""};
    if (agreement_find(&agreement, model, &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    agreement_describe(&agreement, text);
    model_free(model);
    return agreement;
}

static void test_says_nothing_of_a_usual_model(void **state) {
    (void)state;
    Diagnostic text;
    Agreement agreement = find(make(1.0f), &text);
    assert_true(agreement.test.passed);
    assert_true(agreement.test.max_abs < 1e-5);
    assert_string_equal(text.text, "");
}

static void test_names_where_a_chaotic_model_differs(void **state) {
    (void)state;
    if (isa_best() == ISA_SCALAR) {
        skip(); // nothing to differ from
    }
    Diagnostic text;
    Agreement agreement = find(make(16.0f), &text);
    assert_false(agreement.test.passed);
    assert_int_not_equal(agreement.isa, ISA_SCALAR); // whose own output it is
    assert_true(agreement.test.max_abs > 1e-4);
    assert_non_null(strstr(text.text, "amplifies rounding"));
    assert_non_null(strstr(text.text, isa_name(agreement.isa)));
    assert_null(strchr(text.text, '\n'));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says_nothing_of_a_usual_model),
        cmocka_unit_test(test_names_where_a_chaotic_model_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
