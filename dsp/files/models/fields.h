// SPDX-License-Identifier: ISC
// Single values in model files. A key that is missing or null keeps what it has; one of the wrong
// kind or out of range is told by its name.
#ifndef GRUFF_DSP_FILES_MODELS_FIELDS_H
#define GRUFF_DSP_FILES_MODELS_FIELDS_H

#include "dsp/base/status.h"
#include "dsp/files/models/tree.h"
#include "dsp/network/model.h"

// A member that is there and not null; NULL otherwise.
const Tree *field_find(const Tree *object, const char *key);

// A number within least .. most.
Status field_number(const Tree *object, const char *key, double least, double most, double *value,
                    Diagnostic *diagnostic);

// A whole number within least .. most.
Status field_integer(const Tree *object, const char *key, int least, int most, int *value,
                     Diagnostic *diagnostic);

// A rate in Hz, as a number or as text with digits.
Status field_rate(const Tree *object, const char *key, double *rate, Diagnostic *diagnostic);

// An object; *found is NULL when it is missing.
Status field_object(const Tree *object, const char *key, const Tree **found,
                    Diagnostic *diagnostic);

// As much of a text as fits: never half a character, control characters as spaces. Anything but a
// text counts as missing.
void field_text(const Tree *object, const char *key, char to[MODEL_TEXT]);

// A number of any size, for information only: anything else counts as missing.
void field_hint(const Tree *object, const char *key, double *value);

#endif
