/* SPDX-License-Identifier: ISC */
#pragma once
/* Aggregate by result: failures first, with the policies and servers they fell on; what was secured in one group. */
#include "present/doc.h"
#include "present/json_out.h"
#include "present/view_words.h"

void results_doc(const struct result_view *view, const struct view_scope *scope, struct arena *arena, struct doc *out);
/* The tables alone, at the end of another document. */
void results_doc_add(struct doc *doc, const struct result_view *view, const struct view_scope *scope);
/* One record for each result, policy and server, and for each kind of success (its result_type is empty). */
struct doc_table *results_doc_table(const struct result_view *view, struct arena *arena);
void results_doc_json(const struct result_view *view, struct arena *arena, struct json_out *json);
/* Its members without the period, for an object that holds more. */
void results_doc_members_json(const struct result_view *view, struct arena *arena, struct json_out *json);
/* One result, for a line of its own. */
void results_doc_row_json(const struct result_row *row, struct arena *arena, struct json_out *json);
