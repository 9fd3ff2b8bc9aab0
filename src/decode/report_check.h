/* SPDX-License-Identifier: ISC */
#pragma once
/* What only the whole report shows: its period, its sums, its sender. */
#include "decode/report_hints.h"
#include "decode/report_notes.h"

/* Adds deviations, `reporter`, `unexplained` and guessed policy domains.  `base` is the JSON pointer of the report. */
void report_check(struct report_notes *notes, struct str base, const struct report_hints *hints);
