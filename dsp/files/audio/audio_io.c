// SPDX-License-Identifier: ISC
#include "dsp/files/audio/audio_io.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"

enum { FRAMES_PER_BYTE = 8 }; // of a file: more promised frames are not believed at once

struct AudioReader {
    char *path;
    int fd;
    SNDFILE *sound;
    int rate, channels;
    sf_count_t promised; // frames, by the header
    off_t size;          // bytes of the file
    size_t frames;       // read so far
};

struct AudioWriter {
    AtomicFile file;
    SNDFILE *sound;
    int rate, channels;
    size_t frames; // written so far
};

static Status read_failure(Diagnostic *diagnostic, const char *path, const char *cause) {
    return diagnose(diagnostic, STATUS_CANNOT_READ, "%s: cannot be read: %s", path, cause);
}

static Status cannot_write(Diagnostic *diagnostic, const char *path, const char *cause) {
    return diagnose(diagnostic, STATUS_CANNOT_WRITE, "%s: cannot be written: %s", path, cause);
}

static Status no_memory(Diagnostic *diagnostic, const char *path) {
    return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for its samples", path);
}

// ---- Reading ----

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
    if (promised >= UINT32_MAX - 8 || (off_t)promised + 7 <= size) {
        return STATUS_OK; // 7: some programs count the padding byte, some do not
    }
    return diagnose(diagnostic, STATUS_CANNOT_READ,
                    "%s: is cut short: its header promises %lu bytes, but it has %lld; copy or "
                    "export it again",
                    path, (unsigned long)promised + 8, (long long)size);
}

static Status open_sound(AudioReader *reader, Diagnostic *diagnostic) {
    Status status = check_riff(reader->fd, reader->size, reader->path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    SF_INFO info = {0};
    reader->sound = sf_open_fd(reader->fd, SFM_READ, &info, SF_FALSE);
    if (!reader->sound) {
        return read_failure(diagnostic, reader->path, sf_strerror(NULL));
    }
    if (info.channels < 1 || info.channels > AUDIO_MOST_CHANNELS || info.samplerate < 1) {
        return read_failure(diagnostic, reader->path, "its header makes no sense");
    }
    reader->rate = info.samplerate;
    reader->channels = info.channels;
    reader->promised = info.frames;
    return STATUS_OK;
}

Status audio_reader_new(AudioReader **reader, const char *path, Diagnostic *diagnostic) {
    *reader = NULL;
    struct stat file;
    int fd = open_regular(path, &file, diagnostic);
    if (fd < 0) {
        return STATUS_CANNOT_READ;
    }
    AudioReader *made = memory_new(1, sizeof *made);
    char *name = made ? memory_new(strlen(path) + 1, 1) : NULL;
    if (!name) {
        memory_free(made);
        close(fd);
        return no_memory(diagnostic, path);
    }
    strcpy(name, path);
    *made = (AudioReader){.path = name, .fd = fd, .size = file.st_size};
    Status status = open_sound(made, diagnostic);
    if (status != STATUS_OK) {
        audio_reader_free(made);
        return status;
    }
    *reader = made;
    return STATUS_OK;
}

void audio_reader_free(AudioReader *reader) {
    if (!reader) {
        return;
    }
    if (reader->sound) {
        sf_close(reader->sound);
    }
    close(reader->fd);
    memory_free(reader->path);
    memory_free(reader);
}

int audio_reader_rate(const AudioReader *reader) {
    return reader->rate;
}

int audio_reader_channels(const AudioReader *reader) {
    return reader->channels;
}

size_t audio_reader_length(const AudioReader *reader) {
    bool credible = reader->promised > 0 && reader->promised / FRAMES_PER_BYTE <= reader->size;
    return credible ? (size_t)reader->promised : 0;
}

static Status check_finite(const AudioReader *reader, const float *samples, size_t frames,
                           Diagnostic *diagnostic) {
    size_t channels = (size_t)reader->channels;
    for (size_t i = 0; i < frames * channels; i++) {
        if (!isfinite(samples[i])) {
            size_t at = reader->frames + i / channels;
            return diagnose(diagnostic, STATUS_BAD_AUDIO,
                            "%s: sample %zu (at %.4f s) is %s; record or export it again",
                            reader->path, at, (double)at / reader->rate,
                            isnan(samples[i]) ? "NaN" : "infinite");
        }
    }
    return STATUS_OK;
}

// Whether the file held what its header promised.
static Status check_end(const AudioReader *reader, Diagnostic *diagnostic) {
    if (sf_error(reader->sound) != SF_ERR_NO_ERROR) {
        return read_failure(diagnostic, reader->path, sf_strerror(reader->sound));
    }
    if ((sf_count_t)reader->frames < reader->promised && reader->promised < SF_COUNT_MAX) {
        return diagnose(diagnostic, STATUS_CANNOT_READ,
                        "%s: is cut short: its header promises %lld samples, but it has %zu; copy "
                        "or export it again",
                        reader->path, (long long)reader->promised, reader->frames);
    }
    if (reader->frames == 0) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO, "%s: holds no audio (0 samples)",
                        reader->path);
    }
    return STATUS_OK;
}

Status audio_reader_read(AudioReader *reader, float *samples, size_t frames, size_t *got,
                         Diagnostic *diagnostic) {
    *got = 0;
    while (*got < frames) {
        float *to = samples + *got * (size_t)reader->channels;
        sf_count_t count = sf_readf_float(reader->sound, to, (sf_count_t)(frames - *got));
        if (count <= 0) {
            return check_end(reader, diagnostic);
        }
        Status status = check_finite(reader, to, (size_t)count, diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
        reader->frames += (size_t)count;
        *got += (size_t)count;
    }
    return STATUS_OK;
}

// ---- Writing ----

Status audio_writer_new(AudioWriter **writer, const char *path, int rate, int channels,
                        Diagnostic *diagnostic) {
    *writer = NULL;
    if (rate < 1 || channels < 1) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "%s: a WAV cannot hold %d channels at %d Hz", path, channels, rate);
    }
    AudioWriter *made = memory_new(1, sizeof *made);
    if (!made) {
        return no_memory(diagnostic, path);
    }
    *made = (AudioWriter){.rate = rate, .channels = channels};
    Status status = atomic_file_begin(&made->file, path, diagnostic);
    if (status != STATUS_OK) {
        memory_free(made);
        return status;
    }
    SF_INFO info = {
        .samplerate = rate, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    made->sound = sf_open_fd(made->file.fd, SFM_WRITE, &info, SF_FALSE);
    if (!made->sound) {
        audio_writer_free(made);
        return cannot_write(diagnostic, path, sf_strerror(NULL));
    }
    // The PEAK chunk holds the time of day; without it the same samples make the same file.
    sf_command(made->sound, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    *writer = made;
    return STATUS_OK;
}

void audio_writer_free(AudioWriter *writer) {
    if (!writer) {
        return;
    }
    if (writer->sound) {
        sf_close(writer->sound);
    }
    atomic_file_abandon(&writer->file);
    memory_free(writer);
}

Status audio_writer_write(AudioWriter *writer, const float *samples, size_t frames,
                          Diagnostic *diagnostic) {
    const char *path = writer->file.path;
    size_t limit = (UINT32_MAX - 1024) / (sizeof *samples * (size_t)writer->channels);
    if (frames > limit || writer->frames > limit - frames) {
        return diagnose(diagnostic, STATUS_CANNOT_WRITE,
                        "%s: a WAV cannot hold more than %zu samples of %d channels", path, limit,
                        writer->channels);
    }
    errno = 0;
    sf_count_t written = sf_writef_float(writer->sound, samples, (sf_count_t)frames);
    writer->frames += written > 0 ? (size_t)written : 0;
    if (written != (sf_count_t)frames || sf_error(writer->sound) != SF_ERR_NO_ERROR) {
        return cannot_write(diagnostic, path, strerror(errno ? errno : ENOSPC));
    }
    return STATUS_OK;
}

Status audio_writer_commit(AudioWriter *writer, Diagnostic *diagnostic) {
    errno = 0;
    int closed = sf_close(writer->sound);
    writer->sound = NULL;
    if (closed != 0) {
        return cannot_write(diagnostic, writer->file.path, strerror(errno ? errno : ENOSPC));
    }
    return atomic_file_commit(&writer->file, diagnostic);
}

// ---- In memory ----

// What libsndfile writes, as it goes back to fill in headers.
typedef struct Buffer {
    unsigned char *bytes;
    sf_count_t length, room, at;
} Buffer;

static sf_count_t buffer_length(void *context) {
    return ((Buffer *)context)->length;
}

static sf_count_t buffer_tell(void *context) {
    return ((Buffer *)context)->at;
}

static sf_count_t buffer_seek(sf_count_t offset, int whence, void *context) {
    Buffer *buffer = context;
    sf_count_t from = whence == SEEK_CUR ? buffer->at : whence == SEEK_END ? buffer->length : 0;
    if (from + offset < 0 || from + offset > buffer->length) {
        return -1;
    }
    return buffer->at = from + offset;
}

static sf_count_t buffer_read(void *to, sf_count_t count, void *context) {
    Buffer *buffer = context;
    sf_count_t left = buffer->length - buffer->at;
    count = count < left ? count : left;
    if (count > 0) {
        memcpy(to, buffer->bytes + buffer->at, (size_t)count);
        buffer->at += count;
    }
    return count;
}

static sf_count_t buffer_write(const void *from, sf_count_t count, void *context) {
    Buffer *buffer = context;
    sf_count_t end = buffer->at + count;
    if (end > buffer->room) {
        unsigned char *bytes = memory_resize(buffer->bytes, (size_t)buffer->length, 2 * (size_t)end,
                                             1);
        if (!bytes) {
            return 0;
        }
        buffer->bytes = bytes;
        buffer->room = 2 * end;
    }
    memcpy(buffer->bytes + buffer->at, from, (size_t)count);
    buffer->at = end;
    buffer->length = end > buffer->length ? end : buffer->length;
    return count;
}

Status audio_encode_flac(void **bytes, size_t *length, int rate, const float *samples,
                         size_t frames, Diagnostic *diagnostic) {
    SF_VIRTUAL_IO io = {buffer_length, buffer_seek, buffer_read, buffer_write, buffer_tell};
    SF_INFO info = {.samplerate = rate, .channels = 1, .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    Buffer buffer = {0};
    *bytes = NULL;
    *length = 0;
    SNDFILE *sound = sf_open_virtual(&io, SFM_WRITE, &info, &buffer);
    if (!sound) {
        memory_free(buffer.bytes);
        return diagnose(diagnostic, STATUS_UNSUPPORTED, "FLAC at %d Hz cannot be made: %s", rate,
                        sf_strerror(NULL));
    }
    sf_command(sound, SFC_SET_CLIPPING, NULL, SF_TRUE);
    bool whole = sf_writef_float(sound, samples, (sf_count_t)frames) == (sf_count_t)frames;
    if (sf_close(sound) != 0 || !whole) {
        memory_free(buffer.bytes);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for %zu samples as FLAC", frames);
    }
    *bytes = buffer.bytes;
    *length = (size_t)buffer.length;
    return STATUS_OK;
}
