// SPDX-License-Identifier: ISC
// Runs a GRU over some frames of one channel, in one call, and prints nothing: count.sh counts what
// it executes. Usage: run_frames ISA HIDDEN FRAMES
#include <stdio.h>
#include <stdlib.h>

#include "tests/rig/sample_model.h"

enum { MAX_FRAMES = 64 };

static int run(Isa isa, int hidden, int frames) {
    static float in[MAX_FRAMES];
    static float out[MAX_FRAMES];
    sample_signal(in, MAX_FRAMES, 48000.0, 1);
    Model *model = sample_model_new(hidden, 1, false);
    Engine *engine;
    Diagnostic diagnostic;
    if (engine_new(&engine, model, isa, 1, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "run_frames: %s\n", diagnostic.text);
        model_free(model);
        return 1;
    }
    const float *ins[] = {in};
    float *outs[] = {out};
    engine_run(engine, outs, ins, frames);
    engine_free(engine);
    model_free(model);
    return 0;
}

int main(int argc, char **argv) {
    Isa isa;
    int hidden = argc == 4 ? atoi(argv[2]) : 0;
    int frames = argc == 4 ? atoi(argv[3]) : 0;
    if (argc != 4 || !isa_from_name(argv[1], &isa) || hidden < 1 || hidden > MODEL_MAX_HIDDEN ||
        frames < 1 || frames > MAX_FRAMES) {
        fprintf(stderr, "usage: run_frames ISA HIDDEN FRAMES\n");
        return 2;
    }
    return run(isa, hidden, frames);
}
