/* SPDX-License-Identifier: ISC */
#pragma once
/* The one durable place.  One writer (the process that holds the lock beside the database), any number of readers;
 * a reader never checkpoints.  Identity, revisions and counting follow docs/ARCHITECTURE.md.  Nothing here knows how
 * reports are decoded: ingest takes the arrival, what decode said of it and its trust, in one go. */
#include "base/arena.h"
#include "base/err.h"
#include "report/arrival.h"
#include "report/decoded.h"
#include "report/views.h"

struct store; /* not for two threads at once; open one for each */

enum store_access { STORE_READ, STORE_WRITE };

/* `where` is "sqlite:PATH" or a path.  STORE_WRITE takes the lock, makes the folder and the schema, and migrates:
 * ERR_LATER when another writer holds it, ERR_SETUP when it is damaged, newer or cannot be written.
 * STORE_READ gives ERR_MISSING where there is none. */
bool store_open(const char *where, enum store_access access, struct store **out, struct err *err);
void store_close(struct store **store);
/* What is asked of it after this moment (clock_ms()) fails with ERR_LATER, also in the middle; 0: none. */
void store_set_deadline(struct store *store, int64_t deadline_ms);

/* What counts: set by the configuration, before ingest.  Operator, signed and secret always count. */
struct store_policy {
	bool count_unsigned;     /* also signed-other */
	uint32_t originals_days; /* kept; 0: for ever */
};
void store_set_policy(struct store *store, struct store_policy policy); /* a change is applied backwards by store_begin */

enum ingest_outcome {
	INGEST_STORED,      /* a new report */
	INGEST_DUPLICATE,   /* the same report came before; the better trust is kept */
	INGEST_REVISION,    /* the same identity with other content and no less trust: this one counts now */
	INGEST_HELD,        /* stored, but not counted: trust, or lower trust than what is there */
	INGEST_QUARANTINED, /* cannot be read; kept */
	INGEST_OUTCOME_COUNT
};

struct ingest_result {
	int64_t arrival_id;
	enum ingest_outcome outcome; /* of the arrival: the first of its reports that is not a duplicate, else duplicate */
	uint32_t stored, duplicates, revisions, held; /* its reports */
	bool quarantined;                             /* all or a part of it could not be read */
};

/* One transaction holds many arrivals: begin, ingest..., commit.  Each ingest has a savepoint of its own; when it
 * fails the others are untouched (ERR_INPUT: this arrival can never be stored so; quarantine it instead with a problem).
 * Nothing may be acknowledged before commit returned true.  After a failed commit (ERR_LATER) the writer must exit:
 * its state is unknown, a restart recovers. */
bool store_begin(struct store *store, struct err *err);
bool store_ingest(struct store *store, const struct arrival *arrival, const struct decoded *decoded, enum trust trust,
                  struct str trust_reason, struct ingest_result *out, struct err *err);
bool store_commit(struct store *store, struct err *err);
void store_rollback(struct store *store);
/* One of the two.  False, too, when it was not `ok`. */
bool store_end(struct store *store, bool ok, struct err *err);

/* A change and what is noted about it, in one transaction: between the two, store_begin, store_commit and store_rollback,
 * also inside of other functions, are about a part of it.  Ends with nothing done unless `ok`. */
bool store_joint_begin(struct store *store, struct err *err);
bool store_joint_end(struct store *store, bool ok, struct err *err);

/* --- views; STORE_READ is enough --- */
bool store_results(struct store *store, const struct filter *filter, struct arena *arena, struct result_view *out,
                   struct err *err);
bool store_sources(struct store *store, const struct filter *filter, enum source_by by, struct arena *arena,
                   struct source_view *out, struct err *err);
bool store_reports(struct store *store, const struct filter *filter, struct arena *arena, struct report_list *out,
                   struct err *err);
/* How many reports a filter matches, counted up to `most`. */
bool store_count_reports(struct store *store, const struct filter *filter, uint64_t most, struct arena *arena, uint64_t *out,
                         struct err *err);
bool store_report(struct store *store, int64_t id, struct arena *arena, struct stored_report *out, struct err *err);
/* Whether a report of this id and period is there, whatever it is worth. */
bool store_report_came(struct store *store, struct str report_id, instant begin, bool *out_came, struct err *err);
bool store_original(struct store *store, int64_t original_id, struct buf *out, struct err *err);
bool store_quarantine(struct store *store, const struct filter *filter, struct arena *arena,
                      struct quarantine_list *out, struct err *err);
bool store_quarantine_one(struct store *store, int64_t arrival_id, struct arena *arena, struct quarantine_row *out,
                          struct buf *out_original, struct err *err);
/* Of the days, the domain, the reporter and the tenant of the filter.  Usual is who reported on at least 10 of the 28 days
 * before a day. */
bool store_complete(struct store *store, const struct filter *filter, struct arena *arena, struct completeness *out,
                    struct err *err);
bool store_status(struct store *store, struct arena *arena, struct store_status *out, struct err *err);

/* --- changes; STORE_WRITE --- */
/* Replaces what is known of a quarantined arrival by a new reading; its id stays. */
bool store_requarantine(struct store *store, int64_t arrival_id, const struct decoded *decoded, enum trust trust,
                        struct str trust_reason, struct ingest_result *out, struct err *err);
bool store_quarantine_drop(struct store *store, int64_t arrival_id, struct err *err);

/* --- care --- */
/* Deletes the bytes of up to `most` originals that are older than the policy keeps them, never of what is in
 * quarantine.  Call again while `*out_deleted == most`. */
bool store_retain(struct store *store, instant now, uint32_t most, uint32_t *out_deleted, struct err *err);
/* Every sum equals what the rows say, every original unpacks and has its hash, the database is sound.  Names the first
 * fault: ERR_SETUP. */
bool store_verify(struct store *store, struct err *err);
bool store_backup(struct store *store, const char *path, struct err *err);
