/* SPDX-License-Identifier: ISC */
/* Which report counts, and which of its units.  Everything here is a function of the rows that are there, never of
 * the order in which they came:
 *  - of the versions of an identity the best trusted one wins, among equals the one that came last;
 *  - of reports that say the same for the same period under several ids, one counts;
 *  - a unit whose period lies mostly inside a much longer one of the same reporter, domain and policy type, no less
 *    trusted, does not count (docs/decisions). */
#include "base/limits.h"
#include "store/inner.h"

#define MOST_SHADOW_SECS (LIMIT_PERIOD_DAYS * (int64_t)SECS_PER_DAY)

#define VERSION_COLUMNS "id, reporter, begin, end, trusted_at, body, day, trust, state, received_at"

static struct version version_of(struct query *query)
{
	return (struct version){
	    .id = db_get_int(query, 0),
	    .reporter = db_get_int(query, 1),
	    .begin = db_get_int(query, 2),
	    .end = db_get_int(query, 3),
	    .trusted_at = db_get_int(query, 4),
	    .body = db_get_int(query, 5),
	    .day = (int32_t)db_get_int(query, 6),
	    .trust = (enum trust)db_get_int(query, 7),
	    .state = (enum report_state)db_get_int(query, 8),
	    .received_at = db_get_int(query, 9),
	};
}

bool settle_read(struct store *store, int64_t report, struct version *out, bool *out_found, struct err *err)
{
	struct query *query = db_ask(store->db, "SELECT " VERSION_COLUMNS " FROM report WHERE id = ?",
	                             DB_VALUES(db_int(report)), err);
	if (query == NULL)
		return false;
	*out_found = db_next(query);
	if (*out_found)
		*out = version_of(query);
	return db_end(query, err);
}

/* --- overlapping periods --- */

struct span {
	int64_t report, n, day, domain, reporter, type, begin, end, aside;
	enum trust trust;
};

static int64_t length_of(const struct span *span)
{
	return span->end - span->begin;
}

/* Whether `other` takes the sessions of `span`. */
static bool shadows(const struct span *other, const struct span *span)
{
	int64_t begin = other->begin > span->begin ? other->begin : span->begin;
	int64_t end = other->end < span->end ? other->end : span->end;

	return 2 * length_of(other) >= 3 * length_of(span) && length_of(other) <= MOST_SHADOW_SECS &&
	       2 * (end - begin) > length_of(span) && other->trust <= span->trust;
}

static bool is_foreign(struct store *store, int64_t domain, int64_t type, bool *out_foreign, struct err *err)
{
	*out_foreign = false;
	if (store->listed_domains == 0)
		return true;
	int64_t listed;
	if (!db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM domain WHERE id = ?1)"
	               " OR (?2 = 1 AND EXISTS (SELECT 1 FROM domain_mx WHERE host = ?1))",
	               DB_VALUES(db_int(domain), db_int(type)), 0, &listed, err))
		return false;
	*out_foreign = listed == 0;
	return true;
}

static struct query *ask_neighbours(struct store *store, const struct span *span, struct err *err)
{
	return db_ask(store->db,
	              "SELECT u.report, u.n, u.day, u.domain, u.reporter, u.type, p.begin, p.end, u.aside, p.trust"
	              " FROM unit u JOIN report p ON p.id = u.report"
	              " WHERE u.domain = ? AND u.reporter = ? AND u.day BETWEEN ? AND ? AND u.type = ? AND u.report <> ?"
	              " AND p.state = 0 AND u.aside <> 1",
	              DB_VALUES(db_int(span->domain), db_int(span->reporter), db_int(span->day - LIMIT_PERIOD_DAYS),
	                        db_int(span->day + LIMIT_PERIOD_DAYS), db_int(span->type), db_int(span->report)),
	              err);
}

static struct span span_of(struct query *query)
{
	return (struct span){
	    .report = db_get_int(query, 0),
	    .n = db_get_int(query, 1),
	    .day = db_get_int(query, 2),
	    .domain = db_get_int(query, 3),
	    .reporter = db_get_int(query, 4),
	    .type = db_get_int(query, 5),
	    .begin = db_get_int(query, 6),
	    .end = db_get_int(query, 7),
	    .aside = db_get_int(query, 8),
	    .trust = (enum trust)db_get_int(query, 9),
	};
}

static bool is_shadowed(struct store *store, const struct span *span, bool *out_shadowed, struct err *err)
{
	*out_shadowed = false;
	struct query *query = ask_neighbours(store, span, err);
	if (query == NULL)
		return false;
	while (!*out_shadowed && db_next(query)) {
		struct span other = span_of(query);
		*out_shadowed = shadows(&other, span);
	}
	return db_end(query, err);
}

static bool write_aside(struct store *store, const struct span *span, enum unit_aside aside, struct err *err)
{
	return db_run(store->db, "UPDATE unit SET aside = ? WHERE report = ? AND n = ?",
	              DB_VALUES(db_int(aside), db_int(span->report), db_int(span->n)), err);
}

static bool set_aside(struct store *store, const struct span *span, enum unit_aside aside, struct err *err)
{
	if ((enum unit_aside)span->aside == aside)
		return true;
	if (!write_aside(store, span, aside, err))
		return false;
	if (aside == UNIT_COUNTS)
		return sums_unit(store, span->report, span->n, +1, err);
	return span->aside != UNIT_COUNTS || sums_unit(store, span->report, span->n, -1, err);
}

/* The units that `span` shadows, or no longer shadows: each is judged anew. */
static bool judge_shorter(struct store *store, const struct span *span, struct err *err)
{
	struct arena arena;
	struct span *shorter = NULL;
	size_t count = 0, room = 0;
	bool ok = true;

	arena_init(&arena, MIB(64));
	struct query *query = ask_neighbours(store, span, err);
	while (query != NULL && db_next(query)) {
		struct span other = span_of(query);
		if (shadows(span, &other))
			*(struct span *)arena_push(&arena, (void **)&shorter, &count, &room, sizeof *shorter) = other;
	}
	ok = db_end(query, err);
	for (size_t i = 0; ok && i < count; i++) {
		bool shadowed;
		ok = is_shadowed(store, &shorter[i], &shadowed, err) &&
		     set_aside(store, &shorter[i], shadowed ? UNIT_OVERLAPPED : UNIT_COUNTS, err);
	}
	arena_done(&arena);
	return ok;
}

static bool next_unit(struct store *store, const struct version *version, int64_t after, struct span *out,
                      bool *out_found, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT report, n, day, domain, reporter, type, 0, 0, aside, 0 FROM unit"
	                             " WHERE report = ? AND n > ? ORDER BY n LIMIT 1",
	                             DB_VALUES(db_int(version->id), db_int(after)), err);
	if (query == NULL)
		return false;
	*out_found = db_next(query);
	if (*out_found) {
		*out = span_of(query);
		out->begin = version->begin;
		out->end = version->end;
		out->trust = version->trust;
	}
	return db_end(query, err);
}

static bool enter_unit(struct store *store, const struct span *span, bool mixes, struct err *err)
{
	bool foreign, shadowed = false;
	if (!is_foreign(store, span->domain, span->type, &foreign, err) ||
	    (!foreign && mixes && !is_shadowed(store, span, &shadowed, err)))
		return false;
	enum unit_aside aside = foreign ? UNIT_FOREIGN : shadowed ? UNIT_OVERLAPPED : UNIT_COUNTS;
	/* It is in no sum yet, whatever stands there from before. */
	if ((enum unit_aside)span->aside != aside && !write_aside(store, span, aside, err))
		return false;
	if (aside == UNIT_COUNTS && !sums_unit(store, span->report, span->n, +1, err))
		return false;
	return foreign || !mixes || judge_shorter(store, span, err);
}

bool settle_enter(struct store *store, const struct version *version, struct err *err)
{
	struct reporter reporter;
	bool found;
	if (!reporter_get(store, version->reporter, &reporter, err) || !sums_report(store, version, +1, err))
		return false;
	bool mixes = reporter_mixes(&reporter);
	for (int64_t n = -1;;) {
		struct span span;
		if (!next_unit(store, version, n, &span, &found, err))
			return false;
		if (!found)
			return true;
		if (!enter_unit(store, &span, mixes, err))
			return false;
		n = span.n;
	}
}

static bool leave(struct store *store, const struct version *version, struct err *err)
{
	struct reporter reporter;
	bool found;
	if (!reporter_get(store, version->reporter, &reporter, err) || !sums_report(store, version, -1, err))
		return false;
	bool mixes = reporter_mixes(&reporter);
	for (int64_t n = -1;;) {
		struct span span;
		if (!next_unit(store, version, n, &span, &found, err))
			return false;
		if (!found)
			return true;
		if (span.aside == UNIT_COUNTS && !sums_unit(store, span.report, span.n, -1, err))
			return false;
		if (mixes && span.aside != UNIT_FOREIGN && !judge_shorter(store, &span, err))
			return false;
		n = span.n;
	}
}

/* --- states --- */

bool settle_set_state(struct store *store, const struct version *version, enum report_state state, struct err *err)
{
	if (version->state == state)
		return true;
	if (!db_run(store->db, "UPDATE report SET state = ? WHERE id = ?", DB_VALUES(db_int(state), db_int(version->id)),
	            err))
		return false;
	if (state == REPORT_COUNTED)
		return settle_enter(store, version, err);
	return version->state != REPORT_COUNTED || leave(store, version, err);
}

/* Among reports that say the same for the same period, the best trusted and then oldest counts. */
static bool settle_twins(struct store *store, const struct version *one, struct err *err)
{
	struct version best = {0}, counted = {0};
	struct query *query = db_ask(store->db,
	                             "SELECT " VERSION_COLUMNS " FROM report WHERE body = ? AND reporter = ? AND begin = ?"
	                             " AND end = ? AND state IN (0, 2)",
	                             DB_VALUES(db_int(one->body), db_int(one->reporter), db_int(one->begin), db_int(one->end)),
	                             err);
	if (query == NULL)
		return false;
	while (db_next(query)) {
		struct version version = version_of(query);
		if (version.state == REPORT_COUNTED)
			counted = version;
		if (best.id == 0 || version.trust < best.trust || (version.trust == best.trust && version.id < best.id))
			best = version;
	}
	if (!db_end(query, err))
		return false;
	if (best.id == 0 || best.id == counted.id)
		return true;
	return (counted.id == 0 || settle_set_state(store, &counted, REPORT_TWIN, err)) &&
	       settle_set_state(store, &best, REPORT_COUNTED, err);
}

static bool is_better(const struct version *a, const struct version *b)
{
	if (a->trust != b->trust)
		return a->trust < b->trust;
	if (a->trusted_at != b->trusted_at)
		return a->trusted_at > b->trusted_at;
	return a->id > b->id;
}

/* What a version is to be, before its twins are looked at. */
static enum report_state state_for(const struct version *version, const struct version *winner, bool counts)
{
	if (version->id != winner->id)
		return version->trust == winner->trust ? REPORT_SUPERSEDED : REPORT_CONFLICTING;
	if (version->day == DAY_NONE)
		return REPORT_UNDATED;
	if (!counts)
		return REPORT_HELD;
	return version->state == REPORT_COUNTED ? REPORT_COUNTED : REPORT_TWIN;
}

static bool settle_versions(struct store *store, struct version *versions, size_t count, struct err *err)
{
	const struct version *winner = &versions[0];
	struct reporter reporter;

	for (size_t i = 1; i < count; i++)
		if (is_better(&versions[i], winner))
			winner = &versions[i];
	if (!reporter_get(store, winner->reporter, &reporter, err))
		return false;
	bool counts = reporter_counts(store, &reporter, winner->trust);
	for (size_t i = 0; i < count; i++)
		if (!settle_set_state(store, &versions[i], state_for(&versions[i], winner, counts), err))
			return false;
	for (size_t i = 0; i < count; i++)
		if (!settle_twins(store, &versions[i], err))
			return false;
	return true;
}

bool settle_identity(struct store *store, int64_t report, struct err *err)
{
	struct arena arena;
	struct version *versions = NULL;
	size_t count = 0, room = 0;

	arena_init(&arena, MIB(64));
	struct query *query =
	    db_ask(store->db,
	           "SELECT " VERSION_COLUMNS " FROM report WHERE (reporter, begin, end, rid) ="
	           " (SELECT reporter, begin, end, rid FROM report WHERE id = ?1) AND (rid <> '' OR id = ?1)",
	           DB_VALUES(db_int(report)), err);
	while (query != NULL && db_next(query))
		*(struct version *)arena_push(&arena, (void **)&versions, &count, &room, sizeof *versions) = version_of(query);
	bool ok = db_end(query, err) && count > 0 && settle_versions(store, versions, count, err);
	arena_done(&arena);
	return ok;
}

bool settle_again(struct store *store, int64_t reporter, struct err *err)
{
	for (int64_t id = 0;;) {
		if (!db_number(store->db,
		               "SELECT id FROM report WHERE id > ?1 AND (reporter = ?2 OR (?2 = 0 AND trust IN (3, 4)))"
		               " ORDER BY id LIMIT 1",
		               DB_VALUES(db_int(id), db_int(reporter)), 0, &id, err))
			return false;
		if (id == 0)
			return true;
		if (!settle_identity(store, id, err))
			return false;
	}
}
