// SPDX-License-Identifier: ISC
/** @file
 * libgruff: plays models of guitar amplifiers and pedals, small recurrent networks that run once
 * per sample. Reads the model files of Gruff, AIDA-X, RTNeural and GuitarML, and the LSTMs of NAM.
 *
 *     char why[256];
 *     GruffModel *model = gruff_model_read("amp.json", why, sizeof why);
 *     GruffEngine *engine = model ? gruff_engine_new(model, 1, 48000.0, why, sizeof why) : NULL;
 *     ...
 *     gruff_engine_run(engine, &out, &in, frames);   // on the audio thread
 *
 * A GruffModel is immutable: any number of threads and engines may share it. A GruffEngine is the
 * state of one stream of audio and belongs to one thread at a time. The library prints nothing,
 * ends nothing, keeps no global state and opens no file but the one that gruff_model_read is given.
 *
 * Functions marked GRUFF_REALTIME never allocate, lock, wait or make a system call: they are for
 * the audio thread. All others are for any thread but that one.
 */
#ifndef GRUFF_H
#define GRUFF_H

#include <stddef.h>

#if defined(__has_attribute)
#if __has_attribute(nonblocking)
#define GRUFF_REALTIME __attribute__((nonblocking)) // clang 20 and later check it
#endif
#endif
#ifndef GRUFF_REALTIME
#define GRUFF_REALTIME
#endif

#if defined(__GNUC__)
#define GRUFF_API __attribute__((visibility("default")))
#else
#define GRUFF_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum { GRUFF_MAX_CHANNELS = 2 };

typedef struct GruffModel GruffModel;
typedef struct GruffEngine GruffEngine;

/** A knob of the modelled device, which the model has learnt. */
typedef struct GruffKnob {
    const char *name; /**< UTF-8; lives as long as the model */
    float minimum, maximum;
    float initial; /**< where a new engine has it; minimum <= initial <= maximum */
} GruffKnob;

/** The version of the library, "MAJOR.MINOR.PATCH". Lives for ever. */
GRUFF_API const char *gruff_version(void);

/* ---- Models ---- */

/**
 * Reads the model file `path`; what counts is what is in it, not its name. The caller owns what is
 * returned, until gruff_model_free. NULL when the file cannot be read or is no model that this
 * version can run: then message[size] (NULL and 0 are fine) holds one line of UTF-8 for a person,
 * cut off where it is too long, that says what is wrong with which file, where and why.
 */
GRUFF_API GruffModel *gruff_model_read(const char *path, char *message, size_t size);

/**
 * The same from the bytes data[length] of a model file; they may go afterwards. `name` stands for
 * the file in messages.
 */
GRUFF_API GruffModel *gruff_model_parse(const void *data, size_t length, const char *name,
                                        char *message, size_t size);

/** Frees a model; its engines go on. NULL is fine. */
GRUFF_API void gruff_model_free(GruffModel *model);

/** The sample rate in Hz that the model was made at; 0 when its file does not tell. */
GRUFF_API double gruff_model_rate(const GruffModel *model);

/** The number of its knobs, 0 to 8. */
GRUFF_API int gruff_model_knobs(const GruffModel *model);

/** Fills *knob with knob `index`, 0 to gruff_model_knobs - 1; returns 0, or -1 when there is none.
 */
GRUFF_API int gruff_model_knob(const GruffModel *model, int index, GruffKnob *knob);

/**
 * Samples, at the model's rate, by which the recording of the device was late and which the
 * training took out; may be negative or 0, which also stands for unknown. An engine adds no latency
 * of its own.
 */
GRUFF_API double gruff_model_latency(const GruffModel *model);

/**
 * How many input samples, the present one included, an output sample depends on; 0 when there is no
 * bound, as in recurrent networks.
 */
GRUFF_API long gruff_model_receptive_length(const GruffModel *model);

/* ---- Engines ---- */

/**
 * An engine for `channels` (1 or GRUFF_MAX_CHANNELS) channels of audio at `rate` Hz, in its initial
 * state, with the knobs at their initial values and the fastest instruction set of this machine
 * (the environment variable GRUFF_ISA may name another). Copies what it needs of the model. `rate`
 * is the model's, up to 8 times that (an integer), or 0 for the model's; any rate does for a model
 * that does not tell its own. The caller owns it, until gruff_engine_free. NULL, with a message as
 * gruff_model_read has it, when this cannot be.
 */
GRUFF_API GruffEngine *gruff_engine_new(const GruffModel *model, int channels, double rate,
                                        char *message, size_t size);

/**
 * Turns knob `index` to `value`, held to its range, for all later samples, at once: move it in
 * small steps where a jump would be heard. Knobs that there are not, and values that are no number,
 * are ignored.
 */
GRUFF_API void gruff_engine_set_knob(GruffEngine *engine, int index, float value) GRUFF_REALTIME;

/**
 * Runs `frames` (0 and up) samples of every channel: out[channel][frame] from in[channel][frame],
 * full scale being 1. In place is fine (out[c] == in[c]). Samples that are no finite number count
 * as 0, and none comes out: a network that overflows gives silence for up to 64 frames and starts
 * anew. But for that the result does not depend on how the samples are shared out over calls.
 * Denormals are switched off meanwhile.
 */
GRUFF_API void gruff_engine_run(GruffEngine *engine, float *const *out, const float *const *in,
                                int frames) GRUFF_REALTIME;

/** Back to the initial state; knobs stay. */
GRUFF_API void gruff_engine_reset(GruffEngine *engine) GRUFF_REALTIME;

/** NULL is fine. */
GRUFF_API void gruff_engine_free(GruffEngine *engine);

#ifdef __cplusplus
}
#endif

#endif
