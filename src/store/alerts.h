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
	int64_t rule;
	unsigned kind, outcome;
	uint64_t count; /* of a digest: messages in it; of a day: what the rule is about */
	int32_t day;    /* of a message about a day; DAY_NONE: about an issue, or a digest */
	uint64_t total; /* sessions of that day */
};
bool alerts_add(struct store *store, const struct alert_row *row, struct err *err);
/* The last message of an issue with one of the first four outcomes, and whether its end was said since.  `rule` -1: of any
 * ready-made one. */
bool alerts_past(struct store *store, int64_t rule, int64_t issue, struct alert_row *out, bool *out_found, bool *out_resolved,
                 struct err *err);
/* The last day that a rule fired for, DAY_NONE, and whether it was said to be over since. */
bool alerts_day_past(struct store *store, int64_t rule, int32_t *out_day, bool *out_resolved, struct err *err);
bool alerts_said_since(struct store *store, int64_t rule, unsigned kind, instant since, uint64_t *out_count,
                       struct err *err);
/* Turns what was held before `until` into the digest it belongs to; `*out_count` 0: nothing was held so long. */
bool alerts_digest(struct store *store, int64_t rule, instant until, uint64_t *out_count, struct err *err);

/* What was gathered into the digest `row`, oldest first. */
bool alerts_digest_members(struct store *store, const struct alert_row *row, size_t most, struct arena *arena,
                           struct alert_row **out, size_t *out_count, struct err *err);

bool alerts_load(struct store *store, int64_t id, struct alert_row *out, struct err *err); /* ERR_MISSING */
/* What is to be said, oldest first; then, with a transaction of its own, that it was said. */
bool alerts_pending(struct store *store, size_t most, struct arena *arena, struct alert_row **out, size_t *out_count,
                    struct err *err);
bool alerts_mark_said(struct store *store, int64_t id, instant now, struct err *err);

/* The log, newest first, of those with a smaller number than `before`; STORE_READ is enough.  A tenant gets what is of his
 * domains alone. */
bool alerts_list(struct store *store, int64_t before, size_t most, struct arena *arena, struct alert_row **out,
                 size_t *out_count, struct err *err);
