// SPDX-License-Identifier: ISC
// Plays raw 32-bit floats (mono, at the model's rate) from standard input through a model to
// standard output, with libgruff alone:
//   cc example.c $(pkg-config --cflags --libs gruff) -o example
//   sox guitar.wav -t f32 -c 1 in.f32
//   ./example amp.json Drive=0.7 <in.f32 >out.f32
//   sox -t f32 -r 48k -c 1 out.f32 amp.wav
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gruff.h>

enum { FRAMES = 256 };

// Turns the knob that "NAME=VALUE" names; 0, or -1 when the model has none of that name.
static int turn_knob(GruffEngine *engine, const GruffModel *model, const char *setting) {
    GruffKnob knob;
    size_t length = strcspn(setting, "=");
    for (int i = 0; gruff_model_knob(model, i, &knob) == 0; i++) {
        if (strlen(knob.name) == length && strncmp(knob.name, setting, length) == 0) {
            gruff_engine_set_knob(engine, i, strtof(setting + length + 1, NULL));
            return 0;
        }
    }
    return -1;
}

int main(int argc, char **argv) {
    char why[256] = "usage: example MODEL [KNOB=VALUE ...] <IN.f32 >OUT.f32";
    GruffModel *model = argc > 1 ? gruff_model_read(argv[1], why, sizeof why) : NULL;
    GruffEngine *engine = model ? gruff_engine_new(model, 1, 0.0, why, sizeof why) : NULL;
    int good = engine != NULL;
    for (int i = 2; good && i < argc; i++) {
        if (!strchr(argv[i], '=') || turn_knob(engine, model, argv[i]) != 0) {
            snprintf(why, sizeof why, "no such knob: %s", argv[i]);
            good = 0;
        }
    }
    float samples[FRAMES];
    const float *in = samples;
    float *out = samples;
    size_t frames;
    while (good && (frames = fread(samples, sizeof *samples, FRAMES, stdin)) > 0) {
        gruff_engine_run(engine, &out, &in, (int)frames);
        fwrite(samples, sizeof *samples, frames, stdout);
    }
    if (good && (fflush(stdout) != 0 || ferror(stdout) || ferror(stdin))) {
        snprintf(why, sizeof why, "cannot read or write");
        good = 0;
    }
    if (!good) {
        fprintf(stderr, "example: %s\n", why);
    }
    gruff_engine_free(engine);
    gruff_model_free(model);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
