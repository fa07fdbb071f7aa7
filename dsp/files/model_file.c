// SPDX-License-Identifier: ISC
#include "dsp/files/model_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp/files/atomic_file.h"
#include "dsp/files/guitarml.h"
#include "dsp/files/keras.h"
#include "dsp/files/nam.h"
#include "dsp/files/tree.h"
#include "dsp/memory.h"

static const long size_limit = 32L << 20; // bytes; the largest network that can be run needs 20 MB

// Puts the file's name before a text that does not know it.
static Status name_file(Status status, const char *name, const Diagnostic *cause,
                        Diagnostic *diagnostic) {
    return diagnose(diagnostic, status, "%.500s: %s", name, cause->text);
}

// The kind of file is seen from its content; what it is called does not matter.
static Status read_tree(Model *model, const Tree *root, Diagnostic *diagnostic) {
    if (tree_member(root, "layers")) {
        return keras_read(model, root, diagnostic);
    }
    if (tree_member(root, "model_data") || tree_member(root, "state_dict")) {
        return guitarml_read(model, root, diagnostic);
    }
    if (tree_member(root, "architecture")) {
        return nam_read(model, root, diagnostic);
    }
    return diagnose(diagnostic, STATUS_BAD_MODEL,
                    "this is JSON, but no model: it has neither \"layers\" (AIDA-X, RTNeural) nor "
                    "\"model_data\" (GuitarML) nor \"architecture\" (NAM)");
}

Status model_file_parse(Model **model, const char *text, size_t length, const char *name,
                        Diagnostic *diagnostic) {
    *model = NULL;
    Tree *root = NULL;
    Status status = tree_parse(&root, text, length, name, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Diagnostic cause = {""};
    Model *made = model_new();
    if (made) {
        status = read_tree(made, root, &cause);
        if (status == STATUS_OK) {
            status = model_check(made, &cause);
        }
    } else {
        status = diagnose(&cause, STATUS_NO_MEMORY, "no memory for the model");
    }
    tree_free(root);
    if (status != STATUS_OK) {
        model_free(made);
        return name_file(status, name, &cause, diagnostic);
    }
    *model = made;
    return STATUS_OK;
}

static Status read_failure(Diagnostic *diagnostic, const char *path, const char *cause) {
    return diagnose(diagnostic, STATUS_CANNOT_READ, "%s: cannot be read: %s", path, cause);
}

static Status check_file(int fd, const char *path, size_t *length, Diagnostic *diagnostic) {
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
    if (status.st_size > size_limit) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "%s: has %lld bytes, far too many for a model (limit %ld)", path,
                        (long long)status.st_size, size_limit);
    }
    *length = (size_t)status.st_size;
    return STATUS_OK;
}

// Fills `text`; *length becomes what the file really held.
static Status read_all(int fd, char *text, size_t *length, const char *path,
                       Diagnostic *diagnostic) {
    size_t have = 0;
    while (have < *length) {
        ssize_t got = read(fd, text + have, *length - have);
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

static Status read_open(Model **model, int fd, const char *path, Diagnostic *diagnostic) {
    size_t length = 0;
    Status status = check_file(fd, path, &length, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    char *text = memory_new(length, 1);
    if (!text) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory to read it", path);
    }
    status = read_all(fd, text, &length, path, diagnostic);
    if (status == STATUS_OK) {
        status = model_file_parse(model, text, length, path, diagnostic);
    }
    memory_free(text);
    return status;
}

Status model_file_read(Model **model, const char *path, Diagnostic *diagnostic) {
    *model = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not hang us
    if (fd < 0) {
        return read_failure(diagnostic, path, strerror(errno));
    }
    Status status = read_open(model, fd, path, diagnostic);
    close(fd);
    return status;
}

Status model_file_write(const Model *model, const char *path, Diagnostic *diagnostic) {
    Diagnostic cause = {""};
    Status status = model_check(model, &cause);
    if (status != STATUS_OK) {
        return name_file(status, path, &cause, diagnostic);
    }
    Tree *root = keras_build(model);
    char *text = root ? tree_print(root) : NULL;
    tree_free(root);
    if (!text) {
        return diagnose(diagnostic, STATUS_NO_MEMORY,
                        "%s: cannot be written: no memory, or a name that is not UTF-8", path);
    }
    status = atomic_file_write(path, text, strlen(text), diagnostic);
    memory_free(text);
    return status;
}
