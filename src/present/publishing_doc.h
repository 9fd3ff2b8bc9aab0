/* SPDX-License-Identifier: ISC */
#pragma once
/* What was published, or why not, the record to set, what comes next; and the history of what was published here. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/publishing.h"

void publishing_doc(const struct publishing *publishing, struct arena *arena, struct doc *out);
void publishing_doc_json(const struct publishing *publishing, struct arena *arena, struct json_out *json);

/* The section "published here" of a policy's history: appended to `out`, or the member "published" of the object that is
 * open. */
void publishing_doc_history(const struct published_list *history, struct arena *arena, struct doc *out);
void publishing_doc_history_json(const struct published_list *history, struct json_out *json);
/* One policy as an object; null where there is none. */
void publishing_doc_policy_json(const struct published *one, const char *key, struct json_out *json);

/* "1 day", "7 days", "90 minutes". */
struct str publishing_doc_age(uint64_t secs, struct arena *arena);
/* The flag that overrules a doubt. */
const char *publishing_doc_flag(enum publishing_doubt doubt);
/* The same for the API: "servers". */
const char *publishing_doc_word(enum publishing_doubt doubt);
struct str publishing_doc_reason(const struct publishing_reason *reason, struct arena *arena);
