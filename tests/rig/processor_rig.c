// SPDX-License-Identifier: ISC
#include "tests/rig/processor_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/denormals.h"
#include "tests/rig/sample_model.h"

float in[2][FRAMES], out[2][FRAMES], expected[2][FRAMES];

Processor *make(int channels, ModelStage *stage) {
    Processor *processor = NULL;
    assert_int_equal(processor_new(&processor, RATE, channels, NULL), STATUS_OK);
    processor_install(processor, stage);
    processor_set(processor, CONTROL_NORMALISE, 0.0f);
    processor_set(processor, CONTROL_DC_BLOCK, 0.0f);
    return processor;
}

void run(Processor *processor, int channels, int begin, int end) {
    float *to[2] = {out[0] + begin, channels > 1 ? out[1] + begin : NULL};
    const float *from[2] = {in[0] + begin, channels > 1 ? in[1] + begin : NULL};
    processor_run(processor, to, from, end - begin);
}

void expect_engine(Engine *engine, int channels) {
    float *to[2] = {expected[0], expected[1]};
    const float *from[2] = {in[0], in[1]};
    DenormalState before = denormals_off();
    engine_run(engine, channels == 1 ? (float *[]){to[0]} : to, from, FRAMES);
    denormals_restore(before);
    engine_free(engine);
}

void expect_same_for_blocks(void (*eventful_run)(int block), const int *blocks, size_t count) {
    eventful_run(1);
    memcpy(expected, out, sizeof out);
    for (size_t i = 0; i < count; i++) {
        eventful_run(blocks[i]);
        assert_memory_equal(out, expected, sizeof out);
    }
}

Cabinet *sample_cabinet_new(int channels) {
    enum { TAPS = 3000 };
    static float response[TAPS];
    for (int i = 0; i < TAPS; i++) {
        response[i] = cosf(0.3f * (float)i * (float)i) * expf(-(float)i / 1000.0f);
    }
    ImpulseResponse impulse = {.rate = RATE, .channels = 1, .frames = TAPS, .samples = {response}};
    Cabinet *cabinet = NULL;
    assert_int_equal(cabinet_new(&cabinet, &impulse, RATE, channels, NULL), STATUS_OK);
    return cabinet;
}

void assert_finite(const float *signal, int frames) {
    for (int i = 0; i < frames; i++) {
        assert_true(isfinite(signal[i]));
    }
}

int setup(void **state) {
    (void)state;
    sample_signal(in[0], FRAMES, RATE, 1);
    sample_signal(in[1], FRAMES, RATE, 2);
    memset(out, 0, sizeof out);
    return 0;
}
