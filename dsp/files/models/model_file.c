// SPDX-License-Identifier: ISC
#include "dsp/files/models/model_file.h"

#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/models/guitarml.h"
#include "dsp/files/models/keras.h"
#include "dsp/files/models/nam.h"
#include "dsp/files/models/tree.h"
#include "dsp/files/whole_file.h"

static const size_t size_limit = (size_t)32
                                 << 20; // bytes; the largest network that can be run needs 20 MB

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

// The model in a tree, which stands for the file `name`.
static Status take(Model **model, const Tree *root, const char *name, Diagnostic *diagnostic) {
    Diagnostic cause = {""};
    Model *made = model_new();
    Status status = made ? read_tree(made, root, &cause)
                         : diagnose(&cause, STATUS_NO_MEMORY, "no memory for the model");
    if (status == STATUS_OK) {
        status = model_check(made, &cause);
    }
    if (status != STATUS_OK) {
        model_free(made);
        return name_file(status, name, &cause, diagnostic);
    }
    *model = made;
    return STATUS_OK;
}

Status model_file_parse(Model **model, const char *text, size_t length, const char *name,
                        Diagnostic *diagnostic) {
    *model = NULL;
    Tree *root = NULL;
    Status status = tree_parse(&root, text, length, name, diagnostic);
    if (status == STATUS_OK) {
        status = take(model, root, name, diagnostic);
    }
    tree_free(root);
    return status;
}

Status model_file_read(Model **model, const char *path, Diagnostic *diagnostic) {
    *model = NULL;
    char *text = NULL;
    size_t length = 0;
    Status status = whole_file_read(&text, &length, size_limit, path, diagnostic);
    if (status != STATUS_OK) {
        return status == STATUS_UNSUPPORTED ? STATUS_BAD_MODEL : status; // no model is that large
    }
    status = model_file_parse(model, text, length, path, diagnostic);
    memory_free(text);
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
    Model *again = NULL;
    if (text) {
        status = take(&again, root, path, diagnostic);
    } else {
        status = diagnose(diagnostic, STATUS_NO_MEMORY,
                          "%s: cannot be written: no memory, or a name that is not UTF-8", path);
    }
    if (status == STATUS_OK) {
        status = atomic_file_write(path, text, strlen(text), diagnostic);
    }
    model_free(again);
    memory_free(text);
    tree_free(root);
    return status;
}
