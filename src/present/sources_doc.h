/* SPDX-License-Identifier: ISC */
#pragma once
/* Aggregate by sending source: who reports, how it went for them, and from which addresses it failed. */
#include "present/doc.h"
#include "present/json_out.h"
#include "present/view_words.h"

enum sources_detail {
	SOURCES_ROWS,     /* one row a source */
	SOURCES_FAILURES, /* and below it the policies with failures */
	SOURCES_ALL,      /* every policy, and each address that failed */
};

/* The rows alone, at the end of another document. */
void sources_doc_add(struct doc *doc, const struct source_view *view, const struct view_scope *scope);
void sources_doc(const struct source_view *view, const struct view_scope *scope, enum sources_detail detail,
                 struct arena *arena, struct doc *out);
/* One record for each failure, and for each policy without one. */
struct doc_table *sources_doc_table(const struct source_view *view, struct arena *arena);
void sources_doc_json(const struct source_view *view, struct json_out *json);
void sources_doc_row_json(const struct source_row *row, const char *key, struct json_out *json);
