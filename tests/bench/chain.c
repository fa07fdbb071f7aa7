// SPDX-License-Identifier: ISC
// The whole chain with everything on (gate, tone, normalisation, calibration, DC blocker, mix, a
// cabinet of 0.2 s or 2 s) over a GRU of 32 units in blocks of 64 frames at 48 kHz: the time of a
// sample, the share of real time, and the longest block, beside the model alone. One channel and
// two; at the model's rate and resampled; sound, and the silence after a sound. Usage: bench_chain.
// Pin it to one core.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/clock.h"
#include "dsp/base/random.h"
#include "dsp/chain/processor.h"
#include "dsp/measures/speed.h"
#include "dsp/network/isa_choice.h"

enum { BLOCK = 64, BLOCKS = 8000, RATE = 48000, HIDDEN = 32, CHANNELS = 2 };

enum { FADING = BLOCKS / 2 }; // blocks of silence that are not counted: what rings on dies away

static float in[CHANNELS][BLOCK * BLOCKS], silence[BLOCK], out[CHANNELS][BLOCK];
static double times[BLOCKS]; // s

static void need(Status status, const Diagnostic *diagnostic) {
    if (status != STATUS_OK) {
        fprintf(stderr, "bench_chain: %s\n", diagnostic->text);
        exit(1);
    }
}

static ModelStage *make_stage(double rate, int channels) {
    Random random = {1};
    Diagnostic diagnostic = {""};
    ModelStage *stage = NULL;
    Model *model = model_new();
    if (!model) {
        exit(1);
    }
    need(model_add_layer(model, LAYER_GRU, ACTIVATION_TANH, 1, HIDDEN, &diagnostic), &diagnostic);
    need(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, HIDDEN, 1, &diagnostic),
         &diagnostic);
    for (int l = 0; l < 2; l++) {
        Layer *layer = &model->layers[l];
        int rows = layer_gates(layer->kind) * layer->outputs;
        for (int i = 0; i < rows * layer->inputs; i++) {
            layer->kernel[i] = (float)random_within(&random, 0.18);
        }
        for (int i = 0; layer->recurrent_kernel && i < rows * layer->outputs; i++) {
            layer->recurrent_kernel[i] = (float)random_within(&random, 0.18);
        }
    }
    model->skip = true;
    model->sample_rate = rate;
    model->info.loudness = -12.0;
    model->info.input_level_dbu = 10.0;
    need(model_stage_new(&stage, model, isa_best(), RATE, channels, &diagnostic), &diagnostic);
    model_free(model);
    return stage;
}

static Cabinet *make_cabinet(double seconds, int channels) {
    static float samples[2 * RATE];
    Random random = {2};
    int frames = (int)(seconds * RATE);
    for (int i = 0; i < frames; i++) {
        samples[i] = (float)(random_normal(&random) * exp(-6.0 * i / frames));
    }
    ImpulseResponse impulse = {
        .rate = RATE, .channels = 1, .frames = (size_t)frames, .samples = {samples}};
    Diagnostic diagnostic = {""};
    Cabinet *cabinet = NULL;
    need(cabinet_new(&cabinet, &impulse, RATE, channels, &diagnostic), &diagnostic);
    return cabinet;
}

static void turn_all_on(Processor *processor) {
    static const struct {
        ControlId id;
        float value;
    } settings[] = {{CONTROL_GATE, 1.0f},    {CONTROL_CALIBRATE, 1.0f},  {CONTROL_BASS, 3.0f},
                    {CONTROL_MIDDLE, -2.0f}, {CONTROL_TREBLE, 4.0f},     {CONTROL_PRESENCE, 2.0f},
                    {CONTROL_DEPTH, 2.0f},   {CONTROL_INPUT, 3.0f},      {CONTROL_OUTPUT, -3.0f},
                    {CONTROL_MIX, 90.0f},    {CONTROL_THRESHOLD, -70.0f}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        processor_set(processor, settings[i].id, settings[i].value);
    }
}

static void bench(const char *name, double rate, double cabinet, bool all, bool silent,
                  int channels) {
    Processor *processor = NULL;
    Diagnostic diagnostic = {""};
    need(processor_new(&processor, RATE, channels, &diagnostic), &diagnostic);
    processor_install(processor, make_stage(rate, channels));
    if (cabinet > 0.0) {
        processor_install_cabinet(processor, make_cabinet(cabinet, channels));
    }
    if (all) {
        turn_all_on(processor);
    }
    for (int i = silent ? -FADING - 1 : 0; i < BLOCKS; i++) {
        bool sounds = !silent || i < -FADING;
        const float *from[] = {silence, silence};
        for (int c = 0; c < CHANNELS && sounds; c++) {
            from[c] = in[c] + (i < 0 ? 0 : i) * BLOCK;
        }
        double begin = clock_thread();
        processor_run(processor, (float *[]){out[0], out[1]}, from, BLOCK);
        times[i < 0 ? 0 : i] = clock_thread() - begin;
    }
    processor_free(processor);
    double period = (double)BLOCK / RATE, median = speed_median(times, BLOCKS);
    printf("%-34s  %d  %9.1f  %6.2f %%  %6.2f %%  %6.2f %%\n", name, channels, 1e9 * median / BLOCK,
           100.0 * median / period, 100.0 * times[BLOCKS * 999 / 1000] / period,
           100.0 * times[BLOCKS - 1] / period);
}

int main(void) {
    Random random = {3};
    for (int i = 0; i < BLOCK * BLOCKS; i++) {
        in[0][i] = (float)(0.2 * sin(0.02 * i) + 0.05 * random_normal(&random));
        in[1][i] = 0.5f * in[0][i];
    }
    printf("GRU-%d, blocks of %d at %d Hz, %s\n%-34s ch  ns/sample  median    99.9 %%    worst\n",
           HIDDEN, BLOCK, RATE, isa_name(isa_best()), "");
    for (int channels = 1; channels <= CHANNELS; channels++) {
        bench("model, DC blocker, levels", RATE, 0.0, false, false, channels);
        bench("everything, cabinet of 0.2 s", RATE, 0.2, true, false, channels);
        bench("everything, cabinet of 2 s", RATE, 2.0, true, false, channels);
        bench("everything, 2 s, silence", RATE, 2.0, true, true, channels);
        bench("everything, 2 s, 44.1 kHz model", 44100.0, 2.0, true, false, channels);
    }
    return 0;
}
