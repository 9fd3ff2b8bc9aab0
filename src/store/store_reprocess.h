/* SPDX-License-Identifier: ISC */
#pragma once
/* Reading kept originals again with today's decoder: what changes is changed, what stays the same is not touched. */
#include "store/store.h"

struct reprocess_item {
	int64_t arrival_id;
	struct arrival arrival; /* without its bytes */
	int64_t original_id;
	enum trust trust;
	struct str trust_reason;
};

/* The next arrival after `after_id` whose original is kept; ERR_MISSING at the end.  STORE_READ is enough. */
bool store_reprocess_next(struct store *store, int64_t after_id, struct arena *arena, struct reprocess_item *out,
                          struct err *err);

enum reprocess_outcome {
	REPROCESS_SAME,     /* nothing is different; nothing was written */
	REPROCESS_CHANGED,  /* its reports are read differently */
	REPROCESS_READ,     /* it could not be read before, and can be now */
	REPROCESS_LOST,     /* it could be read before, and cannot be now: left as it was */
	REPROCESS_OUTCOME_COUNT
};

/* Inside a transaction (store_begin).  With `dry_run` nothing is written.  Trust stays what it was: keys of the past are
 * gone. */
bool store_reprocess(struct store *store, const struct reprocess_item *item, const struct decoded *decoded,
                     bool dry_run, enum reprocess_outcome *out, struct err *err);
