// SPDX-License-Identifier: ISC
#include "dsp/files/audio/audio_file.h"

#include <math.h>

#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_io.h"
#include "dsp/files/folder.h"

enum {
    CHUNK_SAMPLES = AUDIO_MOST_CHANNELS, // read at a time, all channels together
    FIRST_FRAMES = 1 << 18,              // room at the start
};

#define NO_SOUND 0.01 // of the loudest channel's energy

bool audio_file_is_named(const char *name) {
    static const char *const endings[] = {".wav", ".flac", ".aif", ".aiff", NULL};
    return folder_name_ends(name, endings);
}

static Status no_memory(Diagnostic *diagnostic, const char *path) {
    return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for its samples", path);
}

void audio_clear(Audio *audio) {
    memory_free(audio->samples);
    *audio = (Audio){0};
}

// Makes room for `frames` samples and keeps those that are there.
static Status grow(Audio *audio, size_t *room, size_t frames, const char *path,
                   Diagnostic *diagnostic) {
    if (frames <= *room) {
        return STATUS_OK;
    }
    size_t wider = *room ? *room * 2 : FIRST_FRAMES;
    wider = wider > frames ? wider : frames;
    float *samples = memory_resize(audio->samples, audio->frames, wider, sizeof *samples);
    if (!samples) {
        return no_memory(diagnostic, path);
    }
    audio->samples = samples;
    *room = wider;
    return STATUS_OK;
}

// Takes the channel that counts out of `frames` interleaved ones; adds to energies[channels] those
// of all, unless it is NULL.
static void append(Audio *audio, double *energies, const float *chunk, size_t frames) {
    size_t channels = (size_t)audio->channels, taken = (size_t)audio->channel - 1;
    for (size_t i = 0; i < frames; i++) {
        float sample = chunk[i * channels + taken];
        audio->samples[audio->frames + i] = sample;
        for (size_t c = 0; c < channels; c++) {
            float other = chunk[i * channels + c];
            audio->spread = fmaxf(audio->spread, fabsf(other - sample));
            if (energies) {
                energies[c] += (double)other * (double)other;
            }
        }
    }
    audio->frames += frames;
}

static Status read_samples(Audio *audio, double *energies, AudioReader *reader, const char *path,
                           Diagnostic *diagnostic) {
    size_t chunk_frames = (size_t)(CHUNK_SAMPLES / audio->channels);
    float *chunk = memory_new(CHUNK_SAMPLES, sizeof *chunk);
    size_t room = 0, got = 0;
    Status status = chunk ? STATUS_OK : no_memory(diagnostic, path);
    if (status == STATUS_OK) {
        status = grow(audio, &room, audio_reader_length(reader), path, diagnostic);
    }
    do {
        if (status == STATUS_OK) {
            status = audio_reader_read(reader, chunk, chunk_frames, &got, diagnostic);
        }
        if (status == STATUS_OK) {
            status = grow(audio, &room, audio->frames + got, path, diagnostic);
        }
        if (status == STATUS_OK) {
            append(audio, energies, chunk, got);
        }
    } while (status == STATUS_OK && got == chunk_frames);
    memory_free(chunk);
    return status;
}

// Which channel has the sound, and whether it alone has.
static void find_sounding(int *sounding, bool *alone, const double *energies, int channels) {
    int loudest = 0;
    double other = 0.0;
    for (int c = 1; c < channels; c++) {
        loudest = energies[c] > energies[loudest] ? c : loudest;
    }
    *sounding = energies[0] > NO_SOUND * energies[loudest] ? 1 : loudest + 1;
    for (int c = 0; c < channels; c++) {
        other = c + 1 == *sounding ? other : fmax(other, energies[c]);
    }
    *alone = channels > 1 && other <= NO_SOUND * energies[*sounding - 1];
}

// Reads the channel of this number. *sounding and *alone become what find_sounding says, unless
// they are NULL.
static Status read_channel(Audio *audio, int *sounding, bool *alone, const char *path, int channel,
                           Diagnostic *diagnostic) {
    *audio = (Audio){0};
    AudioReader *reader = NULL;
    double *energies = NULL;
    Status status = audio_reader_new(&reader, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    audio->rate = audio_reader_rate(reader);
    audio->channels = audio_reader_channels(reader);
    audio->channel = audio->channels > 1 ? channel : 1;
    if (audio->channel > audio->channels) {
        status = diagnose(diagnostic, STATUS_BAD_AUDIO, "%s: has %d channels, and no channel %d",
                          path, audio->channels, channel);
    } else if (sounding) {
        energies = memory_new((size_t)audio->channels, sizeof *energies);
        status = energies ? STATUS_OK : no_memory(diagnostic, path);
    }
    if (status == STATUS_OK) {
        status = read_samples(audio, energies, reader, path, diagnostic);
    }
    if (status == STATUS_OK && energies) {
        find_sounding(sounding, alone, energies, audio->channels);
    }
    memory_free(energies);
    audio_reader_free(reader);
    if (status != STATUS_OK) {
        audio_clear(audio);
    }
    return status;
}

Status audio_file_read(Audio *audio, const char *path, Diagnostic *diagnostic) {
    return read_channel(audio, NULL, NULL, path, 1, diagnostic);
}

Status audio_file_read_channel(Audio *audio, const char *path, int channel,
                               Diagnostic *diagnostic) {
    int sounding = 1;
    bool alone = false;
    if (channel != AUDIO_SOUNDING) {
        return read_channel(audio, NULL, NULL, path, channel, diagnostic);
    }
    Status status = read_channel(audio, &sounding, &alone, path, 1, diagnostic);
    if (status == STATUS_OK && sounding != 1) {
        audio_clear(audio);
        status = read_channel(audio, NULL, NULL, path, sounding, diagnostic);
    }
    audio->alone = status == STATUS_OK && alone;
    return status;
}

Status audio_file_write(const char *path, int rate, const float *samples, size_t frames,
                        Diagnostic *diagnostic) {
    AudioWriter *writer = NULL;
    Status status = audio_writer_new(&writer, path, rate, 1, diagnostic);
    if (status == STATUS_OK) {
        status = audio_writer_write(writer, samples, frames, diagnostic);
    }
    if (status == STATUS_OK) {
        status = audio_writer_commit(writer, diagnostic);
    }
    audio_writer_free(writer);
    return status;
}
