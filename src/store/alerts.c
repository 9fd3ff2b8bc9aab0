/* SPDX-License-Identifier: ISC */
#include "store/alerts.h"

#include "store/inner.h"
#include "store/issues.h"

#define ALERT_COLUMNS "id, at, rule, kind, outcome, issue, count, done_at, day, total"

bool alerts_due(struct store *store, struct arena *arena, int64_t **out, size_t *out_count, struct err *err)
{
	struct query *query = db_ask(store->db, "SELECT issue FROM alert_due ORDER BY issue", NULL, 0, err);
	if (query == NULL)
		return false;
	void *ids = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query))
		*(int64_t *)arena_push(arena, &ids, out_count, &room, sizeof(int64_t)) = db_get_int(query, 0);
	*out = ids;
	return db_end(query, err) && (*out_count == 0 || db_run(store->db, "DELETE FROM alert_due", NULL, 0, err));
}

bool alerts_wake(struct store *store, instant now, struct err *err)
{
	struct db_value values[] = {db_int(now)};
	return db_run(store->db,
	              "INSERT INTO alert_due SELECT id FROM issue WHERE snoozed_until <= ?"
	              " AND NOT EXISTS (SELECT 1 FROM alert_due WHERE alert_due.issue = issue.id)",
	              values, 1, err) &&
	       db_run(store->db, "UPDATE issue SET snoozed_until = NULL WHERE snoozed_until <= ?", values, 1, err);
}

bool alerts_add(struct store *store, const struct alert_row *row, struct err *err)
{
	return db_run(store->db,
	              "INSERT INTO alert (at, rule, kind, outcome, issue, count, day, total) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	              DB_VALUES(db_int(row->at), db_int(row->rule), db_int(row->kind), db_int(row->outcome),
	                        db_int(row->issue), db_uint(row->count), row->day == DAY_NONE ? db_null() : db_int(row->day),
	                        db_uint(row->total)),
	              err);
}

static void read_row(struct query *query, struct alert_row *out)
{
	*out = (struct alert_row){.id = db_get_int(query, 0),
	                          .at = db_get_int(query, 1),
	                          .rule = db_get_int(query, 2),
	                          .kind = (unsigned)db_get_int(query, 3),
	                          .outcome = (unsigned)db_get_int(query, 4),
	                          .issue = db_get_int(query, 5),
	                          .count = (uint64_t)db_get_int(query, 6),
	                          .done_at = db_is_null(query, 7) ? INSTANT_NONE : db_get_int(query, 7),
	                          .day = db_is_null(query, 8) ? DAY_NONE : (int32_t)db_get_int(query, 8),
	                          .total = (uint64_t)db_get_int(query, 9)};
}

static bool read_rows(struct query *query, struct arena *arena, struct alert_row **out, size_t *out_count,
                      struct err *err)
{
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query))
		read_row(query, arena_push(arena, &rows, out_count, &room, sizeof(struct alert_row)));
	*out = rows;
	return db_end(query, err);
}

bool alerts_past(struct store *store, int64_t rule, int64_t issue, struct alert_row *out, bool *out_found,
                 bool *out_resolved, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT " ALERT_COLUMNS " FROM alert WHERE issue = ?1 AND kind = 0 AND outcome < 4"
	                             " AND iif(?2 < 0, rule < 100, rule = ?2) ORDER BY id DESC LIMIT 1",
	                             DB_VALUES(db_int(issue), db_int(rule)), err);
	if (query == NULL)
		return false;
	*out_found = db_next(query);
	*out_resolved = false;
	if (*out_found)
		read_row(query, out);
	if (!db_end(query, err))
		return false;
	if (!*out_found)
		return true;
	int64_t resolved;
	if (!db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM alert WHERE issue = ?1 AND kind = 1 AND id > ?3"
	               " AND iif(?2 < 0, rule < 100, rule = ?2))",
	               DB_VALUES(db_int(issue), db_int(rule), db_int(out->id)), 0, &resolved, err))
		return false;
	*out_resolved = resolved != 0;
	return true;
}

bool alerts_day_past(struct store *store, int64_t rule, int32_t *out_day, bool *out_resolved, struct err *err)
{
	int64_t id, day = DAY_NONE, resolved = 0;

	if (!db_number(store->db,
	               "SELECT id FROM alert WHERE rule = ? AND day IS NOT NULL AND kind = 0 AND outcome < 4 ORDER BY id DESC"
	               " LIMIT 1",
	               DB_VALUES(db_int(rule)), 0, &id, err) ||
	    (id != 0 && !db_number(store->db, "SELECT day FROM alert WHERE id = ?", DB_VALUES(db_int(id)), DAY_NONE, &day, err)) ||
	    !db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM alert WHERE rule = ? AND day IS NOT NULL AND kind = 1 AND id > ?)",
	               DB_VALUES(db_int(rule), db_int(id)), 0, &resolved, err))
		return false;
	*out_day = (int32_t)day;
	*out_resolved = resolved != 0;
	return true;
}

bool alerts_said_since(struct store *store, int64_t rule, unsigned kind, instant since, uint64_t *out_count,
                       struct err *err)
{
	int64_t count;
	if (!db_number(store->db,
	               "SELECT count(*) FROM alert WHERE rule = ? AND at > ? AND kind = ? AND outcome IN (0, 1)",
	               DB_VALUES(db_int(rule), db_int(since), db_int(kind)), 0, &count, err))
		return false;
	*out_count = (uint64_t)count;
	return true;
}

bool alerts_load(struct store *store, int64_t id, struct alert_row *out, struct err *err)
{
	struct query *query =
	    db_ask(store->db, "SELECT " ALERT_COLUMNS " FROM alert WHERE id = ?", DB_VALUES(db_int(id)), err);
	if (query == NULL)
		return false;
	struct alert_row row;
	bool found = db_next(query);
	if (found)
		read_row(query, &row);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "there is no such alert");
	*out = row;
	return true;
}

bool alerts_digest(struct store *store, int64_t rule, instant until, uint64_t *out_count, struct err *err)
{
	int64_t oldest;
	*out_count = 0;
	if (!db_number(store->db, "SELECT coalesce(min(at), ?2) FROM alert WHERE outcome = 2 AND rule = ?1",
	               DB_VALUES(db_int(rule), db_int(INT64_MAX)), INT64_MAX, &oldest, err))
		return false;
	if (oldest > until)
		return true;
	if (!db_run(store->db, "UPDATE alert SET outcome = 3 WHERE outcome = 2 AND rule = ?", DB_VALUES(db_int(rule)),
	            err))
		return false;
	*out_count = (uint64_t)db_changes(store->db);
	return true;
}

bool alerts_digest_members(struct store *store, const struct alert_row *row, size_t most, struct arena *arena,
                           struct alert_row **out, size_t *out_count, struct err *err)
{
	return read_rows(db_ask(store->db,
	                        "SELECT " ALERT_COLUMNS " FROM alert WHERE rule = ?1 AND outcome = 3 AND id < ?2 AND id >"
	                        " (SELECT coalesce(max(id), 0) FROM alert WHERE rule = ?1 AND kind = 2 AND id < ?2)"
	                        " ORDER BY id LIMIT ?3",
	                        DB_VALUES(db_int(row->rule), db_int(row->id), db_uint(most)), err),
	                 arena, out, out_count, err);
}

bool alerts_pending(struct store *store, size_t most, struct arena *arena, struct alert_row **out, size_t *out_count,
                    struct err *err)
{
	return read_rows(db_ask(store->db, "SELECT " ALERT_COLUMNS " FROM alert WHERE outcome = 0 ORDER BY id LIMIT ?",
	                        DB_VALUES(db_uint(most)), err),
	                 arena, out, out_count, err);
}

bool alerts_mark_said(struct store *store, int64_t id, instant now, struct err *err)
{
	return db_run(store->db, "UPDATE alert SET outcome = 1, done_at = ? WHERE id = ?",
	              DB_VALUES(db_int(now), db_int(id)), err);
}

bool alerts_list(struct store *store, int64_t before, size_t most, struct arena *arena, struct alert_row **out, size_t *out_count,
                 struct err *err)
{
	/* Of an issue that others share, and of many issues in one message, the moment alone tells of others. */
	return read_rows(db_ask(store->db,
	                        "SELECT " ALERT_COLUMNS " FROM alert a WHERE a.id < ?3 AND (?1 = 0 OR (issue <> 0 AND (EXISTS"
	                        " (SELECT 1 FROM issue_member m WHERE m.issue = a.issue) OR EXISTS (SELECT 1 FROM issue i"
	                        "  WHERE i.id = a.issue AND i.kind = 1 AND i.subject IN (SELECT id FROM owned WHERE tenant = ?1)))"
	                        " AND NOT EXISTS (SELECT 1 FROM issue_member m WHERE m.issue = a.issue"
	                        "  AND m.domain NOT IN (SELECT id FROM owned WHERE tenant = ?1)))) ORDER BY id DESC LIMIT ?2",
	                        DB_VALUES(db_int(store->tenant), db_uint(most), db_int(before)), err),
	                 arena, out, out_count, err);
}
