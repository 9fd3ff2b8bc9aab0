/* SPDX-License-Identifier: ISC */
#include "store/store_trust.h"

#include <assert.h>
#include <inttypes.h>

#include "base/limits.h"
#include "report/reporter.h"
#include "store/inner.h"

static_assert(STORE_DECISION_NONE == (int)DECISION_NONE && STORE_DECISION_TRUST == (int)DECISION_TRUST &&
                  STORE_DECISION_DISTRUST == (int)DECISION_DISTRUST &&
                  STORE_DECISION_TRUST_OTHERS == (int)DECISION_TRUST_OTHERS,
              "these numbers stand in databases");

/* --- decisions --- */

static bool count_of(struct store *store, int64_t reporter, struct store_counted *out, struct err *err)
{
	int64_t reports, successful, failed, held;
	struct db_value id = db_int(reporter);

	if (!db_number(store->db, "SELECT coalesce(sum(reports), 0) FROM day_report WHERE reporter = ?", &id, 1, 0, &reports,
	               err) ||
	    !db_number(store->db, "SELECT coalesce(sum(successful), 0) FROM tenant_day WHERE tenant = 0 AND reporter = ?", &id, 1, 0,
	               &successful, err) ||
	    !db_number(store->db, "SELECT coalesce(sum(failed), 0) FROM tenant_day WHERE tenant = 0 AND reporter = ?", &id, 1, 0, &failed,
	               err) ||
	    !db_number(store->db, "SELECT count(*) FROM report WHERE reporter = ? AND state = 3", &id, 1, 0, &held, err))
		return false;
	*out = (struct store_counted){.reports = (uint64_t)reports, .successful = (uint64_t)successful,
	                              .failed = (uint64_t)failed, .held = (uint64_t)held};
	return true;
}

/* Each identity once: every version of it is settled together. */
static bool settle_reporter(struct store *store, int64_t reporter, struct err *err)
{
	struct arena arena;
	int64_t *ids = NULL;
	size_t count = 0, room = 0;

	arena_init(&arena, MIB(512));
	struct query *query = db_ask(store->db,
	                             "SELECT min(id) FROM report WHERE reporter = ?"
	                             " GROUP BY begin, end, rid, CASE rid WHEN '' THEN id END ORDER BY 1",
	                             DB_VALUES(db_int(reporter)), err);
	while (query != NULL && db_next(query))
		*(int64_t *)arena_push(&arena, (void **)&ids, &count, &room, sizeof *ids) = db_get_int(query, 0);
	bool ok = db_end(query, err);
	for (size_t i = 0; ok && i < count; i++)
		ok = settle_identity(store, ids[i], err);
	arena_done(&arena);
	return ok;
}

static bool decide(struct store *store, int64_t reporter, enum store_decision decision, instant at,
                   struct decision_change *out, struct err *err)
{
	int64_t was;

	if (!db_number(store->db, "SELECT decision FROM reporter WHERE id = ?", DB_VALUES(db_int(reporter)), 0, &was, err) ||
	    !count_of(store, reporter, &out->before, err))
		return false;
	out->was = was < 0 || was >= STORE_DECISION_COUNT ? STORE_DECISION_NONE : (enum store_decision)was;
	reporter_forget(store);
	return db_run(store->db,
	              "INSERT INTO reporter (id, organization, shortest, longest, decision, decided_at)"
	              " VALUES (?1, 0, 0, 0, ?2, ?3)"
	              " ON CONFLICT DO UPDATE SET decision = excluded.decision, decided_at = excluded.decided_at",
	              DB_VALUES(db_int(reporter), db_int(decision), db_int(at)), err) &&
	       settle_reporter(store, reporter, err) && count_of(store, reporter, &out->after, err);
}

static struct str lower(struct str text, struct arena *arena)
{
	char *copy = arena_text(arena, text);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = byte_lower(copy[i]);
	return str_make(copy, text.len);
}

/* A reporter as its reports name it: domains are lower case, but an organisation without a domain is as it is. */
static bool find_reporter(struct store *store, struct str reporter, bool make, int64_t *out, struct err *err)
{
	struct arena arena;

	arena_init(&arena, KIB(16));
	struct str name = lower(str_upto(reporter, LIMIT_NAME_BYTES), &arena);
	bool ok = names_find(store->names, reporter, out, err) && (*out > 0 || names_find(store->names, name, out, err)) &&
	          (*out > 0 || !make || names_put(store->names, name, out, err));
	arena_done(&arena);
	return ok;
}

bool store_decide(struct store *store, struct str reporter, enum store_decision decision, instant at, bool dry_run,
                  struct decision_change *out, struct err *err)
{
	struct decision_change change = {0};
	int64_t id;

	if (reporter.len == 0)
		return err_set(err, ERR_INPUT, "which reporter?");
	if (!store_must_be_house(store, err) || !store_begin(store, err))
		return false;
	bool ok = find_reporter(store, reporter, !dry_run, &id, err);
	if (ok && id <= 0)
		ok = err_set(err, ERR_MISSING, "nothing of this reporter is known");
	ok = ok && decide(store, id, decision, at, &change, err);
	if (!ok || dry_run) {
		store_rollback(store);
	} else if (!store_commit(store, err)) {
		return false;
	}
	if (ok)
		*out = change;
	return ok;
}

bool store_decisions(struct store *store, struct arena *arena, struct decision_list *out, struct err *err)
{
	size_t room = 0;
	int64_t *ids = NULL;
	size_t count = 0, id_room = 0;

	*out = (struct decision_list){0};
	if (!store_must_be_house(store, err))
		return false;
	struct query *query = db_ask(store->db,
	                             "SELECT n.text, r.decision, r.decided_at, r.id FROM reporter r JOIN name n ON n.id = r.id"
	                             " WHERE r.decision <> 0 ORDER BY n.text LIMIT 10000",
	                             NULL, 0, err);
	while (query != NULL && db_next(query)) {
		struct decision_row *row = arena_push(arena, (void **)&out->rows, &out->count, &room, sizeof *row);
		row->reporter = arena_str(arena, db_get_text(query, 0));
		row->decision = (enum store_decision)db_get_int(query, 1);
		row->decided_at = db_is_null(query, 2) ? INSTANT_NONE : db_get_int(query, 2);
		*(int64_t *)arena_push(arena, (void **)&ids, &count, &id_room, sizeof *ids) = db_get_int(query, 3);
	}
	if (!db_end(query, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!count_of(store, ids[i], &out->rows[i].counted, err))
			return false;
	return true;
}

bool store_reporter_known(struct store *store, struct str reporter, instant at, bool *out_known, struct err *err)
{
	int64_t id, known = 0;

	if (!names_find(store->names, reporter, &id, err) ||
	    (id > 0 && !db_number(store->db,
	                          "SELECT EXISTS (SELECT 1 FROM reporter WHERE id = ?1 AND decision IN (1, 3)) OR EXISTS"
	                          " (SELECT 1 FROM report WHERE reporter = ?1 AND state <= 2 AND"
	                          " ((received_at < ?2 AND ?4 = 0) OR trust = ?3))",
	                          DB_VALUES(db_int(id), db_int(at), db_int(TRUST_OPERATOR),
	                                    db_int(reporter_is_mailbox(reporter))),
	                          0, &known, err)))
		return false;
	*out_known = known != 0;
	return true;
}

/* --- networks --- */

bool store_network_put(struct store *store, struct str network, instant at, struct err *err)
{
	return db_run(store->db,
	              "INSERT INTO known_network (network, last_at) VALUES (?, ?)"
	              " ON CONFLICT DO UPDATE SET last_at = max(last_at, excluded.last_at)",
	              DB_VALUES(db_text(network), db_int(at)), err);
}

bool store_networks(struct store *store, instant since, size_t most, struct arena *arena, struct str_list *out,
                    struct err *err)
{
	size_t room = 0;
	struct query *query = db_ask(store->db,
	                             "SELECT network FROM known_network WHERE last_at >= ? ORDER BY last_at DESC LIMIT ?",
	                             DB_VALUES(db_int(since), db_uint(most)), err);

	*out = (struct str_list){0};
	while (query != NULL && db_next(query))
		*(struct str *)arena_push(arena, (void **)&out->items, &out->count, &room, sizeof *out->items) =
		    arena_str(arena, db_get_text(query, 0));
	return db_end(query, err);
}

/* --- pending --- */

bool store_pending_put(struct store *store, int64_t arrival, instant next_try, instant until, struct err *err)
{
	return db_run(store->db,
	              "INSERT INTO pending (arrival, next_try, until, form) VALUES (?, ?, ?, x'')"
	              " ON CONFLICT DO UPDATE SET next_try = excluded.next_try, until = excluded.until",
	              DB_VALUES(db_int(arrival), db_int(next_try), db_int(until)), err);
}

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return db_is_null(query, column) ? STR_NONE : arena_str(arena, db_get_text(query, column));
}

bool store_pending_due(struct store *store, instant now, struct arena *arena, struct pending_arrival *out,
                       struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT a.id, a.door, a.received_at, a.name, a.peer, a.helo, a.mail_from, a.recipient,"
	                             " a.original, q.until, a.is_secret FROM pending q JOIN arrival a ON a.id = q.arrival"
	                             " WHERE q.next_try <= ? ORDER BY q.next_try LIMIT 1",
	                             DB_VALUES(db_int(now)), err);
	if (query == NULL)
		return false;
	bool found = db_next(query);
	if (found) {
		*out = (struct pending_arrival){
		    .id = db_get_int(query, 0),
		    .arrival = {.door = (enum door)db_get_int(query, 1), .received_at = db_get_int(query, 2),
		                .name = text_at(query, 3, arena), .peer = text_at(query, 4, arena),
		                .helo = text_at(query, 5, arena), .mail_from = text_at(query, 6, arena),
		                .recipient = text_at(query, 7, arena), .is_secret = db_get_int(query, 10) != 0},
		    .original_id = db_get_int(query, 8),
		    .until = db_get_int(query, 9),
		};
	}
	return db_end(query, err) && (found || err_set(err, ERR_MISSING, "nothing is pending"));
}

bool store_pending_next(struct store *store, instant *out, struct err *err)
{
	return db_number(store->db, "SELECT min(next_try) FROM pending HAVING count(*) > 0", NULL, 0, INSTANT_NONE, out, err);
}

bool store_pending_until(struct store *store, int64_t arrival, instant *out, struct err *err)
{
	instant until;

	if (!db_number(store->db, "SELECT until FROM pending WHERE arrival = ?", DB_VALUES(db_int(arrival)), INSTANT_NONE,
	               &until, err))
		return false;
	if (until == INSTANT_NONE)
		return err_set(err, ERR_MISSING, "nothing is pending");
	*out = until;
	return true;
}

bool store_pending_again(struct store *store, int64_t arrival, instant next_try, struct err *err)
{
	return store_must_write(store, err) &&
	       db_run(store->db, "UPDATE pending SET next_try = ? WHERE arrival = ?",
	              DB_VALUES(db_int(next_try), db_int(arrival)), err);
}

bool store_regrade(struct store *store, int64_t arrival, const struct decoded *decoded, enum trust trust,
                   struct str trust_reason, struct err *err)
{
	struct ingest_result result;
	bool alone;

	if (!store_alone_begin(store, &alone, err))
		return false;
	bool ok = store_reread(store, arrival, decoded, trust, trust_reason, &result, err) &&
	          db_run(store->db, "DELETE FROM pending WHERE arrival = ?", DB_VALUES(db_int(arrival)), err);
	return store_alone_end(store, alone, ok, err);
}
