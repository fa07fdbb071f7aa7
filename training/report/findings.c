// SPDX-License-Identifier: ISC
#include "training/report/findings.h"

#include "dsp/measures/speed.h"

#define TONE 2300.0 // Hz

Status findings_measure(Findings *findings, const Report *report, Diagnostic *diagnostic) {
    double rate = report->validation->dataset->rate;
    *findings = (Findings){0};
    Status status = seconds_init(&findings->seconds, report->validation, diagnostic);
    if (status == STATUS_OK) {
        status = kinds_measure(&findings->kinds, report->validation, diagnostic);
    }
    if (status == STATUS_OK) {
        status = sines_levels(&findings->levels[0], report->model, rate, 110.0, diagnostic);
    }
    if (status == STATUS_OK) {
        status = sines_levels(&findings->levels[1], report->model, rate, 1000.0, diagnostic);
    }
    if (status == STATUS_OK) {
        status = sines_spectrum(&findings->tone, report->model, rate, TONE, diagnostic);
    }
    if (status == STATUS_OK) {
        SpeedCase usual = speed_usual();
        status = speed_measure(&findings->engine_time, &report->model, 1, &usual, diagnostic);
    }
    return status;
}

void findings_clear(Findings *findings) {
    seconds_clear(&findings->seconds);
}
