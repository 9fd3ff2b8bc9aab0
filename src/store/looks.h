/* SPDX-License-Identifier: ISC */
#pragma once
/* When the domains of this house are looked at, and how the last look went.  What writes happens inside store_begin and
 * store_commit. */
#include "report/check.h"
#include "store/store.h"

/* Listed domains, not paused, and proven where there is more than one tenant: nothing that a stranger sends makes us
 * knock anywhere.  New ones are due at once; many new ones within `spread_secs`. */
bool looks_sync(struct store *store, instant now, uint32_t spread_secs, struct err *err);
/* Domains for which a report of `since_day` or later names a failure are due now, or `pause_secs` after their last look. */
bool looks_take_wanted(struct store *store, instant now, int32_t since_day, uint32_t pause_secs, struct err *err);

struct look_row {
	struct str domain;
	instant next_at, looked_at; /* INSTANT_NONE: never */
	enum check_state verdict;
	uint32_t unknown;  /* looks in a row that could not tell */
	struct str reason; /* why the last one could not; absent */
};
/* The longest due first. */
bool looks_due(struct store *store, instant now, size_t most, struct arena *arena, struct look_row **out,
               size_t *out_count, struct err *err);
bool looks_next(struct store *store, instant *out_at, struct err *err); /* INSTANT_NONE */
/* ERR_MISSING where the domain is not looked at. */
bool looks_one(struct store *store, struct str domain, struct arena *arena, struct look_row *out, struct err *err);
bool looks_put_off(struct store *store, struct str domain, instant next_at, struct err *err);
/* next_at, looked_at, verdict, unknown and reason of the row; no row: nothing. */
bool looks_set(struct store *store, const struct look_row *row, struct err *err);
