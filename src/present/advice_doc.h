/* SPDX-License-Identifier: ISC */
#pragma once
/* The rollout adviser of one domain: the checklist, what enforce would have refused, the next step and why. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/advice.h"
#include "report/views.h"
#include "report/rollover.h"

struct advice_page {
	struct str domain;
	struct advice_facts facts;
	struct advice_limits limits;
	struct advice advice;
	struct advice_rung rungs[ADVICE_RUNGS];
	struct advice_refusal *refusals; /* reporters with refused sessions, most first */
	size_t refusal_count;
	int32_t since_day, until_day; /* what the sessions cover */
	struct str_list unknowns;     /* what the look could not tell */
	struct completeness complete;
	struct str served_id;         /* of the policy that is served here */
	bool mx_known, mx_is_secure;  /* the set of mail servers was told; it is signed */
	struct rollover *rollovers;   /* one a mail server */
	size_t rollover_count;
};

const char *advice_doc_step_code(enum advice_step step); /* "enforce" */
const char *advice_doc_step(enum advice_step step);      /* in the reader's language */

/* One line of the checklist. */
struct str advice_doc_matter(const struct advice_page *page, enum advice_matter matter, struct arena *arena);

void advice_doc(const struct advice_page *page, struct arena *arena, struct doc *out);
void advice_doc_json(const struct advice_page *page, struct arena *arena, struct json_out *json);
