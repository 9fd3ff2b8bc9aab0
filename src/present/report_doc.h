/* SPDX-License-Identifier: ISC */
#pragma once
/* The readable document of one report: sentences first, then each policy with what failed under it, then what is odd
 * about the report itself. */
#include "present/doc.h"
#include "present/report_view.h"

void report_doc(const struct report_view *view, struct arena *arena, struct doc *out);

/* The failures of the report, one record each, for CSV and plain; a unit without failures is one record too. */
struct doc_table *report_doc_table(const struct report_view *view, struct arena *arena);
