/* SPDX-License-Identifier: ISC */
#pragma once
/* The JSON text of a generated report, in its reporter's own manner. */
#include "base/buf.h"
#include "bench/world.h"

#define REPORT_ID_MAX 256

/* The report-id of the JSON text; `subject` is what the mail's subject says, which often differs. */
struct report_ids {
	char json[REPORT_ID_MAX];
	char subject[2 * REPORT_ID_MAX];
	char unique[64]; /* the last part of the file name, may be "" */
};
void report_ids(const struct world_report *report, struct report_ids *out);

void report_text(const struct world_report *report, struct buf *out);
