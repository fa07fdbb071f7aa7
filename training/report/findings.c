// SPDX-License-Identifier: ISC
#include "training/report/findings.h"

#include "dsp/measures/speed.h"

Status findings_measure(Findings *findings, const Report *report, Diagnostic *diagnostic) {
    const Dataset *dataset = report->validation->dataset;
    const Recording *recording = dataset->recordings;
    double rate = dataset->rate;
    size_t second = (size_t)dataset->rate;
    *findings = (Findings){0};
    Status status = seconds_init(&findings->seconds, report->validation, diagnostic);
    if (status == STATUS_OK) {
        status = sines_levels(&findings->levels[0], report->model, rate, 110.0, diagnostic);
    }
    if (status == STATUS_OK) {
        status = sines_levels(&findings->levels[1], report->model, rate, 1000.0, diagnostic);
    }
    if (status == STATUS_OK) {
        status = sines_aliasing(&findings->aliasing, report->model, rate, diagnostic);
    }
    if (status == STATUS_OK) {
        status = speed_measure(&findings->engine_time, report->model, recording->input,
                               recording->frames < second ? recording->frames : second, diagnostic);
    }
    return status;
}

void findings_clear(Findings *findings) {
    seconds_clear(&findings->seconds);
}
