/* SPDX-License-Identifier: ISC */
#include "store/clause.h"

#include <assert.h>

#include "base/limits.h"

void clause_init(struct clause *clause, struct arena *arena, const char *begin)
{
	*clause = (struct clause){.arena = arena};
	buf_init(&clause->sql, KIB(16));
	buf_text(&clause->sql, begin);
}

void clause_done(struct clause *clause)
{
	buf_done(&clause->sql);
}

void clause_text(struct clause *clause, const char *sql)
{
	buf_text(&clause->sql, sql);
}

void clause_value(struct clause *clause, struct db_value value)
{
	assert(clause->count < sizeof clause->values / sizeof clause->values[0]);
	clause->values[clause->count++] = value;
}

void clause_and(struct clause *clause, const char *sql, struct db_value value)
{
	clause_text(clause, " AND ");
	clause_text(clause, sql);
	clause_value(clause, value);
}

static void and_column(struct clause *clause, const char *prefix, const char *sql, struct db_value value)
{
	clause_text(clause, " AND ");
	clause_text(clause, prefix);
	clause_text(clause, sql);
	clause_value(clause, value);
}

static struct str lower(struct arena *arena, struct str text)
{
	char *copy = arena_bytes(arena, text.len + 1);
	for (size_t i = 0; i < text.len; i++)
		copy[i] = byte_lower(text.p[i]);
	return str_make(copy, text.len);
}

static bool and_name(struct clause *clause, struct store *store, const char *prefix, const char *sql, struct str name,
                     struct err *err)
{
	int64_t id;
	if (!names_find(store->names, lower(clause->arena, name), &id, err) ||
	    (id < 0 && !names_find(store->names, name, &id, err)))
		return false;
	clause->nothing |= id < 0;
	and_column(clause, prefix, sql, db_int(id));
	return true;
}

bool clause_common(struct clause *clause, struct store *store, const struct filter *filter, const char *prefix,
                   struct err *err)
{
	if (filter->since_day != DAY_NONE)
		and_column(clause, prefix, "day >= ?", db_int(filter->since_day));
	if (filter->until_day != DAY_NONE)
		and_column(clause, prefix, "day <= ?", db_int(filter->until_day));
	if (filter->domain.p != NULL && !and_name(clause, store, prefix, "domain = ?", filter->domain, err))
		return false;
	if (filter->reporter.p != NULL && !and_name(clause, store, prefix, "reporter = ?", filter->reporter, err))
		return false;
	if (filter->tenant != 0)
		and_column(clause, prefix, "domain IN (SELECT id FROM owned WHERE tenant = ?)", db_int(filter->tenant));
	return true;
}

void clause_policy(struct clause *clause, const struct filter *filter, const char *prefix)
{
	if (filter->mode >= 0)
		and_column(clause, prefix, "mode = ?", db_int(filter->mode));
	if (filter->policy_type >= 0)
		and_column(clause, prefix, "type = ?", db_int(filter->policy_type));
}

/* "mx1.example.*" and the like: what stands before the star, as a range. */
static void and_mx_range(struct clause *clause, const char *prefix, struct str begin)
{
	char *end = arena_bytes(clause->arena, begin.len + 4);
	memcpy(end, begin.p, begin.len);
	memcpy(end + begin.len, "\xf4\x8f\xbf\xbf", 4); /* the last character there is */
	and_column(clause, prefix, "mx IN (SELECT id FROM name WHERE text >= ? AND text < ? AND id <> 0)",
	           db_text(begin));
	clause_value(clause, db_text(str_make(end, begin.len + 4)));
}

bool clause_failure(struct clause *clause, struct store *store, const struct filter *filter, const char *prefix,
                    struct err *err)
{
	if (filter->result_type.p != NULL) {
		struct str result = str_eq_nocase(filter->result_type, STR("not stated")) ? STR("") : filter->result_type;
		if (!and_name(clause, store, prefix, "result = ?", result, err))
			return false;
	}
	if (filter->mx.p == NULL)
		return true;
	if (str_ends_with(filter->mx, STR("*"))) {
		and_mx_range(clause, prefix, lower(clause->arena, str_upto(filter->mx, filter->mx.len - 1)));
		return true;
	}
	return and_name(clause, store, prefix, "mx = ?", filter->mx, err);
}

static void add_part(struct clause_part **at, const struct filter *filter, int64_t since, int64_t until, const char *table)
{
	if (since > until)
		return;
	**at = (struct clause_part){.filter = *filter, .table = table, .is_days = str_eq(str_of(table), STR("day_unit"))};
	(*at)->filter.since_day = (int32_t)since;
	(*at)->filter.until_day = until == INT32_MAX ? DAY_NONE : (int32_t)until;
	(*at)++;
}

size_t clause_parts(const struct filter *filter, bool by_reporter, struct clause_part out[CLAUSE_PARTS])
{
	struct clause_part *at = out;
	const char *spans = by_reporter || filter->reporter.p != NULL ? "span_unit" : "domain_span";
	int64_t since = filter->since_day, until = filter->until_day == DAY_NONE ? INT32_MAX : filter->until_day;
	/* The first day of the first span inside, and of the first one after. */
	int64_t first = since == DAY_NONE ? since : sums_span(since + SPAN_DAYS - 1);
	int64_t after = until == INT32_MAX ? until : sums_span(until + 1);

	/* One domain has an index of its days. */
	if (first >= after || filter->domain.p != NULL) {
		add_part(&at, filter, since, until, "day_unit");
		return (size_t)(at - out);
	}
	add_part(&at, filter, since, first - 1, "day_unit");
	add_part(&at, filter, first, after == INT32_MAX ? after : after - 1, spans);
	if (after != INT32_MAX)
		add_part(&at, filter, after, until, "day_unit");
	return (size_t)(at - out);
}

struct query *clause_ask(struct clause *clause, struct store *store, struct err *err)
{
	buf_byte(&clause->sql, '\0');
	if (clause->sql.failed) {
		err_set(err, ERR_INPUT, "the filter is too long");
		return NULL;
	}
	return db_ask_once(store->db, clause->sql.p, clause->values, clause->count, err);
}

/* With a domain reports are counted through their units; else through the sums of days. */
static const char *period_query(const struct filter *filter)
{
	if (filter->domain.p != NULL)
		return "SELECT min(u.day), max(u.day), count(DISTINCT u.report) FROM unit u JOIN report p ON p.id = u.report"
		       " WHERE p.state = 0 AND u.aside = 0";
	return "SELECT min(u.day), max(u.day), sum(u.reports) FROM day_report u WHERE 1";
}

/* The first column of the one row; as it was where there is none. */
static bool one(struct store *store, const struct filter *filter, struct arena *arena, const char *begin, const char *prefix,
                const char *end, int64_t *out, struct err *err)
{
	struct clause clause;

	clause_init(&clause, arena, begin);
	bool ok = clause_common(&clause, store, filter, prefix, err);
	clause_text(&clause, end);
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		if (query != NULL && db_next(query) && !db_is_null(query, 0))
			*out = db_get_int(query, 0);
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

/* Units are summed; of those that stand in a report behind another one of the tenant there are few, and they have an index. */
static bool count_own_reports(struct store *store, const struct filter *filter, struct arena *arena, uint64_t *out,
                              struct err *err)
{
	struct clause_part parts[CLAUSE_PARTS];
	size_t n = clause_parts(filter, false, parts);
	int64_t units = 0, further = 0;
	const char *before = arena_format(arena,
	                                  " AND EXISTS (SELECT 1 FROM unit x WHERE x.report = u.report AND x.n < u.n"
	                                  " AND x.aside = 0 AND x.domain IN (SELECT id FROM owned WHERE tenant = %lld))",
	                                  (long long)filter->tenant);

	for (size_t i = 0; i < n; i++) {
		int64_t sum = 0;
		if (!one(store, &parts[i].filter, arena, arena_format(arena, "SELECT sum(units) FROM %s WHERE 1", parts[i].table), "",
		         "", &sum, err))
			return false;
		units += sum;
	}
	if (!one(store, filter, arena,
	         "SELECT count(*) FROM unit u INDEXED BY unit_further JOIN report p ON p.id = u.report"
	         " WHERE u.n > 0 AND u.aside = 0 AND p.state = 0",
	         "u.", before, &further, err))
		return false;
	*out = (uint64_t)(units - further);
	return true;
}

static bool own_period(struct store *store, const struct filter *filter, struct arena *arena, struct period *out_period,
                       uint64_t *out_reports, struct err *err)
{
	int64_t first = DAY_NONE, last = DAY_NONE;

	if (!one(store, filter, arena, "SELECT min(day) FROM day_unit WHERE 1", "", "", &first, err) ||
	    !one(store, filter, arena, "SELECT max(day) FROM day_unit WHERE 1", "", "", &last, err))
		return false;
	if (first == DAY_NONE)
		return true;
	out_period->begin = day_start((int32_t)first);
	out_period->end = day_start((int32_t)last) + SECS_PER_DAY;
	return count_own_reports(store, filter, arena, out_reports, err);
}

bool view_period(struct store *store, const struct filter *filter, struct arena *arena, struct period *out_period,
                 uint64_t *out_reports, struct err *err)
{
	struct clause clause;

	*out_period = (struct period){INSTANT_NONE, INSTANT_NONE};
	*out_reports = 0;
	if (filter->tenant != 0 && filter->domain.p == NULL)
		return own_period(store, filter, arena, out_period, out_reports, err);
	clause_init(&clause, arena, period_query(filter));
	bool ok = clause_common(&clause, store, filter, "u.", err);
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		if (query != NULL && db_next(query) && !db_is_null(query, 0)) {
			out_period->begin = day_start((int32_t)db_get_int(query, 0));
			out_period->end = day_start((int32_t)db_get_int(query, 1)) + SECS_PER_DAY;
			*out_reports = (uint64_t)db_get_int(query, 2);
		}
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

bool view_reporters(struct store *store, const struct filter *filter, uint64_t *out, struct err *err)
{
	int64_t n;

	if (!db_number(store->db,
	               "SELECT count(DISTINCT r.reporter) FROM day_report r WHERE r.day BETWEEN ?1 AND ?2 AND EXISTS (SELECT 1"
	               " FROM day_unit u WHERE u.day = r.day AND u.reporter = r.reporter"
	               " AND u.domain IN (SELECT id FROM owned WHERE tenant = ?3))",
	               DB_VALUES(db_int(filter->since_day == DAY_NONE ? INT32_MIN : filter->since_day),
	                         db_int(filter->until_day == DAY_NONE ? INT32_MAX : filter->until_day), db_int(filter->tenant)),
	               0, &n, err))
		return false;
	*out = (uint64_t)n;
	return true;
}
