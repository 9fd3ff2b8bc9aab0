/* SPDX-License-Identifier: ISC */
#pragma once
/* A door's line to `keep`: hands in arrivals and waits for what became of them.  For any number of threads. */
#include "base/err.h"
#include "report/arrival.h"
#include "report/wire.h"

struct keep_link;

enum verdict_kind {
	VERDICT_KEPT,    /* committed: stored, duplicate, held or quarantined; acknowledge it */
	VERDICT_LATER,   /* could not be stored now: 451, 503 */
	VERDICT_REFUSED, /* will never be taken (too large for the store): 554, 413 */
	VERDICT_KIND_COUNT
};

struct verdict {
	enum verdict_kind kind;
	int64_t arrival_id;           /* when kept */
	unsigned outcome;             /* enum ingest_outcome, when kept */
	uint32_t stored, duplicates, revisions, held;
	bool quarantined;
	char text[200];               /* a sentence, for the log and the reply; ASCII */
};

void verdict_write(const struct verdict *verdict, struct buf *out);
bool verdict_read(struct str body, struct verdict *out, struct err *err);

/* `control_fd` is the role's channel to the supervisor, which sends LINK messages with a connection to `keep`, again
 * after `keep` was restarted.  Starts one thread that reads answers. */
struct keep_link *keep_link_new(int control_fd);

/* Blocks until the verdict is there or `deadline_ms` (clock_ms()) has passed; without a connection it waits for
 * one until then.  Never false: no answer is VERDICT_LATER.  After a VERDICT_LATER the arrival may still
 * have been committed; identity makes the retry harmless. */
void keep_link_deliver(struct keep_link *link, const struct arrival *arrival, int64_t deadline_ms,
                       struct verdict *out);

/* True while there is a connection to `keep`. */
bool keep_link_is_up(const struct keep_link *link);
