// SPDX-License-Identifier: ISC
#include "dsp/files/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp/base/memory.h"

static Status read_failure(Diagnostic *diagnostic, const char *path, const char *cause) {
    return diagnose(diagnostic, STATUS_CANNOT_READ, "%s: cannot be read: %s", path, cause);
}

static Status check_file(int fd, const char *path, size_t limit, size_t *length,
                         Diagnostic *diagnostic) {
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return read_failure(diagnostic, path, strerror(errno));
    }
    if (S_ISDIR(status.st_mode)) {
        return read_failure(diagnostic, path, "it is a folder");
    }
    if (!S_ISREG(status.st_mode)) {
        return read_failure(diagnostic, path, "it is not a regular file");
    }
    if (status.st_size == 0) {
        return read_failure(diagnostic, path, "it is empty (0 bytes)");
    }
    if ((unsigned long long)status.st_size > limit) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "%s: has %lld bytes, far too many for a file of this kind (limit %zu)",
                        path, (long long)status.st_size, limit);
    }
    *length = (size_t)status.st_size;
    return STATUS_OK;
}

// Fills `bytes`; *length becomes what the file really held.
static Status read_all(int fd, char *bytes, size_t *length, const char *path,
                       Diagnostic *diagnostic) {
    size_t have = 0;
    while (have < *length) {
        ssize_t got = read(fd, bytes + have, *length - have);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return read_failure(diagnostic, path, strerror(errno));
        }
        if (got == 0) {
            break;
        }
        have += (size_t)got;
    }
    *length = have;
    return STATUS_OK;
}

static Status read_open(char **bytes, size_t *length, size_t limit, int fd, const char *path,
                        Diagnostic *diagnostic) {
    Status status = check_file(fd, path, limit, length, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    char *made = memory_new(*length + 1, 1);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory to read it", path);
    }
    status = read_all(fd, made, length, path, diagnostic);
    if (status != STATUS_OK) {
        memory_free(made);
        return status;
    }
    *bytes = made;
    return STATUS_OK;
}

Status whole_file_read(char **bytes, size_t *length, size_t limit, const char *path,
                       Diagnostic *diagnostic) {
    *bytes = NULL;
    *length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not hang us
    if (fd < 0) {
        return read_failure(diagnostic, path, strerror(errno));
    }
    Status status = read_open(bytes, length, limit, fd, path, diagnostic);
    close(fd);
    return status;
}
