/* SPDX-License-Identifier: ISC */
#include "decode/report_notes.h"

#include "base/limits.h"

void report_notes_add(struct report_notes *notes, enum deviation_kind kind, struct str path, struct str read_as)
{
	struct report *report = notes->report;

	if (report->deviation_count >= LIMIT_DEVIATIONS) {
		report->deviations_dropped++;
		return;
	}
	void *array = report->deviations;
	struct deviation *deviation = arena_push(notes->arena, &array, &report->deviation_count,
	                                         &notes->deviation_room, sizeof *deviation);
	report->deviations = array;
	*deviation = (struct deviation){.kind = kind, .path = path, .read_as = read_as};
}

void report_notes_unknown(struct report_notes *notes, struct str path, struct str value)
{
	struct report *report = notes->report;

	if (report->unknown_count >= LIMIT_UNKNOWN_MEMBERS) {
		report->unknown_dropped++;
		return;
	}
	void *array = report->unknown_members;
	struct unknown_member *member =
	    arena_push(notes->arena, &array, &report->unknown_count, &notes->unknown_room, sizeof *member);
	report->unknown_members = array;
	*member = (struct unknown_member){.path = path, .value = value};
}

bool report_notes_has_room(const struct report_notes *notes)
{
	return notes->report->deviation_count < LIMIT_DEVIATIONS || notes->report->unknown_count < LIMIT_UNKNOWN_MEMBERS;
}
