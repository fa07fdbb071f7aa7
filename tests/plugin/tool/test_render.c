// SPDX-License-Identifier: ISC
// gruff-model render: rates, channels and the whole chain, against what must come out.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "dsp/base/memory.h"
#include "dsp/chain/processor.h"
#include "dsp/files/audio/audio_io.h"
#include "dsp/files/audio/resample.h"
#include "dsp/files/models/model_file.h"
#include "dsp/network/isa_choice.h"
#include "plugin/tool/tool.h"
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"
#include "tests/rig/scratch.h"

enum { MODEL_RATE = 48000, MAX_FRAMES = 400000 };

static const double pi = 3.14159265358979323846;

typedef struct Sound {
    int rate, channels;
    size_t frames;
    float *samples; // interleaved
} Sound;

// ---- Files ----

static Sound get(const char *name) {
    AudioReader *reader = NULL;
    Diagnostic diagnostic;
    if (audio_reader_new(&reader, scratch_path(name), &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    Sound sound = {audio_reader_rate(reader), audio_reader_channels(reader), 0, NULL};
    sound.samples = calloc((size_t)sound.channels * MAX_FRAMES, sizeof(float));
    assert_int_equal(audio_reader_read(reader, sound.samples, MAX_FRAMES, &sound.frames, NULL),
                     STATUS_OK);
    assert_true(sound.frames < MAX_FRAMES);
    audio_reader_free(reader);
    return sound;
}

static void put_model(const char *name, const Model *model) {
    assert_int_equal(model_file_write(model, scratch_path(name), NULL), STATUS_OK);
}

// Its output is its input.
static void put_identity(const char *name) {
    Model *model = sample_model_new(8, 1, true);
    memset(model->layers[1].kernel, 0, 8 * sizeof(float));
    model->layers[1].bias[0] = 0.0f;
    put_model(name, model);
    model_free(model);
}

// A network with a knob that is heard.
static Model *knob_model(void) {
    Model *plain = sample_model_new(12, 5, true), *model = model_new();
    model->sample_rate = MODEL_RATE;
    model->skip = true;
    model->knobs = 1;
    strcpy(model->knob[0].name, "Drive");
    model->knob[0].maximum = 10.0f;
    model->knob[0].initial = 2.5f;
    assert_int_equal(model_add_layer(model, LAYER_GRU, ACTIVATION_TANH, 2, 12, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 12, 1, NULL),
                     STATUS_OK);
    const Layer *from = plain->layers, *to = model->layers;
    for (int row = 0; row < 3 * 12; row++) {
        to->kernel[2 * row] = from->kernel[row];
        to->kernel[2 * row + 1] = 0.02f * (float)(row % 7 - 3);
    }
    memcpy(to->recurrent_kernel, from->recurrent_kernel, sizeof(float) * 3 * 12 * 12);
    memcpy(to[1].kernel, from[1].kernel, sizeof(float) * 12);
    model_free(plain);
    return model;
}

// ---- Rendering ----

static Arguments arguments_for(const char *model, const char *in, const char *out) {
    Arguments arguments = {.isa = isa_best(), .json = true};
    for (int i = 0; i < CONTROL_COUNT; i++) {
        arguments.controls.values[i] = controls[i].initial;
    }
    arguments.operands[0] = scratch_path(model);
    arguments.operands[1] = scratch_path(in);
    arguments.operands[2] = scratch_path(out);
    return arguments;
}

static Sound render(const Arguments *arguments) {
    Diagnostic diagnostic = {""};
    if (tool_render(arguments, &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    return get(strrchr(arguments->operands[2], '/') + 1);
}

static void refuse(const Arguments *arguments, Status expected, const char *words) {
    Diagnostic diagnostic = {""};
    int files = scratch_count();
    assert_int_equal(tool_render(arguments, &diagnostic), expected);
    if (!strstr(diagnostic.text, words)) {
        fail_msg("'%s' is not in '%s'", words, diagnostic.text);
    }
    assert_int_equal(scratch_count(), files);
}

// ---- Rates ----

// A sine that glides from 20 Hz to `top`, faded in and out over 0.1 s.
static void sweep(float *samples, size_t frames, int rate, double top) {
    double phase = 0.0, fade = 0.1 * rate;
    for (size_t i = 0; i < frames; i++) {
        double place = (double)i / (double)frames, edge = fmin((double)i, (double)(frames - i));
        phase += 2.0 * pi * (20.0 + (top - 20.0) * place) / rate;
        samples[i] = (float)(0.5 * sin(phase) * fmin(edge / fade, 1.0));
    }
}

// How far `other` is from `samples`, in dB, and how much later it is, in samples.
static void measure_sweep(const float *samples, const Sound *other, double *error, double *shift) {
    double energy = 0.0, difference = 0.0, slope = 0.0, along = 0.0;
    for (size_t i = 1; i + 1 < other->frames; i++) {
        double d = (double)other->samples[i] - (double)samples[i];
        double s = 0.5 * ((double)samples[i + 1] - (double)samples[i - 1]);
        energy += (double)samples[i] * (double)samples[i];
        difference += d * d;
        slope += s * s;
        along -= d * s;
    }
    *error = 10.0 * log10(difference / energy);
    *shift = along / slope;
}

static void test_other_rates_pass_unharmed(void **state) {
    (void)state;
    static const struct {
        int rate;
        double top;
    } cases[] = {{44100, 19000.0}, {96000, 21000.0}, {22050, 9000.0}, {48000, 23000.0}};
    static float samples[MAX_FRAMES];
    put_identity("identity.json");
    for (int i = 0; i < 4; i++) {
        int rate = cases[i].rate;
        size_t frames = (size_t)rate + 17;
        sweep(samples, frames, rate, cases[i].top);
        scratch_audio("sweep.wav", rate, 1, samples, frames);
        Arguments arguments = arguments_for("identity.json", "sweep.wav", "out.wav");
        arguments.chain = i % 2;
        arguments.controls.values[CONTROL_DC_BLOCK] = 0.0f;
        Sound out = render(&arguments);
        assert_int_equal(out.rate, rate);
        assert_int_equal(out.channels, 1);
        assert_int_equal(out.frames, frames);
        double error = 0.0, shift = 0.0;
        measure_sweep(samples, &out, &error, &shift);
        print_message("%d Hz: error %.1f dB, shift %.1e samples\n", rate, error, shift);
        assert_true(rate == MODEL_RATE ? error == -INFINITY : error < -80.0);
        assert_true(fabs(shift) < 1e-4);
        free(out.samples);
    }
}

// A pulse stays where it is, to the sample, in files of every length.
static void test_pulses_stay_in_place(void **state) {
    (void)state;
    static float samples[3000];
    put_identity("identity.json");
    const size_t lengths[] = {1, 2, 1023, 1024, 1025, 2999};
    for (int i = 0; i < 6; i++) {
        size_t at = lengths[i] / 2;
        samples[at] = 1.0f;
        scratch_audio("pulse.wav", 44100, 1, samples, lengths[i]);
        Arguments arguments = arguments_for("identity.json", "pulse.wav", "out.wav");
        Sound out = render(&arguments);
        assert_int_equal(out.frames, lengths[i]);
        assert_true(out.samples[at] > 0.9f);
        for (size_t k = 1; k <= at && at + k < lengths[i]; k++) {
            assert_near(out.samples[at - k], out.samples[at + k], 1e-4); // no phase
        }
        samples[at] = 0.0f;
        free(out.samples);
    }
}

typedef struct Tone {
    double step; // of the phase for each frame
    size_t at;
} Tone;

static Status read_tone(void *context, float *samples, size_t frames, Diagnostic *diagnostic) {
    (void)diagnostic;
    Tone *tone = context;
    for (size_t i = 0; i < frames; i++, tone->at++) {
        samples[2 * i] = (float)sin(tone->step * (double)tone->at);
        samples[2 * i + 1] = (float)cos(tone->step * (double)tone->at);
    }
    return STATUS_OK;
}

// Against the tone itself at the other rate: one way has no delay of its own, either.
static void test_one_way_is_on_time(void **state) {
    (void)state;
    const double rates[][2] = {{44100.0, 48000.0}, {48000.0, 44100.0}, {96000.0, 48000.0}};
    static float out[2 * 20000];
    for (int i = 0; i < 3; i++) {
        Tone tone = {.step = 2.0 * pi * 3000.0 / rates[i][0]};
        Resampler *resampler = NULL;
        assert_int_equal(
            resampler_new(&resampler, rates[i][1] / rates[i][0], 2, read_tone, &tone, NULL),
            STATUS_OK);
        assert_int_equal(resampler_read(resampler, out, 123, NULL), STATUS_OK);
        assert_int_equal(resampler_read(resampler, out + 246, 20000 - 123, NULL), STATUS_OK);
        for (int k = 1000; k < 20000; k++) { // before that the start, where the tone jumps, rings
            double phase = 2.0 * pi * 3000.0 / rates[i][1] * k;
            assert_near(out[2 * k], sin(phase), 2e-5);
            assert_near(out[2 * k + 1], cos(phase), 2e-5);
        }
        resampler_free(resampler);
    }
    Resampler *none = NULL;
    assert_int_equal(resampler_new(&none, 300.0, 1, read_tone, NULL, NULL), STATUS_UNSUPPORTED);
    assert_null(none);
}

// ---- The chain ----

static const float settings[][CONTROL_COUNT] = {
    [0] = {[CONTROL_ENABLED] = 1.0f, [CONTROL_MIX] = 100.0f},
    [1] = {[CONTROL_ENABLED] = 1.0f,
           [CONTROL_INPUT] = 6.5f,
           [CONTROL_OUTPUT] = -3.25f,
           [CONTROL_MIX] = 70.0f},
    [2] = {[CONTROL_ENABLED] = 0.0f, [CONTROL_INPUT] = 3.0f, [CONTROL_MIX] = 100.0f},
};

// A processor as a host runs it, in blocks of `block` frames; interleaved samples in place.
static void run_processor(const Model *model, const float *setting, const float *knob, int channels,
                          float *samples, int frames, int block) {
    float planes[2][512], *out[2] = {planes[0], planes[1]};
    const float *in[2] = {planes[0], planes[1]};
    ModelStage *stage = NULL;
    Processor *processor = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), MODEL_RATE, channels, NULL),
                     STATUS_OK);
    assert_int_equal(processor_new(&processor, MODEL_RATE, channels, NULL), STATUS_OK);
    processor_install(processor, stage);
    processor_reset(processor);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        processor_set(processor, (ControlId)i, setting[i]);
    }
    if (knob) {
        processor_set_knob(processor, 0, *knob);
    }
    for (int at = 0; at < frames; at += block) {
        int count = frames - at < block ? frames - at : block;
        for (int i = 0; i < count * channels; i++) {
            planes[i % channels][i / channels] = samples[at * channels + i];
        }
        processor_run(processor, out, in, count);
        for (int i = 0; i < count * channels; i++) {
            samples[at * channels + i] = planes[i % channels][i / channels];
        }
    }
    processor_free(processor);
}

static void test_chain_is_the_processors(void **state) {
    (void)state;
    enum { FRAMES = 5003 };
    static float samples[2 * FRAMES], expected[2 * FRAMES];
    const float drive = 7.0f;
    Model *model = knob_model();
    put_model("knob.json", model);
    sample_signal(samples, 2 * FRAMES, 2.0 * MODEL_RATE, 3);
    for (int i = 0; i < 12; i++) {
        int channels = 1 + i % 2, kind = i / 2 % 3;
        bool knob = i >= 6;
        memcpy(expected, samples, sizeof expected);
        run_processor(model, settings[kind], knob ? &drive : NULL, channels, expected, FRAMES,
                      i % 2 ? 64 : 37);
        scratch_audio("in.wav", MODEL_RATE, channels, samples, FRAMES);
        Arguments arguments = arguments_for("knob.json", "in.wav", "out.wav");
        arguments.chain = true;
        memcpy(arguments.controls.values, settings[kind], sizeof arguments.controls.values);
        arguments.knobs[0] = "Drive=7";
        arguments.knob_count = knob;
        Sound out = render(&arguments);
        assert_int_equal(out.frames, FRAMES);
        assert_int_equal(out.channels, channels);
        assert_memory_equal(out.samples, expected, sizeof(float) * FRAMES * (size_t)channels);
        assert_true(kind == 2 || memcmp(out.samples, samples, sizeof(float) * 100) != 0);
        free(out.samples);
    }
    model_free(model);
}

// ---- Channels ----

static Sound render_channel(const char *in, int channel) {
    Arguments arguments = arguments_for("model.json", in, "out.wav");
    arguments.channel = channel;
    return render(&arguments);
}

static void test_channels(void **state) {
    (void)state;
    enum { FRAMES = 4000 };
    static float stereo[2 * FRAMES], left[FRAMES], right[FRAMES];
    Model *model = sample_model_new(16, 9, true);
    put_model("model.json", model);
    model_free(model);
    sample_signal(left, FRAMES, MODEL_RATE, 1);
    sample_signal(right, FRAMES, 1.3 * MODEL_RATE, 2);
    for (int i = 0; i < FRAMES; i++) {
        stereo[2 * i] = left[i];
        stereo[2 * i + 1] = right[i];
    }
    for (int rate = 44100; rate <= 48000; rate += 3900) {
        scratch_audio("left.wav", rate, 1, left, FRAMES);
        scratch_audio("right.wav", rate, 1, right, FRAMES);
        scratch_audio("stereo.wav", rate, 2, stereo, FRAMES);
        Sound all = render_channel("stereo.wav", 0), a = render_channel("left.wav", 0);
        Sound b = render_channel("right.wav", 0), c = render_channel("stereo.wav", 2);
        assert_int_equal(all.channels, 2);
        assert_int_equal(c.channels, 1);
        assert_int_equal(all.frames, FRAMES);
        assert_memory_equal(b.samples, c.samples, FRAMES * sizeof(float));
        for (int i = 0; i < FRAMES; i++) { // kernels for two channels may round otherwise
            assert_near(all.samples[2 * i], a.samples[i], 1e-5);
            assert_near(all.samples[2 * i + 1], b.samples[i], 1e-5);
        }
        free(all.samples);
        free(a.samples);
        free(b.samples);
        free(c.samples);
    }
    scratch_audio("many.wav", 48000, 4, stereo, 500);
    Sound many = render_channel("many.wav", 3);
    assert_int_equal(many.channels, 1);
    free(many.samples);
    Arguments bad = arguments_for("model.json", "stereo.wav", "bad.wav");
    bad.channel = 3;
    refuse(&bad, STATUS_BAD_ARGUMENT, "has no channel 3, only 2");
    bad = arguments_for("model.json", "many.wav", "bad.wav");
    refuse(&bad, STATUS_BAD_AUDIO, "has 4 channels, more than 2");
    scratch_audio("slow.wav", 100, 1, left, 500);
    bad = arguments_for("model.json", "slow.wav", "bad.wav");
    refuse(&bad, STATUS_UNSUPPORTED, "more than 256 times apart");
}

// ---- Shortage ----

static void test_without_memory(void **state) {
    (void)state;
    static const float samples[2 * 3000];
    put_identity("identity.json");
    scratch_audio("in.wav", 44100, 2, samples, 3000);
    int files = scratch_count();
    Status status = STATUS_NO_MEMORY;
    for (long allowed = 0; status != STATUS_OK; allowed++) {
        Arguments arguments = arguments_for("identity.json", "in.wav", "new.wav");
        arguments.chain = true;
        arguments.json = false; // the file is whole before there is anything to print
        memory_fail_after(allowed);
        status = tool_render(&arguments, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        assert_true(allowed > 10 || status == STATUS_NO_MEMORY);
        assert_true(status == STATUS_OK || scratch_count() == files);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_rates_pass_unharmed),
        cmocka_unit_test(test_pulses_stay_in_place),
        cmocka_unit_test(test_one_way_is_on_time),
        cmocka_unit_test(test_chain_is_the_processors),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
