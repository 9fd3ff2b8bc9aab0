/* SPDX-License-Identifier: ISC */
#pragma once
/* Collects deviations and unknown members of one report, up to their limits. */
#include "base/arena.h"
#include "report/report.h"

struct report_notes {
	struct arena *arena;
	struct report *report;
	size_t deviation_room, unknown_room;
};

/* `path` and `read_as` must live as long as the report. */
void report_notes_add(struct report_notes *notes, enum deviation_kind kind, struct str path, struct str read_as);
void report_notes_unknown(struct report_notes *notes, struct str path, struct str value);

/* False once the lists are full: then the path need not be made. */
bool report_notes_has_room(const struct report_notes *notes);
