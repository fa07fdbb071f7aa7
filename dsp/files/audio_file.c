// SPDX-License-Identifier: ISC
#include "dsp/files/audio_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp/files/atomic_file.h"
#include "dsp/memory.h"

enum {
    CHUNK_SAMPLES = 16384,  // read at a time, all channels together
    FIRST_FRAMES = 1 << 18, // room at the start
    FRAMES_PER_BYTE = 8,    // of the file: more promised frames are not believed at once
};

static Status read_failure(Diagnostic *diagnostic, const char *path, const char *cause) {
    return diagnose(diagnostic, STATUS_CANNOT_READ, "%s: cannot be read: %s", path, cause);
}

static Status no_memory(Diagnostic *diagnostic, const char *path) {
    return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for its samples", path);
}

void audio_clear(Audio *audio) {
    memory_free(audio->samples);
    *audio = (Audio){0};
}

// Opens `path` if it can be an audio file at all. O_NONBLOCK: a pipe must not hang us.
static int open_regular(const char *path, struct stat *status, Diagnostic *diagnostic) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const char *cause = NULL;
    if (fd < 0 || fstat(fd, status) != 0) {
        cause = strerror(errno);
    } else if (S_ISDIR(status->st_mode)) {
        cause = "it is a folder";
    } else if (!S_ISREG(status->st_mode)) {
        cause = "it is not a regular file";
    } else if (status->st_size == 0) {
        cause = "it is empty (0 bytes)";
    }
    if (cause) {
        read_failure(diagnostic, path, cause);
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

// libsndfile takes a WAV that was cut short for a short one. Its RIFF header knows better. (A
// length of zero or all ones means "not known": programs that write into pipes leave it so.)
static Status check_riff(int fd, off_t size, const char *path, Diagnostic *diagnostic) {
    unsigned char head[12];
    if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head || memcmp(head, "RIFF", 4) != 0 ||
        memcmp(head + 8, "WAVE", 4) != 0) {
        return STATUS_OK;
    }
    uint32_t promised = (uint32_t)head[4] | (uint32_t)head[5] << 8 | (uint32_t)head[6] << 16 |
                        (uint32_t)head[7] << 24;
    if (promised == 0 || promised >= UINT32_MAX - 8 || (off_t)promised + 7 <= size) {
        return STATUS_OK; // 7: some programs count the padding byte, some do not
    }
    return diagnose(diagnostic, STATUS_CANNOT_READ,
                    "%s: is cut short: its header promises %lu bytes, but it has %lld; copy or "
                    "export it again",
                    path, (unsigned long)promised + 8, (long long)size);
}

// Makes room for `frames` samples and keeps those that are there.
static Status grow(Audio *audio, size_t *room, size_t frames, const char *path,
                   Diagnostic *diagnostic) {
    if (frames <= *room) {
        return STATUS_OK;
    }
    size_t wider = *room ? *room * 2 : FIRST_FRAMES;
    wider = wider > frames ? wider : frames;
    float *samples = memory_new(wider, sizeof *samples);
    if (!samples) {
        return no_memory(diagnostic, path);
    }
    if (audio->samples) {
        memcpy(samples, audio->samples, audio->frames * sizeof *samples);
    }
    memory_free(audio->samples);
    audio->samples = samples;
    *room = wider;
    return STATUS_OK;
}

// Takes the first channel out of `frames` interleaved ones.
static Status append(Audio *audio, const float *chunk, size_t frames, const char *path,
                     Diagnostic *diagnostic) {
    for (size_t i = 0; i < frames; i++) {
        float sample = chunk[i * (size_t)audio->channels];
        if (!isfinite(sample)) {
            size_t at = audio->frames + i;
            return diagnose(diagnostic, STATUS_BAD_AUDIO,
                            "%s: sample %zu (at %.4f s) is %s; record or export it again", path, at,
                            (double)at / audio->rate, isnan(sample) ? "NaN" : "infinite");
        }
        audio->samples[audio->frames + i] = sample;
        for (int c = 1; c < audio->channels; c++) {
            audio->spread = fmaxf(audio->spread,
                                  fabsf(chunk[i * (size_t)audio->channels + (size_t)c] - sample));
        }
    }
    audio->frames += frames;
    return STATUS_OK;
}

static Status read_samples(Audio *audio, SNDFILE *sound, sf_count_t promised, off_t size,
                           const char *path, Diagnostic *diagnostic) {
    sf_count_t chunk_frames = CHUNK_SAMPLES / audio->channels;
    float *chunk = memory_new(CHUNK_SAMPLES, sizeof *chunk);
    size_t room = 0;
    Status status = chunk ? STATUS_OK : no_memory(diagnostic, path);
    if (status == STATUS_OK && promised > 0 && promised / FRAMES_PER_BYTE <= size) {
        status = grow(audio, &room, (size_t)promised, path, diagnostic); // no more than it takes
    }
    while (status == STATUS_OK) {
        sf_count_t got = sf_readf_float(sound, chunk, chunk_frames);
        if (got <= 0) {
            break;
        }
        status = grow(audio, &room, audio->frames + (size_t)got, path, diagnostic);
        if (status == STATUS_OK) {
            status = append(audio, chunk, (size_t)got, path, diagnostic);
        }
    }
    memory_free(chunk);
    if (status != STATUS_OK) {
        return status;
    }
    if (sf_error(sound) != SF_ERR_NO_ERROR) {
        return read_failure(diagnostic, path, sf_strerror(sound));
    }
    if ((sf_count_t)audio->frames < promised && promised < SF_COUNT_MAX) {
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "%s: is cut short: its header promises %lld samples, but it has %zu; copy "
                        "or export it again",
                        path, (long long)promised, audio->frames);
    }
    if (audio->frames == 0) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO, "%s: holds no audio (0 samples)", path);
    }
    return STATUS_OK;
}

static Status read_open(Audio *audio, int fd, off_t size, const char *path,
                        Diagnostic *diagnostic) {
    Status status = check_riff(fd, size, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    SF_INFO info = {0};
    SNDFILE *sound = sf_open_fd(fd, SFM_READ, &info, SF_FALSE);
    if (!sound) {
        return read_failure(diagnostic, path, sf_strerror(NULL));
    }
    if (info.channels < 1 || info.channels > CHUNK_SAMPLES || info.samplerate < 1) {
        status = read_failure(diagnostic, path, "its header makes no sense");
    } else {
        audio->rate = info.samplerate;
        audio->channels = info.channels;
        status = read_samples(audio, sound, info.frames, size, path, diagnostic);
    }
    sf_close(sound);
    return status;
}

Status audio_file_read(Audio *audio, const char *path, Diagnostic *diagnostic) {
    *audio = (Audio){0};
    struct stat file;
    int fd = open_regular(path, &file, diagnostic);
    if (fd < 0) {
        return STATUS_CANNOT_READ;
    }
    Status status = read_open(audio, fd, file.st_size, path, diagnostic);
    close(fd);
    if (status != STATUS_OK) {
        audio_clear(audio);
    }
    return status;
}

static Status write_samples(int fd, int rate, const float *samples, size_t frames, const char *path,
                            Diagnostic *diagnostic) {
    SF_INFO info = {.samplerate = rate, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *sound = sf_open_fd(fd, SFM_WRITE, &info, SF_FALSE);
    if (!sound) {
        return diagnose(diagnostic, STATUS_CANNOT_WRITE, "%s: cannot be written: %s", path,
                        sf_strerror(NULL));
    }
    // The PEAK chunk holds the time of day; without it the same samples make the same file.
    sf_command(sound, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    sf_count_t written = sf_writef_float(sound, samples, (sf_count_t)frames);
    bool whole = written == (sf_count_t)frames && sf_error(sound) == SF_ERR_NO_ERROR;
    int cause = errno;
    if (sf_close(sound) != 0 || !whole) {
        return diagnose(diagnostic, STATUS_CANNOT_WRITE,
                        "%s: cannot be written: only %lld of %zu samples fitted: %s", path,
                        (long long)written, frames, strerror(cause ? cause : ENOSPC));
    }
    return STATUS_OK;
}

Status audio_file_write(const char *path, int rate, const float *samples, size_t frames,
                        Diagnostic *diagnostic) {
    if (rate < 1 || (uint64_t)frames > (UINT32_MAX - 1024) / sizeof *samples) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "%s: a WAV cannot hold %zu samples at %d Hz", path, frames, rate);
    }
    AtomicFile file;
    Status status = atomic_file_begin(&file, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    errno = 0;
    status = write_samples(file.fd, rate, samples, frames, path, diagnostic);
    if (status != STATUS_OK) {
        atomic_file_abandon(&file);
        return status;
    }
    return atomic_file_commit(&file, diagnostic);
}
