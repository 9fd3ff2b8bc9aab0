/* SPDX-License-Identifier: ISC */
#pragma once
/* The list of reports, newest first, with the counts and the worst result of each, so that nobody has to open them all. */
#include "present/doc.h"
#include "present/json_out.h"
#include "present/view_words.h"

void reports_doc(const struct report_list *list, const struct view_scope *scope, struct arena *arena, struct doc *out);
struct doc_table *reports_doc_table(const struct report_list *list, struct arena *arena);

/* The list as one document; `next` is null at its end.  For long lists the pieces can be written one by one. */
void reports_doc_json(const struct report_list *list, struct json_out *json);
void reports_doc_row_json(const struct report_row *row, struct json_out *json);
