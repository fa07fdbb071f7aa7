// SPDX-License-Identifier: ISC
// What gruff-train found and did, as JSON for scripts: one object, one line. The caller owns *text
// (memory_free).
#ifndef GRUFF_TRAINING_REPORT_RECORD_H
#define GRUFF_TRAINING_REPORT_RECORD_H

#include "dsp/measures/agreement.h"
#include "training/learning/score.h"
#include "training/learning/trainer_options.h"
#include "training/learning/trainer_result.h"

// What a run came to.
typedef struct Record {
    const char *model_path, *report_path;
    const TrainerOptions *options;
    const TrainerResult *result;
    const Dataset *dataset;
    const Scores *scores;
    const Agreement *agreement;
    const ModelBehaviour *behaviour;
    double esr;         // validation ESR of the written file
    double peak_memory; // bytes
} Record;

// {"verdict": the worst one, "rate", "seconds_to_train", "seconds_held_out", "stretches_held_out",
//  "message", "coverage": {"silent", "struck", "sustained", "ringing", "likeness", "hertz": [band],
//                          "lowest_level", "level_step", "struck_map": [row][band] in s,
//                          "sustained_map", "missing": checks},
//  "recordings": [{"name", "use", "verdict", "frames", "latency", "drift", "held_out": [[s, s],
//  ...],
//                  "knobs", "checks": [{"id", "verdict", "value", "unit", "text"}, ...]}, ...]}
// The message is the first refusal, or null.
Status record_checks(char **text, const Dataset *dataset, Diagnostic *diagnostic);

// The same where there is nothing to list, since the recordings could not be read.
Status record_failure(char **text, const char *message, Diagnostic *diagnostic);

// {"model", "report", "esr", "test_esr", "tests": [...], "epochs", ..., "self_test": {"passed",
// "isa", "max_abs"} (the worst, see Agreement), "behaviour": as in the file, and what record_checks
// has under "recordings"}
Status record_run(char **text, const Record *record, Diagnostic *diagnostic);

#endif
