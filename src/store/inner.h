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

enum decision { DECISION_NONE = 0, DECISION_TRUST = 1, DECISION_DISTRUST = 2 };

struct store {
	struct db *db;
	enum store_access access;
	char *path;
	int lock_fd; /* -1 for readers */
	struct store_policy policy;
	struct names *names;
	struct originals *originals;
	struct buf canonical, extra, clean; /* scratch of one ingest */
	int64_t cause_names[CAUSE_COUNT], result_names[RESULT_TYPE_COUNT];
	bool names_loaded;
	int64_t listed_domains; /* as of store_begin */
	bool broken;            /* a transaction was lost: only closing is left */
};

/* ERR_LATER after a lost transaction, ERR_SETUP for a reader. */
bool store_must_write(const struct store *store, struct err *err);

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
bool settle_read(struct store *store, int64_t report, struct version *out, bool *out_found, struct err *err);
/* Reads the identity again; all reports of a reporter, after a decision. */
bool settle_trust_counts(struct store *store, int64_t reporter, enum trust trust, bool *out_counts, struct err *err);
/* A report that was stored as COUNTED, without sums yet. */
bool settle_enter(struct store *store, const struct version *version, struct err *err);
bool settle_set_state(struct store *store, const struct version *version, enum report_state state, struct err *err);

/* store_sums.c */
/* Adds (+1) or subtracts (-1) a unit, with its failures, as it stands in the database. */
bool sums_unit(struct store *store, int64_t report, int64_t n, int sign, struct err *err);
bool sums_report(struct store *store, const struct version *version, int sign, struct err *err);
/* ERR_SETUP where a sum is not what the rows say. */
bool sums_verify(struct store *store, struct err *err);
