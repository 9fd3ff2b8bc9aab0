/* SPDX-License-Identifier: ISC */
#pragma once
/* The log of alerts, which is their outbox too.  Rules and outcomes are numbers of alert/alert_rules.h; nothing here
 * decides. */
#include "report/issue.h"
#include "store/store.h"

/* Issues whose alerts are to be judged; they are forgotten with this call.  Inside a transaction. */
bool alerts_due(struct store *store, struct arena *arena, int64_t **out, size_t *out_count, struct err *err);

/* Issues whose pause is over are due, and paused no more. */
bool alerts_wake(struct store *store, instant now, struct err *err);

struct alert_row {
	int64_t id, issue;
	instant at, done_at; /* INSTANT_NONE: not said */
	unsigned rule, kind, outcome;
	uint64_t count; /* of a digest */
};
bool alerts_add(struct store *store, const struct alert_row *row, struct err *err);
/* The last message of an issue with one of the first four outcomes, and whether its end was said since. */
bool alerts_past(struct store *store, int64_t issue, struct alert_row *out, bool *out_found, bool *out_resolved,
                 struct err *err);
bool alerts_said_since(struct store *store, unsigned rule, instant since, uint64_t *out_count, struct err *err);
/* Turns what was held before `until` into the digest it belongs to; `*out_count` 0: nothing was held so long. */
bool alerts_digest(struct store *store, unsigned rule, instant until, uint64_t *out_count, struct err *err);

/* What was gathered into the digest `row`, oldest first. */
bool alerts_digest_members(struct store *store, const struct alert_row *row, size_t most, struct arena *arena,
                           struct alert_row **out, size_t *out_count, struct err *err);

/* What is to be said, oldest first; then, with a transaction of its own, that it was said. */
bool alerts_pending(struct store *store, size_t most, struct arena *arena, struct alert_row **out, size_t *out_count,
                    struct err *err);
bool alerts_mark_said(struct store *store, int64_t id, instant now, struct err *err);

/* The log, newest first; STORE_READ is enough.  A tenant gets what is of his domains alone. */
bool alerts_list(struct store *store, size_t most, struct arena *arena, struct alert_row **out, size_t *out_count,
                 struct err *err);
