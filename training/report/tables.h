// SPDX-License-Identifier: ISC
// The parts of the report that are tables: each writes its rows, as HTML.
#ifndef GRUFF_TRAINING_REPORT_TABLES_H
#define GRUFF_TRAINING_REPORT_TABLES_H

#include <stdio.h>

#include "training/report/findings.h"
#include "training/report/report.h"

// Recipe, speed and file as tables.
void report_recipe(FILE *page, const Report *report);
void report_speed(FILE *page, const Report *report, const Findings *findings);
void report_file(FILE *page, const Report *report);

#endif
