// SPDX-License-Identifier: ISC
// libFuzzer target for the model loader: any bytes give a model that can be written and read again,
// or a refusal of one line; also when memory.h runs short at any place. (Not jansson's own memory:
// version 2.14 ends the process by an assertion when its token buffer cannot grow.)
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/files/keras.h"
#include "dsp/files/model_file.h"
#include "dsp/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
    if (!condition) {
        abort();
    }
}

static Model *parse(const char *text, size_t size) {
    Model *model = NULL;
    Diagnostic diagnostic = {""};
    Status status = model_file_parse(&model, text, size, "x", &diagnostic);
    require((status == STATUS_OK) == (model != NULL));
    require(status == STATUS_OK || (diagnostic.text[0] && !strpbrk(diagnostic.text, "\r\n")));
    return model;
}

// What is written for a model is read again as the same model.
static void check_round_trip(const Model *model) {
    Tree *tree = keras_build(model);
    char *text = tree_print(tree);
    require(tree && text);
    Model *again = parse(text, strlen(text));
    require(again && again->layer_count == model->layer_count);
    require(model_weight_count(again) == model_weight_count(model));
    model_free(again);
    memory_free(text);
    tree_free(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Model *model = parse((const char *)data, size);
    if (model) {
        check_round_trip(model);
    }
    model_free(model);
    unsigned place = 0; // where memory runs short; from the input, so that a finding is repeatable
    for (size_t i = 0; i < size; i++) {
        place = place * 31u + data[i];
    }
    memory_fail_after(place % 40);
    model_free(parse((const char *)data, size));
    memory_fail_after(-1);
    return 0;
}
