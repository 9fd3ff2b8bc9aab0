/* SPDX-License-Identifier: ISC */
#pragma once
/* The way to an enforced policy and the way out of MTA-STS, as parts of the advice on a domain. */
#include "present/advice_doc.h"

/* The rungs, where the domain is, and what holds up the next one. */
void rollout_doc(const struct advice_page *page, struct arena *arena, struct doc *doc);
/* The steps out, once they are begun; before that what they would take. */
void rollout_doc_leaving(const struct advice_page *page, struct arena *arena, struct doc *doc);
/* The members "ladder" and "leaving". */
void rollout_doc_json(const struct advice_page *page, struct arena *arena, struct json_out *json);
