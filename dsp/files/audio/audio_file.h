// SPDX-License-Identifier: ISC
// Whole audio files, of which the first channel counts. WAV, FLAC, AIFF in, 32-bit float WAV out.
#ifndef GRUFF_DSP_FILES_AUDIO_AUDIO_FILE_H
#define GRUFF_DSP_FILES_AUDIO_AUDIO_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"

typedef struct Audio {
    int rate;       // Hz
    int channels;   // of the file that was read; `samples` holds the first one
    size_t frames;  // length of `samples`
    float *samples; // owned
    float spread;   // largest difference of another channel from the first
} Audio;

// Whether a file's name ends as those of sounds do: .wav, .flac, .aif or .aiff, in any case.
bool audio_file_is_named(const char *name);

// Reads the first channel of `path`. On failure *audio is all zero and the diagnostic names the
// file and the cause. A file with no frames, or with a NaN or an infinity in it, fails with
// STATUS_BAD_AUDIO.
Status audio_file_read(Audio *audio, const char *path, Diagnostic *diagnostic);

// Writes `frames` mono samples as a 32-bit float WAV, whole or not at all (beside it, then
// renamed).
Status audio_file_write(const char *path, int rate, const float *samples, size_t frames,
                        Diagnostic *diagnostic);

// Frees the samples and zeroes *audio. All zero is fine.
void audio_clear(Audio *audio);

#endif
