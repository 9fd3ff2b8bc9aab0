/* SPDX-License-Identifier: ISC */
#pragma once
/* The MTA-STS policies that this house serves.  Only listed domains have any; what belongs to another tenant is not
 * there.  All memory belongs to the arena. */
#include "report/served_policy.h"
#include "store/store.h"

/* --- STORE_READ is enough --- */
/* Of one domain, the newest first; none is no error. */
bool published_history(struct store *store, struct str domain, struct arena *arena, struct published_list *out,
                       struct err *err);
/* The newest of one domain; `out->n` is 0 where there is none. */
bool published_now(struct store *store, struct str domain, struct arena *arena, struct published *out, struct err *err);
/* The newest of each domain that has any, by name; also those that are taken down. */
bool published_all(struct store *store, struct arena *arena, struct published_list *out, struct err *err);
bool published_last_wave(struct store *store, int64_t *out_wave, struct err *err);

/* What is to be served: of listed domains, proven ones where there are several tenants. */
struct shelf_row {
	struct str domain, text;
	bool leads_here;  /* by the last look that could tell */
	instant seen_at;  /* INSTANT_NONE: never told */
};
bool published_shelf(struct store *store, struct arena *arena, struct shelf_row **out, size_t *out_count,
                     struct err *err); /* by name */
/* They grow: `*out_version` with every change of a file or of who may have one, `*out_places` with what is known of places. */
bool published_version(struct store *store, int64_t *out_version, int64_t *out_places, struct err *err);

enum place_leads { PLACE_UNKNOWN, PLACE_HERE, PLACE_ELSEWHERE, PLACE_LEADS_COUNT };
/* Where mta-sts.DOMAIN leads, and when that was told; PLACE_UNKNOWN for what was never looked up. */
bool published_place(struct store *store, struct str domain, enum place_leads *out_leads, instant *out_at, struct err *err);

/* --- STORE_WRITE; each a transaction of its own --- */
/* ERR_MISSING when the domain is not listed, ERR_DENIED when it is not proven where it must be, ERR_LATER when the newest
 * one is not `expected` any more, ERR_INPUT when the id was used before. */
bool published_add(struct store *store, const struct published *one, int64_t expected, int64_t *out_n, struct err *err);

/* Domains whose place is to be looked up, at most `most`, the longest due first; `*out_next` is when the next one is. */
bool published_places_due(struct store *store, instant now, size_t most, struct arena *arena, struct str_list *out,
                          instant *out_next, struct err *err);
/* PLACE_UNKNOWN keeps what was told before. */
bool published_place_told(struct store *store, struct str domain, enum place_leads leads, instant now, struct err *err);
