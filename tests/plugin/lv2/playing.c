// SPDX-License-Identifier: ISC
#include "tests/plugin/lv2/playing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/network/engine.h"
#include "tests/plugin/lv2/files.h"
#include "tests/rig/sample_model.h"

enum { FRAMES = 20000 };

// After a second of silence an engine's past is forgotten as far as a float can tell... but for the
// last bits, hence a tolerance.
void assert_plays(Host *host, unsigned seed) {
    static float silence[SAMPLE_RATE], in[FRAMES], out[FRAMES], expected[FRAMES];
    sample_signal(in, FRAMES, SAMPLE_RATE, 1);
    memset(silence, 0, sizeof silence);
    host_play(host, silence, silence, SAMPLE_RATE, 256);
    host_play(host, in, out, FRAMES, 64);
    Engine *engine = sample_engine_new(SAMPLE_HIDDEN, seed, 1);
    memset(silence, 0, sizeof silence);
    float *quiet[1] = {silence};
    engine_run(engine, quiet, (const float *const *)quiet, SAMPLE_RATE);
    float *to[1] = {expected};
    const float *from[1] = {in};
    engine_run(engine, to, from, FRAMES);
    engine_free(engine);
    for (int i = 0; i < FRAMES; i++) {
        if (!(fabsf(out[i] - expected[i]) < 1e-5f)) {
            print_error("sample %d: %g, not %g\n", i, out[i], expected[i]);
            fail();
        }
    }
}
