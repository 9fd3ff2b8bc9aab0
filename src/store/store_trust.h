/* SPDX-License-Identifier: ISC */
#pragma once
/* Who is believed: decisions of the operator about a reporter, and arrivals whose signature is tried again. */
#include "store/store.h"

enum store_decision {
	STORE_DECISION_NONE,          /* the trust of each arrival decides */
	STORE_DECISION_TRUST,         /* counts also what is not signed; of a reporter that is known to sign
	                               * (facts/reporters.h) not what others signed in its name */
	STORE_DECISION_DISTRUST,      /* nothing counts but what the operator gave */
	STORE_DECISION_TRUST_OTHERS,  /* counts also what anybody signed in its name */
	STORE_DECISION_COUNT
};

/* What counts of one reporter. */
struct store_counted {
	uint64_t reports, successful, failed;
	uint64_t held; /* reports that do not */
};

struct decision_change {
	enum store_decision was;
	struct store_counted before, after;
};

/* From now on and backwards, in one transaction.  With `dry_run` nothing is changed, and `*out` is what would be.
 * ERR_MISSING: nothing of this reporter is known and `dry_run` is given; without it the decision is kept for the day
 * when it reports. */
bool store_decide(struct store *store, struct str reporter, enum store_decision decision, instant at, bool dry_run,
                  struct decision_change *out, struct err *err);

/* STORE_READ is enough. */
struct decision_row {
	struct str reporter;
	enum store_decision decision;
	instant decided_at;
	struct store_counted counted;
};
struct decision_list {
	struct decision_row *rows; /* by name */
	size_t count;
};
bool store_decisions(struct store *store, struct arena *arena, struct decision_list *out, struct err *err);

/* Whether this reporter was counted before `at`, or is trusted by the operator, who may also have given a report of it.
 * Where anybody may have a mailbox, what others sent before says nothing. */
bool store_reporter_known(struct store *store, struct str reporter, instant at, bool *out_known, struct err *err);

/* Networks from which known reporters deliver: noted inside the transaction of the ingest, the last ones first. */
bool store_network_put(struct store *store, struct str network, instant at, struct err *err);
bool store_networks(struct store *store, instant since, size_t most, struct arena *arena, struct str_list *out,
                    struct err *err);

/* --- arrivals whose key could not be looked up --- */
/* Inside the transaction of the ingest. */
bool store_pending_put(struct store *store, int64_t arrival, instant next_try, instant until, struct err *err);

struct pending_arrival {
	int64_t id;
	struct arrival arrival; /* without its bytes */
	int64_t original_id;
	instant until;
};
/* The one that is due first, at `now` or before; false with ERR_MISSING when there is none. */
bool store_pending_due(struct store *store, instant now, struct arena *arena, struct pending_arrival *out,
                       struct err *err);
/* The moment of the next try; INSTANT_NONE: nothing is pending. */
bool store_pending_next(struct store *store, instant *out, struct err *err);
/* How long it is tried; ERR_MISSING when it is not pending. */
bool store_pending_until(struct store *store, int64_t arrival, instant *out, struct err *err);
/* Tries again at `next_try`. */
bool store_pending_again(struct store *store, int64_t arrival, instant next_try, struct err *err);

/* The arrival has another trust now; its reports are counted anew, and it is pending no more.  `decoded` is a new reading
 * of it, with the reporter that is proven now. */
bool store_regrade(struct store *store, int64_t arrival, const struct decoded *decoded, enum trust trust,
                   struct str trust_reason, struct err *err);
