// SPDX-License-Identifier: ISC
// Audio files piece by piece, so that files of any length need little memory: the only module that
// knows libsndfile. WAV, FLAC, AIFF in, 32-bit float WAV out, and FLAC into memory.
#ifndef GRUFF_DSP_FILES_AUDIO_AUDIO_IO_H
#define GRUFF_DSP_FILES_AUDIO_AUDIO_IO_H

#include <stddef.h>

#include "dsp/base/status.h"

enum { AUDIO_MOST_CHANNELS = 16384 }; // of a file that is read

// Reads all channels of a file, from the first frame to the last.
typedef struct AudioReader AudioReader;

// Opens `path`. On success the caller owns *reader.
Status audio_reader_new(AudioReader **reader, const char *path, Diagnostic *diagnostic);

// NULL is fine.
void audio_reader_free(AudioReader *reader);

int audio_reader_rate(const AudioReader *reader); // Hz
int audio_reader_channels(const AudioReader *reader);

// Frames that its header promises; 0 when it does not know, or when the file is too small for it.
size_t audio_reader_length(const AudioReader *reader);

// Reads the next `frames` frames, interleaved: samples[frame * channels + channel]. *got is less
// only at the end of the file. A NaN or an infinity, or no frame
// at all, is STATUS_BAD_AUDIO.
Status audio_reader_read(AudioReader *reader, float *samples, size_t frames, size_t *got,
                         Diagnostic *diagnostic);

// Writes a 32-bit float WAV that appears whole, with audio_writer_commit, or not at all.
typedef struct AudioWriter AudioWriter;

// Begins a file of `channels` channels. On success the caller owns *writer.
Status audio_writer_new(AudioWriter **writer, const char *path, int rate, int channels,
                        Diagnostic *diagnostic);

// Drops what was not committed. NULL is fine.
void audio_writer_free(AudioWriter *writer);

// Appends `frames` interleaved frames. After a failure only audio_writer_free is left.
Status audio_writer_write(AudioWriter *writer, const float *samples, size_t frames,
                          Diagnostic *diagnostic);

// Puts the file in its place; after this only audio_writer_free is left.
Status audio_writer_commit(AudioWriter *writer, Diagnostic *diagnostic);

// Encodes `frames` mono samples as FLAC of 16 bits in memory; what is beyond full scale is clipped.
// The caller frees *bytes with memory_free.
Status audio_encode_flac(void **bytes, size_t *length, int rate, const float *samples,
                         size_t frames, Diagnostic *diagnostic);

#endif
