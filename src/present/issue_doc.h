/* SPDX-License-Identifier: ISC */
#pragma once
/* Issues for people and for programs: the list, and the page of one. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/issue.h"

struct str issue_doc_title(struct arena *arena, const struct issue *issue);
/* One paragraph: what it means, who says so, whose fault it is. */
struct str issue_doc_sentences(struct arena *arena, const struct issue *issue, struct str only_reporter);

void issue_doc_list(const struct issue *issues, size_t n, instant now, struct arena *arena, struct doc *out);
void issue_doc_add_table(struct doc *doc, const struct issue *issues, size_t n, instant now);
/* How it stands, for a badge. */
enum doc_tone issue_doc_tone(const struct issue *issue);
/* Its history as a list, the last `most` of it. */
void issue_doc_history(struct doc *doc, const struct issue_page *page, size_t most);
struct doc_table *issue_doc_table(const struct issue *issues, size_t n, instant now, struct arena *arena);
void issue_doc(const struct issue_page *page, instant now, struct arena *arena, struct doc *out);

/* {"issues":[...]} */
void issue_doc_list_json(const struct issue *issues, size_t n, instant now, struct arena *arena, struct json_out *json);
void issue_doc_row_json(const struct issue *issue, instant now, struct arena *arena, struct json_out *json,
                        const char *key);
void issue_doc_json(const struct issue_page *page, instant now, struct arena *arena, struct json_out *json);
