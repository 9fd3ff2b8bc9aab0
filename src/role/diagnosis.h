/* SPDX-License-Identifier: ISC */
#pragma once
/* Joins the rows of the store with the rules of diagnose/: brings the issues up to date with what the sums say, inside
 * the transaction that changed the sums. */
#include <stdint.h>

#include "base/err.h"
#include "base/instant.h"
#include "base/str.h"
#include "report/issue.h"
#include "store/store.h"

#define DIAGNOSIS_ALL SIZE_MAX

/* What `keep` calls inside a transaction, before its commit: the daily work where it is due, then up to `most` of the
 * keys that wait.  They wait in the database, in the transaction that touched them, so one that is left for a later
 * call is neither lost nor judged twice.  True while some are left.  A fault of the diagnosis never costs a report: it is
 * undone alone, logged, and tried again with the next. */
bool diagnosis_step(struct store *store, instant now, size_t most);

/* Inside a transaction, before its commit.  `*out_more`: some of the keys that wait are left. */
bool diagnosis_run(struct store *store, instant now, size_t most, bool *out_more, struct err *err);

/* Once a day: closes what has faded, wakes what was snoozed, and judges silence.  Inside a transaction.  Does nothing when
 * it has run on this day and the data has not moved on by a week. */
bool diagnosis_daily(struct store *store, instant now, struct err *err);

/* What a person does to an issue; transactions of their own.  ERR_MISSING, ERR_INPUT (it is closed, or open),
 * ERR_DENIED (for a tenant: it is not his alone). */
bool diagnosis_acknowledge(struct store *store, int64_t id, struct str owner, instant now, struct err *err);
bool diagnosis_snooze(struct store *store, int64_t id, instant until, instant now, struct err *err);
bool diagnosis_close(struct store *store, int64_t id, enum issue_end why, struct str note, instant now, struct err *err);
/* Whether it is open or closed. */
bool diagnosis_note(struct store *store, int64_t id, struct str text, instant now, struct err *err);
bool diagnosis_reopen(struct store *store, int64_t id, instant now, struct err *err);
/* What our own look at the subject saw.  SEEN_NOT: it could not tell, and what was seen before stays.  `story` is kept in
 * the history (role/recheck), when the look has changed its mind or a person asked for it. */
struct diagnosis_looked {
	enum issue_seen seen;
	struct str story; /* may be absent */
	bool is_asked_for;
};
bool diagnosis_look(struct store *store, int64_t id, const struct diagnosis_looked *looked, instant now, struct err *err);
/* The same inside a transaction. */
bool diagnosis_look_inside(struct store *store, int64_t id, const struct diagnosis_looked *looked, instant now,
                           struct err *err);
