/* SPDX-License-Identifier: ISC */
#include "store/issue_habits.h"

#include "store/inner.h"

#define SIGNED_LEAST 10
#define MOVED_DAYS 7
#define MASS_LEAST 10 /* failed sessions */
#define MASS_MOST 1000

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

bool issue_habits_moved(struct store *store, int32_t day, struct arena *arena, struct habit_domain **out,
                        size_t *out_count, struct err *err)
{
	/* Two days beside each other: one of them is looked at by each of MOVED_DAYS daily runs, so that a day without a run
	 * hides nothing. */
	struct query *query = db_ask(
	    store->db,
	    "WITH was AS MATERIALIZED (SELECT u.domain, u.reporter, max(u.mode || u.extra) AS policy FROM report p"
	    "  JOIN unit u ON u.report = p.id WHERE p.day = ?1 - ?2 AND p.state = 0 AND u.aside = 0 AND u.type = 0 GROUP BY 1, 2)"
	    " SELECT n.id, n.text FROM name n WHERE n.id IN (SELECT u.domain FROM report p JOIN unit u ON u.report = p.id"
	    "  JOIN was w ON w.domain = u.domain AND w.reporter = u.reporter"
	    "  WHERE p.day = ?1 AND p.state = 0 AND u.aside = 0 AND u.type = 0 AND w.policy <> u.mode || u.extra"
	    "  UNION SELECT subject FROM issue WHERE matter = 'stale-policy' AND ended = 0) ORDER BY n.id",
	    DB_VALUES(db_int(day), db_int(MOVED_DAYS)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct habit_domain *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		*row = (struct habit_domain){db_get_int(query, 0), arena_str(arena, db_get_text(query, 1))};
	}
	*out = rows;
	return db_end(query, err);
}

bool issue_habits_mass(struct store *store, int32_t day, struct arena *arena, struct habit_mass **out, size_t *out_count,
                       struct err *err)
{
	struct query *query = db_ask(
	    store->db,
	    "WITH lately AS MATERIALIZED (SELECT domain, sum(successful) AS good, sum(failed) AS bad,"
	    "  count(DISTINCT reporter) AS reporters FROM day_unit WHERE day BETWEEN ?1 - 1 AND ?1 GROUP BY domain)"
	    " SELECT l.domain, l.good = 0 FROM lately l WHERE (l.good = 0 AND l.bad >= ?2 AND l.reporters >= 2"
	    "  AND EXISTS (SELECT 1 FROM day_report r JOIN day_unit u ON u.day = r.day AND u.reporter = r.reporter"
	    "   AND u.domain = l.domain WHERE r.day BETWEEN ?1 - 8 AND ?1 - 2 AND u.successful > 0)"
	    "  AND 5 * coalesce((SELECT max(s) FROM (SELECT sum(p.failed) AS s FROM issue_part p JOIN issue_member m"
	    "   ON m.domain = l.domain AND m.issue = p.issue AND m.reporter = p.reporter WHERE p.domain = l.domain"
	    "   AND p.day BETWEEN ?1 - 1 AND ?1 GROUP BY p.issue)), 0) < 4 * l.bad)"
	    " OR (l.good > 0 AND l.domain IN (SELECT subject FROM issue WHERE matter = 'mass-failure' AND kind = 1 AND ended = 0))"
	    " LIMIT ?3",
	    DB_VALUES(db_int(day), db_int(MASS_LEAST), db_int(MASS_MOST)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct habit_mass *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		*row = (struct habit_mass){db_get_int(query, 0), db_get_int(query, 1) != 0};
	}
	*out = rows;
	return db_end(query, err);
}

bool issue_habits_open(struct store *store, unsigned matter, enum issue_kind kind, struct arena *arena, int64_t **out,
                       size_t *out_count, struct err *err)
{
	return ids_of(db_ask(store->db, "SELECT subject FROM issue WHERE matter = ? AND kind = ? AND ended = 0",
	                     DB_VALUES(db_text(str_of(issue_matter_text(matter))), db_int(kind)), err),
	              arena, out, out_count, err);
}
