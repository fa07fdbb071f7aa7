// SPDX-License-Identifier: ISC
// The report of a training run: one HTML page beside the model with everything in it, pictures and
// sound included. No network is needed to look at it.
#ifndef GRUFF_TRAINING_REPORT_REPORT_FILE_H
#define GRUFF_TRAINING_REPORT_REPORT_FILE_H

#include <stddef.h>

#include "dsp/base/status.h"
#include "training/report/report.h"

// Writes MODEL.report/index.html (MODEL: the model's path without .json), making the folder, and
// puts its path into path[size]. Whole or not at all.
Status report_file_write(char *path, size_t size, const Report *report, Diagnostic *diagnostic);

#endif
