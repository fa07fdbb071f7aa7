// SPDX-License-Identifier: ISC
#include "dsp/measures/agreement.h"

#include "dsp/network/isa_choice.h"

Status agreement_find(Agreement *agreement, const Model *model, Diagnostic *diagnostic) {
    *agreement = (Agreement){.isa = ISA_SCALAR, .test = {.passed = true}};
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        Selftest test;
        if (!isa_available((Isa)isa)) {
            continue;
        }
        Status status = selftest_run(&test, model, (Isa)isa, diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
        if (test.max_abs >= agreement->test.max_abs) {
            *agreement = (Agreement){(Isa)isa, test};
        }
    }
    return STATUS_OK;
}

void agreement_describe(const Agreement *agreement, Diagnostic *text) {
    text->text[0] = '\0';
    if (!agreement->test.passed) {
        diagnose(text, STATUS_OK,
                 "the model amplifies rounding: with '%s' its own test comes out %.1e off, so it "
                 "will not sound the same on every machine; try another --seed, more recordings, "
                 "or knob settings closer together",
                 isa_name(agreement->isa), agreement->test.max_abs);
    }
}
