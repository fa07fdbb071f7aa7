// SPDX-License-Identifier: ISC
// Whole audio files, of which one channel counts. WAV, FLAC, AIFF in, 32-bit float WAV out.
#ifndef GRUFF_DSP_FILES_AUDIO_AUDIO_FILE_H
#define GRUFF_DSP_FILES_AUDIO_AUDIO_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"

typedef struct Audio {
    int rate;       // Hz
    int channels;   // of the file that was read; `samples` holds one of them
    size_t frames;  // length of `samples`
    float *samples; // owned
    float spread;   // largest difference of another channel from that one
    int channel;    // which one it is, from 1
    bool alone;     // AUDIO_SOUNDING: all others are 20 dB and more below it
} Audio;

enum { AUDIO_SOUNDING = 0 }; // the channel with the sound

// Whether a file's name ends as those of sounds do: .wav, .flac, .aif or .aiff, in any case.
bool audio_file_is_named(const char *name);

// Reads the first channel of `path`. On failure *audio is all zero and the diagnostic names the
// file and the cause. A file with no frames, or with a NaN or an infinity in it, fails with
// STATUS_BAD_AUDIO.
Status audio_file_read(Audio *audio, const char *path, Diagnostic *diagnostic);

// The same for the channel of this number, from 1 on. AUDIO_SOUNDING: the first, unless it is 20 dB
// and more below the loudest, which is taken then. A mono file has one for every number; otherwise
// one that is not there is STATUS_BAD_AUDIO.
Status audio_file_read_channel(Audio *audio, const char *path, int channel, Diagnostic *diagnostic);

// Writes `frames` mono samples as a 32-bit float WAV, whole or not at all (beside it, then
// renamed).
Status audio_file_write(const char *path, int rate, const float *samples, size_t frames,
                        Diagnostic *diagnostic);

// Frees the samples and zeroes *audio. All zero is fine.
void audio_clear(Audio *audio);

#endif
