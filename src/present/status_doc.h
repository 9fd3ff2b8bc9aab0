/* SPDX-License-Identifier: ISC */
#pragma once
/* One screen: is mail being refused, is anything coming in, and what is stored.  The first thing to look at. */
#include "present/doc.h"
#include "present/json_out.h"
#include "present/view_words.h"

/* One of six answers. */
enum status_verdict {
	STATUS_ACTION_NEEDED, /* sessions were refused */
	STATUS_AT_RISK,       /* sessions failed, none was refused */
	STATUS_ALL_CLEAR,
	STATUS_WAITING,       /* no report yet */
	STATUS_STOPPED,       /* none for days */
	STATUS_CANNOT_TELL,   /* reports are here, but none that counts */
	STATUS_VERDICT_COUNT
};
enum status_verdict status_verdict(const struct store_status *status, instant now);

const char *status_verdict_text(enum status_verdict verdict); /* "action-needed" */
/* The sentence alone. */
struct str status_sentence(const struct store_status *status, instant now, struct arena *arena);
/* The verdict alone, with its sentence: also the head of the overview. */
void status_doc_verdict(struct doc *doc, const struct store_status *status, instant now);
void status_doc(const struct store_status *status, instant now, struct arena *arena, struct doc *out);
void status_doc_json(const struct store_status *status, instant now, struct json_out *json);
