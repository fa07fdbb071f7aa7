// SPDX-License-Identifier: ISC
#include "dsp/files/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "dsp/base/path.h"

enum { ATTEMPTS = 100, BESIDE_ROOM = 64, OPEN_NAME = 40 };

#ifndef O_TMPFILE // of Linux
#define O_TMPFILE 0
#endif

static Status write_failure(Diagnostic *diagnostic, const char *path, const char *cause) {
    return diagnose(diagnostic, STATUS_CANNOT_WRITE, "%s: cannot be written: %s", path, cause);
}

static Status no_memory(Diagnostic *diagnostic, const char *path) {
    return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory to write it", path);
}

static char *copy_text(const char *text, size_t length) {
    char *copy = memory_new(length + 1, 1);
    if (copy) {
        memcpy(copy, text, length);
    }
    return copy;
}

// The file that `path` stands for: links are followed, so that a link stays one. `*mode` receives
// the permission bits of a file that is there already.
static Status resolve(AtomicFile *file, const char *path, bool *exists, mode_t *mode,
                      Diagnostic *diagnostic) {
    struct stat status;
    *exists = false;
    if (!*path) {
        return write_failure(diagnostic, path, "it has no name");
    }
    if (lstat(path, &status) != 0) {
        if (errno != ENOENT) {
            return write_failure(diagnostic, path, strerror(errno));
        }
        file->path = copy_text(path, strlen(path));
        return file->path ? STATUS_OK : no_memory(diagnostic, path);
    }
    char *real = realpath(path, NULL);
    if (!real) {
        return write_failure(diagnostic, path,
                             errno == ENOENT ? "it is a link that leads nowhere" : strerror(errno));
    }
    file->path = copy_text(real, strlen(real));
    free(real);
    if (!file->path) {
        return no_memory(diagnostic, path);
    }
    if (stat(file->path, &status) != 0) {
        return write_failure(diagnostic, path, strerror(errno));
    }
    if (S_ISDIR(status.st_mode)) {
        return write_failure(diagnostic, path, "it is a folder");
    }
    if (!S_ISREG(status.st_mode)) {
        return write_failure(diagnostic, path, "it is not a regular file");
    }
    if (faccessat(AT_FDCWD, file->path, W_OK, AT_EACCESS) != 0) {
        return write_failure(diagnostic, path, strerror(errno));
    }
    *exists = true;
    *mode = status.st_mode & 0777;
    return STATUS_OK;
}

Status atomic_file_spares(const char *path, const char *input, Diagnostic *diagnostic) {
    struct stat written, read;
    if (stat(path, &written) == 0 && stat(input, &read) == 0 && written.st_dev == read.st_dev &&
        written.st_ino == read.st_ino) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "%.400s: would replace %.400s, which is read; name another file", path,
                        input);
    }
    return STATUS_OK;
}

// The next name in the folder of file->path that nobody else should have.
static void name_beside(AtomicFile *file) {
    static _Atomic unsigned counter;
    size_t folder = (size_t)(path_name(file->path) - file->path);
    snprintf(file->beside, folder + BESIDE_ROOM, "%.*s.gruff-%ld-%u.part", (int)folder, file->path,
             (long)getpid(), atomic_fetch_add(&counter, 1));
}

// How another thread or call can name an open file.
static void name_of_open(char name[OPEN_NAME], int fd) {
    snprintf(name, OPEN_NAME, "/proc/self/fd/%d", fd);
}

// A file without a name in the folder of file->path; -1 where there is no such thing, or no way to
// name it later.
static int open_nameless(const AtomicFile *file) {
    size_t folder = (size_t)(path_name(file->path) - file->path);
    char *name = folder > 0 ? copy_text(file->path, folder) : copy_text(".", 1);
    int fd = name ? open(name, O_RDWR | O_TMPFILE | O_CLOEXEC, 0666) : -1;
    memory_free(name);
    char opened[OPEN_NAME];
    name_of_open(opened, fd);
    if (fd >= 0 && access(opened, F_OK) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

// Opens a new file in the folder of file->path, under a name that nobody else uses if it needs one.
static Status open_beside(AtomicFile *file, Diagnostic *diagnostic) {
    size_t folder = (size_t)(path_name(file->path) - file->path);
    file->beside = memory_new(folder + BESIDE_ROOM, 1);
    if (!file->beside) {
        return no_memory(diagnostic, file->path);
    }
    int fd = open_nameless(file);
    file->nameless = fd >= 0;
    for (int attempt = 0; attempt < ATTEMPTS && fd < 0; attempt++) {
        name_beside(file);
        fd = open(file->beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST) {
            break;
        }
    }
    if (fd == 0) { // standard input was closed; 0 stands for "not open" here
        fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
        close(0);
    }
    if (fd < 0) {
        return write_failure(diagnostic, file->path, strerror(errno));
    }
    file->fd = fd;
    return STATUS_OK;
}

// Gives a file without one its name beside the final one: only a rename can replace a file.
static bool appear(AtomicFile *file) {
    char opened[OPEN_NAME];
    name_of_open(opened, file->fd);
    for (int attempt = 0; attempt < ATTEMPTS && file->nameless; attempt++) {
        name_beside(file);
        file->nameless = linkat(AT_FDCWD, opened, AT_FDCWD, file->beside, AT_SYMLINK_FOLLOW) != 0;
        if (file->nameless && errno != EEXIST) {
            break;
        }
    }
    return !file->nameless;
}

static void release(AtomicFile *file) {
    memory_free(file->path);
    memory_free(file->beside);
    *file = (AtomicFile){.fd = -1};
}

void atomic_file_abandon(AtomicFile *file) {
    if (file->fd > 0) {
        close(file->fd);
        if (!file->nameless) {
            unlink(file->beside);
        }
    }
    release(file);
}

Status atomic_file_begin(AtomicFile *file, const char *path, Diagnostic *diagnostic) {
    bool exists = false;
    mode_t mode = 0;
    *file = (AtomicFile){.fd = -1};
    Status status = resolve(file, path, &exists, &mode, diagnostic);
    if (status == STATUS_OK) {
        status = open_beside(file, diagnostic);
    }
    if (status == STATUS_OK && exists && fchmod(file->fd, mode) != 0) {
        status = write_failure(diagnostic, path, strerror(errno));
    }
    if (status != STATUS_OK) {
        atomic_file_abandon(file);
    }
    return status;
}

// A rename lasts over a power cut only once its folder is synced. Not every file system can; the
// file itself is whole either way, so failure does not matter.
static void sync_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = !slash          ? copy_text(".", 1)
                   : slash == path ? copy_text("/", 1)
                                   : copy_text(path, (size_t)(slash - path));
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    memory_free(folder);
}

Status atomic_file_commit(AtomicFile *file, Diagnostic *diagnostic) {
    if (fsync(file->fd) != 0 || !appear(file) || rename(file->beside, file->path) != 0) {
        Status status = write_failure(diagnostic, file->path, strerror(errno));
        atomic_file_abandon(file);
        return status;
    }
    close(file->fd);
    sync_folder(file->path);
    release(file);
    return STATUS_OK;
}

Status atomic_file_write(const char *path, const void *bytes, unsigned long length,
                         Diagnostic *diagnostic) {
    AtomicFile file;
    Status status = atomic_file_begin(&file, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    const char *rest = bytes;
    while (length > 0) {
        ssize_t written = write(file.fd, rest, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            status = write_failure(diagnostic, path, strerror(written < 0 ? errno : ENOSPC));
            atomic_file_abandon(&file);
            return status;
        }
        rest += written;
        length -= (unsigned long)written;
    }
    return atomic_file_commit(&file, diagnostic);
}
