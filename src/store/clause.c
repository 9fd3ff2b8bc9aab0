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

bool clause_days(struct clause *clause, struct store *store, const struct filter *filter, struct err *err)
{
	struct filter days = *filter;

	if (filter->domain.p != NULL) {
		clause_text(clause, "day_unit WHERE 1");
		return clause_common(clause, store, filter, "", err);
	}
	days.tenant = 0;
	clause_text(clause, "tenant_day WHERE tenant = ?");
	clause_value(clause, db_int(filter->tenant));
	return clause_common(clause, store, &days, "", err);
}

static void add_part(struct clause_part **at, const struct filter *filter, int64_t since, int64_t until, const char *table)
{
	if (since > until)
		return;
	**at = (struct clause_part){.filter = *filter, .table = table};
	(*at)->filter.since_day = (int32_t)since;
	(*at)->filter.until_day = until == INT32_MAX ? DAY_NONE : (int32_t)until;
	(*at)++;
}

struct level {
	int64_t days;
	const char *table;
};

/* The whole ones inside out of the widest sums, what lies before and after out of narrower ones. */
static void add_parts(struct clause_part **at, const struct filter *filter, int64_t since, int64_t until,
                      const struct level *level)
{
	if (since > until)
		return;
	if (level->days == 1) {
		add_part(at, filter, since, until, level->table);
		return;
	}
	int64_t first = since == DAY_NONE ? since : sums_first_day(since + level->days - 1, level->days);
	int64_t after = until == INT32_MAX ? until : sums_first_day(until + 1, level->days);
	if (first >= after) {
		add_parts(at, filter, since, until, level + 1);
		return;
	}
	add_parts(at, filter, since, first - 1, level + 1);
	add_part(at, filter, first, after == INT32_MAX ? after : after - 1, level->table);
	if (after != INT32_MAX)
		add_parts(at, filter, after, until, level + 1);
}

size_t clause_parts(const struct filter *filter, bool by_reporter, struct clause_part out[CLAUSE_PARTS])
{
	static const struct level by_both[] = {{HUNDRED_DAYS, "hundred_unit"}, {SPAN_DAYS, "span_unit"}, {1, "day_unit"}};
	static const struct level by_domain[] = {{SPAN_DAYS, "domain_span"}, {1, "day_unit"}};
	const struct level *widest = by_reporter || filter->reporter.p != NULL ? by_both : by_domain;
	struct clause_part *at = out;

	while (filter->domain.p != NULL && widest->days > 1)
		widest++; /* one domain has an index of its days */
	add_parts(&at, filter, filter->since_day, filter->until_day == DAY_NONE ? INT32_MAX : filter->until_day, widest);
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

/* Units that stand in a report behind another one of the same tenant: they are few, and have an index. */
static bool count_further(struct store *store, const struct filter *filter, struct arena *arena, uint64_t *out, struct err *err)
{
	struct clause clause;

	clause_init(&clause, arena,
	            "SELECT count(*) FROM unit u INDEXED BY unit_further JOIN report p ON p.id = u.report"
	            " WHERE u.n > 0 AND u.aside = 0 AND p.state = 0");
	bool ok = clause_common(&clause, store, filter, "u.", err);
	clause_and(&clause,
	           "EXISTS (SELECT 1 FROM unit x WHERE x.report = u.report AND x.n < u.n AND x.aside = 0"
	           " AND x.domain IN (SELECT id FROM owned WHERE tenant = ?))",
	           db_int(filter->tenant));
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		if (query != NULL && db_next(query))
			*out = (uint64_t)db_get_int(query, 0);
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

bool view_period(struct store *store, const struct filter *filter, struct arena *arena, struct period *out_period,
                 uint64_t *out_reports, struct err *err)
{
	bool is_of_tenant = filter->tenant != 0 && filter->domain.p == NULL;
	uint64_t further = 0;
	struct clause clause;

	*out_period = (struct period){INSTANT_NONE, INSTANT_NONE};
	*out_reports = 0;
	/* Of a tenant each unit is a report at first, and the further ones of a report are taken off. */
	clause_init(&clause, arena, is_of_tenant ? "SELECT min(day), max(day), sum(units) FROM " : period_query(filter));
	bool ok = is_of_tenant ? clause_days(&clause, store, filter, err) && count_further(store, filter, arena, &further, err)
	                       : clause_common(&clause, store, filter, "u.", err);
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		if (query != NULL && db_next(query) && !db_is_null(query, 0)) {
			out_period->begin = day_start((int32_t)db_get_int(query, 0));
			out_period->end = day_start((int32_t)db_get_int(query, 1)) + SECS_PER_DAY;
			*out_reports = (uint64_t)db_get_int(query, 2) - further;
		}
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

bool view_reporters(struct store *store, const struct filter *filter, uint64_t *out, struct err *err)
{
	int64_t n;

	if (!db_number(store->db, "SELECT count(DISTINCT reporter) FROM tenant_day WHERE tenant = ? AND day BETWEEN ? AND ?",
	               DB_VALUES(db_int(filter->tenant), db_int(filter->since_day == DAY_NONE ? INT32_MIN : filter->since_day),
	                         db_int(filter->until_day == DAY_NONE ? INT32_MAX : filter->until_day)),
	               0, &n, err))
		return false;
	*out = (uint64_t)n;
	return true;
}
