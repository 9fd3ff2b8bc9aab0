/* SPDX-License-Identifier: ISC */
#include "store/digests.h"

#include "store/clause.h"

#define TESTING_DAYS 28
#define CLEAN_DAYS 14
#define READY_MOST 20

static struct query *ask(struct clause *clause, struct store *store, const struct filter *filter, const char *prefix,
                         const char *end, struct err *err)
{
	if (!clause_common(clause, store, filter, prefix, err) || clause->nothing)
		return NULL;
	clause_text(clause, end);
	return clause_ask(clause, store, err);
}

bool digests_days(struct store *store, const struct filter *given, struct arena *arena, struct digest_day **out,
                  size_t *out_count, struct err *err)
{
	struct filter filter = store_scoped(store, given);
	struct clause clause;
	void *rows = NULL;
	size_t room = 0;

	*out_count = 0;
	clause_init(&clause, arena, "SELECT u.day, sum(u.successful), sum(u.failed) FROM day_unit u WHERE 1");
	struct query *query = ask(&clause, store, &filter, "u.", " GROUP BY u.day ORDER BY u.day", err);
	bool ok = query != NULL || clause.nothing;
	while (query != NULL && db_next(query)) {
		struct digest_day *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		*row = (struct digest_day){(int32_t)db_get_int(query, 0), (uint64_t)db_get_int(query, 1),
		                           (uint64_t)db_get_int(query, 2)};
	}
	if (query != NULL)
		ok = db_end(query, err);
	*out = rows;
	clause_done(&clause);
	return ok;
}

/* What details call refused, and what no detail explains under a policy that refuses. */
#define REFUSED                                                                                                        \
	"coalesce((SELECT sum(f.sessions) FROM day_failure f WHERE f.day = u.day AND f.reporter = u.reporter"          \
	" AND f.domain = u.domain AND f.type = u.type AND f.type_text = u.type_text AND f.mode = u.mode"               \
	" AND f.refused = 1), 0) + CASE WHEN u.type = 1 OR (u.type = 0 AND u.mode = 1) THEN u.unexplained ELSE 0 END"

bool digests_domains(struct store *store, const struct filter *given, struct arena *arena, struct digest_domain **out,
                     size_t *out_count, struct digest_sums *out_sums, struct err *err)
{
	struct filter filter = store_scoped(store, given);
	struct clause clause;
	void *rows = NULL;
	size_t room = 0;

	*out_count = 0;
	clause_init(&clause, arena,
	            "SELECT (SELECT text FROM name WHERE id = u.domain), sum(u.successful) AS good, sum(u.failed) AS bad,"
	            " sum(CASE WHEN u.failed = 0 THEN 0 ELSE " REFUSED " END) AS refused FROM day_unit u WHERE 1");
	struct query *query =
	    ask(&clause, store, &filter, "u.", " GROUP BY u.domain ORDER BY refused DESC, bad DESC, good DESC, 1", err);
	bool ok = query != NULL || clause.nothing;
	while (query != NULL && db_next(query)) {
		struct digest_domain *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		*row = (struct digest_domain){arena_str(arena, db_get_text(query, 0)), (uint64_t)db_get_int(query, 1),
		                              (uint64_t)db_get_int(query, 2), (uint64_t)db_get_int(query, 3)};
		out_sums->domains++;
		out_sums->failing_domains += row->failed > 0;
	}
	if (query != NULL)
		ok = db_end(query, err);
	*out = rows;
	clause_done(&clause);
	return ok;
}

bool digests_ready(struct store *store, const struct filter *given, struct arena *arena, struct digests_ready **out,
                   size_t *out_count, struct err *err)
{
	struct filter filter = store_scoped(store, given);
	int32_t until = filter.until_day;
	struct clause clause;
	void *rows = NULL;
	size_t room = 0;

	*out_count = 0;
	filter.since_day = until - TESTING_DAYS + 1;
	clause_init(&clause, arena,
	            "SELECT (SELECT text FROM name WHERE id = u.domain), count(DISTINCT u.day) AS days FROM day_unit u"
	            " WHERE u.type = 0");
	bool ok = clause_common(&clause, store, &filter, "u.", err);
	if (ok && !clause.nothing) {
		clause_text(&clause, " GROUP BY u.domain HAVING min(CASE WHEN u.day > ");
		clause_value(&clause, db_int(until - CLEAN_DAYS));
		clause_text(&clause, "? THEN u.mode = ");
		clause_value(&clause, db_int(MODE_TESTING));
		clause_text(&clause, "? ELSE 1 END) = 1 AND sum(CASE WHEN u.day > ");
		clause_value(&clause, db_int(until - CLEAN_DAYS));
		clause_text(&clause, "? THEN u.failed ELSE 0 END) = 0 AND count(DISTINCT CASE WHEN u.day > ");
		clause_value(&clause, db_int(until - CLEAN_DAYS));
		clause_text(&clause, "? THEN u.reporter END) >= 2 ORDER BY days DESC, 1 LIMIT ");
		clause_value(&clause, db_int(READY_MOST));
		clause_text(&clause, "?");
		struct query *query = clause_ask(&clause, store, err);
		ok = query != NULL;
		while (ok && db_next(query)) {
			struct digests_ready *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
			*row = (struct digests_ready){arena_str(arena, db_get_text(query, 0)), (uint64_t)db_get_int(query, 1)};
		}
		if (ok)
			ok = db_end(query, err);
	}
	*out = rows;
	clause_done(&clause);
	return ok;
}
