/* SPDX-License-Identifier: ISC */
#pragma once
/* What the files of the store share.  Numbers of these enums stand in the database: never change them. */
#include "store/db.h"
#include "store/names.h"
#include "store/original.h"
#include "store/store.h"

enum report_state {
	REPORT_COUNTED = 0,
	REPORT_SUPERSEDED = 1,  /* a newer revision with the same trust is there */
	REPORT_TWIN = 2,        /* says the same under another id, for the same period: the other one counts */
	REPORT_HELD = 3,        /* not trusted enough */
	REPORT_CONFLICTING = 4, /* other content under an identity that a better trusted report has */
	REPORT_UNDATED = 5,     /* no readable period: cannot count on a day */
};

enum unit_aside {
	UNIT_COUNTS = 0,
	UNIT_FOREIGN = 1,    /* domains are listed, and this one is not among them */
	UNIT_OVERLAPPED = 2, /* a longer report of the same reporter covers these sessions */
};

enum decision { DECISION_NONE = 0, DECISION_TRUST = 1, DECISION_DISTRUST = 2, DECISION_TRUST_OTHERS = 3 };

struct reporter {
	bool known; /* stands in the table */
	int64_t id, organization;
	int64_t shortest, longest; /* seconds of its periods */
	enum decision decision;
	bool is_known_signer; /* only looked up where the decision is to trust */
};

/* Changes of table counter in this transaction. */
struct counters {
	int64_t arrivals, original_bytes;
};

struct store {
	struct db *db;
	struct counters counters;
	enum store_access access;
	char *path;
	int lock_fd; /* -1 for readers */
	struct store_policy policy;
	struct names *names;
	struct originals *originals;
	struct buf canonical, extra, clean; /* scratch of one ingest */
	int64_t cause_names[CAUSE_COUNT], result_names[RESULT_TYPE_COUNT];
	bool names_loaded, policy_applied;
	struct reporter reporters[1024];
	int64_t next_arrival;   /* as of store_begin, then counted */
	int64_t listed_domains; /* as of store_begin */
	bool has_owners;        /* the same: some sums are of tenants too */
	int64_t tenant;         /* store_set_tenant() */
	bool is_joint;          /* store_joint_begin(): begin and commit are a savepoint */
	struct counters counters_before; /* of that savepoint */
	bool broken;            /* a transaction was lost: only closing is left */
};

/* ERR_LATER after a lost transaction, ERR_SETUP for a reader. */
bool store_must_write(const struct store *store, struct err *err);

/* One moment for all that a view reads; nothing inside a transaction of the caller.  `*out_own` goes to the end. */
bool store_read_begin(struct store *store, bool *out_own, struct err *err);
bool store_read_end(struct store *store, bool own, bool ok);

/* One version of an identity. */
struct version {
	int64_t id, reporter, begin, end, trusted_at, received_at, body;
	int32_t day;
	enum trust trust;
	enum report_state state;
};

/* store_settle.c: which version of an identity counts.  `version` is any of it, as it stands in the database.
 * Changes states, units and sums so that they are what they would be in any order of arrival. */
bool settle_identity(struct store *store, int64_t report, struct err *err);
/* Judges all reports of a reporter again (0: all whose trust the policy decides about), inside a transaction. */
bool settle_again(struct store *store, int64_t reporter, struct err *err);
bool settle_read(struct store *store, int64_t report, struct version *out, bool *out_found, struct err *err);
/* A report that was stored as COUNTED, without sums yet. */
bool settle_enter(struct store *store, const struct version *version, struct err *err);
bool settle_set_state(struct store *store, const struct version *version, enum report_state state, struct err *err);

/* store_reporter.c */
bool reporter_get(struct store *store, int64_t id, struct reporter *out, struct err *err);
bool reporter_put(struct store *store, const struct reporter *reporter, struct err *err);
void reporter_forget(struct store *store); /* after a rollback or a change by other means */
/* Its periods differ so much in length that one may lie inside another. */
bool reporter_mixes(const struct reporter *reporter);
bool reporter_counts(const struct store *store, const struct reporter *reporter, enum trust trust);

/* What concerns everybody is not for one tenant: ERR_DENIED while the store answers for one. */
bool store_must_be_house(const struct store *store, struct err *err);

/* The filter with the tenant that this store answers for: first line of every view. */
static inline struct filter store_scoped(const struct store *store, const struct filter *filter)
{
	struct filter scoped = *filter;
	if (store->tenant != 0)
		scoped.tenant = store->tenant;
	return scoped;
}

/* store_sums.c */
/* Days whose sums stand together in span_unit and domain_span, and in hundred_unit. */
#define SPAN_DAYS    10
#define HUNDRED_DAYS 100
/* The first day of the one that holds a day. */
static inline int64_t sums_first_day(int64_t day, int64_t days)
{
	int64_t past = day % days;
	return day - (past < 0 ? past + days : past);
}
/* Adds (+1) or subtracts (-1) a unit, with its failures, as it stands in the database. */
bool sums_unit(struct store *store, int64_t report, int64_t n, int sign, struct err *err);
/* The same for rows at hand: day, reporter, domain, type, type_text, mode, then sign * (1, successful, failed,
 * unexplained) or result, cause, fault, refused, mx, sign * (1, sessions). */
#define SUMS_UNIT_VALUES 10
#define SUMS_FAILURE_VALUES 13
bool sums_unit_row(struct store *store, const struct db_value *values, int sign, struct err *err);
bool sums_failure_row(struct store *store, const struct db_value *values, int sign, struct err *err);
/* After a change of whose domains are whose: the sums of tenants follow. */
bool sums_owners(struct store *store, struct err *err);
bool sums_report(struct store *store, const struct version *version, int sign, struct err *err);
/* ERR_SETUP where a sum is not what the rows say. */
bool sums_verify(struct store *store, struct err *err);

/* store_ingest.c */
/* A second reading of an arrival, inside a transaction: what it says replaces what was understood before; ids stay where
 * the content does.  A better trust is taken over by its reports, a worse one is not. */
bool store_reread(struct store *store, int64_t arrival_id, const struct decoded *decoded, enum trust trust,
                  struct str reason, struct ingest_result *out, struct err *err);
/* A change that stands alone, or inside the transaction of the caller; undone unless `ok`. */
bool store_alone_begin(struct store *store, bool *out_alone, struct err *err);
bool store_alone_end(struct store *store, bool alone, bool ok, struct err *err);
