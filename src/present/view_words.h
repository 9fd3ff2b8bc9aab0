/* SPDX-License-Identifier: ISC */
#pragma once
/* What all views say alike: which data they cover, which filters hold, and why there is nothing to see. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/views.h"

/* Where a view looked. */
struct view_scope {
	struct filter filter;
	bool is_default_period;            /* nobody asked for this period */
	const struct store_status *status; /* what is stored in all; NULL: not known */
	const char *command;               /* "result list": for the hints */
	const char *path;                  /* "/results": for the links */
};

#define VIEW_DEFAULT_DAYS 30

/* The default period of the pages: VIEW_DEFAULT_DAYS days up to the last one with data, today at the latest. */
void view_words_default_period(const struct store_status *status, struct filter *filter);

/* "Days (UTC): 23 Oct 2026 to 21 Nov 2026." and the filters, in one line. */
struct str view_words_coverage(struct arena *arena, const struct view_scope *scope);

/* Says what is missing, why, and what to do next: nothing stored yet, nothing in this period, or filters that hide all. */
void view_words_empty(struct doc *doc, const struct view_scope *scope);

/* Links to other periods of the same page, the filters kept. */
void view_words_periods(struct doc *doc, const struct view_scope *scope);

/* PATH with the filters of the scope, and one more parameter (its name may be NULL). */
struct str view_words_href(struct arena *arena, const struct view_scope *scope, const char *path, const char *name,
                           struct str value);

/* "period":{"begin":...,"end":...} */
void view_words_period_json(struct json_out *json, struct period period);

/* "ops@example.com lies behind example.com, which is watched here. ..." */
struct str view_words_behind(struct arena *arena, struct str address, struct str behind);
