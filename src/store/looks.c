/* SPDX-License-Identifier: ISC */
#include "store/looks.h"

#include "store/inner.h"

#define SPREAD_FROM 50 /* new domains; fewer are looked at at once */
#define ELIGIBLE "SELECT id FROM domain WHERE state = 0 AND (proven > 0 OR (SELECT count(*) FROM tenant) < 2)"
#define COLUMNS "n.text, l.next_at, l.looked_at, l.verdict, l.unknown, l.reason"

bool looks_sync(struct store *store, instant now, uint32_t spread_secs, struct err *err)
{
	int64_t fresh;

	if (!db_run(store->db, "DELETE FROM look WHERE domain NOT IN (" ELIGIBLE ")", NULL, 0, err) ||
	    !db_number(store->db, "SELECT count(*) FROM (" ELIGIBLE ") WHERE id NOT IN (SELECT domain FROM look)", NULL, 0, 0,
	               &fresh, err))
		return false;
	uint32_t spread = fresh >= SPREAD_FROM && spread_secs > 0 ? spread_secs : 1;
	return fresh == 0 || db_run(store->db,
	                            "INSERT INTO look (domain, next_at) SELECT id, ?1 + (random() & 0xffffff) % ?2 FROM"
	                            " (" ELIGIBLE ") WHERE id NOT IN (SELECT domain FROM look)",
	                            DB_VALUES(db_int(now), db_int(spread)), err);
}

bool looks_take_wanted(struct store *store, instant now, int32_t since_day, uint32_t pause_secs, struct err *err)
{
	int64_t wanted;

	if (!db_number(store->db, "SELECT EXISTS (SELECT 1 FROM look_wanted)", NULL, 0, 0, &wanted, err))
		return false;
	return wanted == 0 ||
	       (db_run(store->db,
	               "UPDATE look SET next_at = min(next_at, max(?1, coalesce(looked_at + ?3, ?1))) WHERE domain IN"
	               " (SELECT domain FROM look_wanted WHERE day >= ?2 UNION SELECT m.domain FROM domain_mx m"
	               "  JOIN look_wanted w ON w.domain = m.host WHERE w.day >= ?2)",
	               DB_VALUES(db_int(now), db_int(since_day), db_int(pause_secs)), err) &&
	        db_run(store->db, "DELETE FROM look_wanted", NULL, 0, err));
}

static void read_row(struct query *query, struct arena *arena, struct look_row *out)
{
	*out = (struct look_row){.domain = arena_str(arena, db_get_text(query, 0)),
	                         .next_at = db_get_int(query, 1),
	                         .looked_at = db_is_null(query, 2) ? INSTANT_NONE : db_get_int(query, 2),
	                         .verdict = db_is_null(query, 3) ? CHECK_CANNOT_TELL : (enum check_state)db_get_int(query, 3),
	                         .unknown = (uint32_t)db_get_int(query, 4),
	                         .reason = arena_str(arena, db_get_text(query, 5))};
	if ((unsigned)out->verdict >= CHECK_STATE_COUNT)
		out->verdict = CHECK_CANNOT_TELL;
}

bool looks_due(struct store *store, instant now, size_t most, struct arena *arena, struct look_row **out,
               size_t *out_count, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT " COLUMNS " FROM look l JOIN name n ON n.id = l.domain WHERE l.next_at <= ?"
	                             " ORDER BY l.next_at LIMIT ?",
	                             DB_VALUES(db_int(now), db_uint(most)), err);
	void *rows = NULL;
	size_t count = 0, room = 0;

	while (query != NULL && db_next(query))
		read_row(query, arena, arena_push(arena, &rows, &count, &room, sizeof(struct look_row)));
	*out = rows;
	*out_count = count;
	return db_end(query, err);
}

bool looks_next(struct store *store, instant *out_at, struct err *err)
{
	int64_t at;

	if (!db_number(store->db, "SELECT next_at FROM look ORDER BY next_at LIMIT 1", NULL, 0, INSTANT_NONE, &at, err))
		return false;
	*out_at = at;
	return true;
}

bool looks_one(struct store *store, struct str domain, struct arena *arena, struct look_row *out, struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "SELECT " COLUMNS " FROM look l JOIN name n ON n.id = l.domain WHERE n.text = ?1"
	           " AND (?2 = 0 OR l.domain IN (SELECT id FROM owned WHERE tenant = ?2))",
	           DB_VALUES(db_text(domain), db_int(store->tenant)), err);
	bool found = query != NULL && db_next(query);

	if (found)
		read_row(query, arena, out);
	return db_end(query, err) && (found || err_set(err, ERR_MISSING, "this domain is not looked at"));
}

bool looks_put_off(struct store *store, struct str domain, instant next_at, struct err *err)
{
	return db_run(store->db, "UPDATE look SET next_at = ? WHERE domain = (SELECT id FROM name WHERE text = ?)",
	              DB_VALUES(db_int(next_at), db_text(domain)), err);
}

bool looks_set(struct store *store, const struct look_row *row, struct err *err)
{
	return db_run(store->db,
	              "UPDATE look SET next_at = ?, looked_at = ?, verdict = ?, unknown = ?, reason = ?"
	              " WHERE domain = (SELECT id FROM name WHERE text = ?)",
	              DB_VALUES(db_int(row->next_at), db_int(row->looked_at), db_int(row->verdict), db_int(row->unknown),
	                        db_text(row->reason), db_text(row->domain)),
	              err);
}
