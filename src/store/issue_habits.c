/* SPDX-License-Identifier: ISC */
#include "store/issue_habits.h"

#include "store/inner.h"

#define SIGNED_LEAST 10
#define STALE_DAYS 3
#define BEFORE_DAYS 28

static bool ids_of(struct query *query, struct arena *arena, int64_t **out, size_t *out_count, struct err *err)
{
	if (query == NULL)
		return false;
	void *ids = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query))
		*(int64_t *)arena_push(arena, &ids, out_count, &room, sizeof(int64_t)) = db_get_int(query, 0);
	*out = ids;
	return db_end(query, err);
}

bool issue_habits_days(struct store *store, int32_t first_day, int32_t last_day, struct arena *arena,
                       struct habit_day **out, size_t *out_count, struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "SELECT reporter, day, sum(successful + failed), sum(failed), max(type <> ?3) FROM day_unit"
	           " WHERE day BETWEEN ?1 AND ?2 GROUP BY reporter, day ORDER BY reporter, day",
	           DB_VALUES(db_int(first_day), db_int(last_day), db_int(POLICY_NONE_FOUND)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct habit_day *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		*row = (struct habit_day){.reporter = db_get_int(query, 0),
		                          .day = (int32_t)db_get_int(query, 1),
		                          .sessions = (uint64_t)db_get_int(query, 2),
		                          .failed = (uint64_t)db_get_int(query, 3),
		                          .has_policy = db_get_int(query, 4) != 0};
	}
	*out = rows;
	return db_end(query, err);
}

bool issue_habits_forged(struct store *store, instant since, struct arena *arena, int64_t **out, size_t *out_count,
                         struct err *err)
{
	return ids_of(db_ask(store->db,
	                     "SELECT DISTINCT f.reporter FROM report f WHERE f.state IN (3, 4) AND f.trust IN (?2, ?3)"
	                     " AND f.received_at >= ?1 AND"
	                     " (SELECT count(*) FROM report g WHERE g.reporter = f.reporter AND g.trust = ?4) >="
	                     " max(?5, 9 * (SELECT count(*) FROM report h WHERE h.reporter = f.reporter"
	                     "              AND h.trust IN (?2, ?3))) ORDER BY 1",
	                     DB_VALUES(db_int(since), db_int(TRUST_SIGNED_OTHER), db_int(TRUST_UNSIGNED),
	                               db_int(TRUST_SIGNED), db_int(SIGNED_LEAST)),
	                     err),
	              arena, out, out_count, err);
}

bool issue_habits_stale(struct store *store, int32_t day, struct arena *arena, int64_t **out, size_t *out_count,
                        struct err *err)
{
	/* `now`: the one mode that each reporter sees in the last days; `old`: modes of the days before. */
	return ids_of(
	    db_ask(store->db,
	           "WITH seen AS MATERIALIZED (SELECT domain, reporter, min(mode) AS mode FROM day_unit"
	           "  WHERE day BETWEEN ?1 - ?2 + 1 AND ?1 AND type = 0 AND mode <> 0"
	           "  GROUP BY domain, reporter HAVING min(mode) = max(mode)),"
	           " split AS (SELECT domain FROM seen GROUP BY domain HAVING min(mode) <> max(mode))"
	           " SELECT DISTINCT s.domain FROM seen s WHERE s.domain IN (SELECT domain FROM split)"
	           " AND NOT EXISTS (SELECT 1 FROM seen o WHERE o.domain = s.domain AND o.reporter <> s.reporter"
	           "  AND o.mode = s.mode)"
	           " AND EXISTS (SELECT 1 FROM unit u JOIN report p ON p.id = u.report WHERE u.domain = s.domain"
	           "  AND u.reporter <> s.reporter AND u.day BETWEEN ?1 - ?2 - ?3 AND ?1 - ?2 AND u.type = 0"
	           "  AND u.mode = s.mode AND u.aside = 0 AND p.state = 0)"
	           " ORDER BY 1",
	           DB_VALUES(db_int(day), db_int(STALE_DAYS), db_int(BEFORE_DAYS)), err),
	    arena, out, out_count, err);
}

bool issue_habits_open(struct store *store, unsigned matter, enum issue_kind kind, struct arena *arena, int64_t **out,
                       size_t *out_count, struct err *err)
{
	return ids_of(db_ask(store->db, "SELECT subject FROM issue WHERE matter = ? AND kind = ? AND ended = 0",
	                     DB_VALUES(db_text(str_of(issue_matter_text(matter))), db_int(kind)), err),
	              arena, out, out_count, err);
}
