/* SPDX-License-Identifier: ISC */
#pragma once
/* How far the data goes, and who has yet to report: stands wherever a number of a day is shown. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/views.h"

/* "Data up to 21 Nov 2026, 23:59 UTC. 4 of 6 usual reporters have reported for that day (Microsoft and Comcast usually
 * report by 10:00 UTC)."  Nothing where there is no data. */
void complete_words_put(struct doc *doc, const struct completeness *complete);
/* The same as a text, for the head of a list or a mail; absent where there is no data. */
struct str complete_words(struct arena *arena, const struct completeness *complete);

/* Whether that day is one of those that are not complete; `complete` may know nothing of it. */
bool complete_words_is_partial(const struct completeness *complete, int32_t day);

/* "completeness":{"day","end","usual","reported","missing":[...],"partial_days":[...]} */
void complete_words_json(struct json_out *json, const struct completeness *complete);
