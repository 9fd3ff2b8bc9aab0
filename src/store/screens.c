/* SPDX-License-Identifier: ISC */
#include "store/screens.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/num.h"
#include "store/clause.h"
#include "store/issues.h"
#include "store/tally.h"

#define USUAL_DAYS 28
#define USUAL_LEAST 10
#define LATE_DAYS 3       /* the last days, on which a report may still be missing */
#define LATE_SECS (3 * SECS_PER_DAY)
#define DAYS_MOST 4000    /* of a chart */
#define ISSUES_COUNTED 1000
#define MODE_DAYS 60
#define HOURS_LEAST 5     /* reports that came by themselves, before an hour is called usual */

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	struct str text = db_get_text(query, column);
	return text.len == 0 ? STR_NONE : arena_str(arena, text);
}

static uint64_t count_at(struct query *query, int column)
{
	int64_t value = db_get_int(query, column);
	return value < 0 ? 0 : (uint64_t)value;
}

/* --- how complete the last day is --- */

/* The rows of the last weeks, one for each reporter: has it reported on the day, on how many days before, when. */
static struct query *ask_reporters(struct store *store, int64_t domain, int32_t day, struct err *err)
{
#define OF_DAYS                                                                                                        \
	" max(day = ?1), count(DISTINCT CASE WHEN day < ?1 THEN day END)"
	if (domain != 0)
		return db_ask(store->db,
		              "SELECT n.text, x.* FROM (SELECT reporter," OF_DAYS " FROM unit WHERE domain = ?3 AND aside = 0"
		              " AND day BETWEEN ?1 - ?2 AND ?1 GROUP BY reporter) x JOIN name n ON n.id = x.reporter",
		              DB_VALUES(db_int(day), db_int(USUAL_DAYS), db_int(domain)), err);
	if (store->tenant != 0)
		return db_ask(store->db,
		              "SELECT n.text, x.* FROM (SELECT reporter," OF_DAYS " FROM tenant_day WHERE tenant = ?3"
		              " AND day BETWEEN ?1 - ?2 AND ?1 GROUP BY reporter) x JOIN name n ON n.id = x.reporter",
		              DB_VALUES(db_int(day), db_int(USUAL_DAYS), db_int(store->tenant)), err);
	return db_ask(store->db,
	              "SELECT n.text, x.* FROM (SELECT reporter," OF_DAYS " FROM day_report"
	              " WHERE day BETWEEN ?1 - ?2 AND ?1 GROUP BY reporter) x JOIN name n ON n.id = x.reporter",
	              DB_VALUES(db_int(day), db_int(USUAL_DAYS)), err);
}

/* The hour by which four of five of its last reports were there, of those that came within days of theirs. */
static bool usual_hour(struct store *store, int64_t reporter, int32_t day, int *out, struct err *err)
{
	int64_t hour;

	if (!db_number(store->db,
	               "WITH came (hour) AS (SELECT last % 86400 / 3600 FROM day_report WHERE reporter = ?1"
	               " AND day BETWEEN ?2 - ?3 AND ?2 AND last - (day + 1) * 86400 BETWEEN 0 AND ?4)"
	               " SELECT hour + 1 FROM came WHERE (SELECT count(*) FROM came) >= ?5 ORDER BY hour"
	               " LIMIT 1 OFFSET (SELECT count(*) * 4 / 5 FROM came)",
	               DB_VALUES(db_int(reporter), db_int(day), db_int(USUAL_DAYS), db_int(LATE_SECS), db_int(HOURS_LEAST)),
	               -1, &hour, err))
		return false;
	*out = (int)hour;
	return true;
}

static bool last_day(struct store *store, int64_t domain, int32_t *out, struct err *err)
{
	int64_t day, today = day_of(instant_now());
	bool ok;

	if (domain != 0)
		ok = db_number(store->db, "SELECT max(day) FROM day_unit WHERE domain = ?1 AND day <= ?2",
		               DB_VALUES(db_int(domain), db_int(today)), DAY_NONE, &day, err);
	else if (store->tenant != 0)
		ok = db_number(store->db, "SELECT max(day) FROM tenant_day WHERE tenant = ?1 AND day <= ?2",
		               DB_VALUES(db_int(store->tenant), db_int(today)), DAY_NONE, &day, err);
	else
		ok = db_number(store->db, "SELECT max(day) FROM day_report WHERE day <= ?1", DB_VALUES(db_int(today)), DAY_NONE,
		               &day, err);
	if (ok)
		*out = (int32_t)day;
	return ok;
}

/* The name of a domain that this store may speak of; 0: all, -1: no such one. */
static bool scoped_domain(struct store *store, struct str domain, int64_t *out, struct err *err)
{
	int64_t owned = 1;

	*out = 0;
	if (domain.len == 0)
		return true;
	if (!names_find(store->names, domain, out, err))
		return false;
	if (*out > 0 && store->tenant != 0 &&
	    !db_number(store->db, "SELECT 1 FROM owned WHERE id = ? AND tenant = ?",
	               DB_VALUES(db_int(*out), db_int(store->tenant)), 0, &owned, err))
		return false;
	*out = owned == 0 ? -1 : *out;
	return true;
}

static bool coverage_of_day(struct store *store, int64_t domain, int32_t day, struct arena *arena,
                            struct screens_coverage *out, struct err *err)
{
	struct query *query = ask_reporters(store, domain, day, err);
	void *rows = NULL;
	size_t room = 0;

	while (query != NULL && db_next(query)) {
		if (db_get_int(query, 3) < USUAL_LEAST)
			continue;
		out->usual++;
		out->reported += db_get_int(query, 2) != 0;
		if (arena == NULL || db_get_int(query, 2) != 0)
			continue;
		struct screens_missing *missing = arena_push(arena, &rows, &out->missing_count, &room, sizeof *missing);
		/* The number first, the hour when the query is over. */
		*missing = (struct screens_missing){text_at(query, 0, arena), (int)db_get_int(query, 1)};
	}
	out->missing = rows;
	if (!db_end(query, err))
		return false;
	for (size_t i = 0; i < out->missing_count; i++)
		if (!usual_hour(store, out->missing[i].usual_hour, day, &out->missing[i].usual_hour, err))
			return false;
	return true;
}

bool screens_coverage(struct store *store, struct str domain, struct arena *arena, struct screens_coverage *out,
                      struct err *err)
{
	int64_t id;

	*out = (struct screens_coverage){.last_day = DAY_NONE, .last_arrival = INSTANT_NONE};
	if (!scoped_domain(store, domain, &id, err) || (id >= 0 && !last_day(store, id, &out->last_day, err)))
		return false;
	if (store->tenant == 0 && id == 0 &&
	    !db_number(store->db, "SELECT received_at FROM arrival ORDER BY id DESC LIMIT 1", NULL, 0, INSTANT_NONE,
	               &out->last_arrival, err))
		return false;
	return out->last_day == DAY_NONE || coverage_of_day(store, id, out->last_day, arena, out, err);
}

/* --- days --- */

static bool is_of_house(const struct filter *filter)
{
	return filter->domain.p == NULL && filter->tenant == 0;
}

static bool add_successes(struct store *store, const struct filter *filter, struct arena *arena, struct screens_day *days,
                          struct err *err)
{
	struct clause clause;

	clause_init(&clause, arena,
	            "SELECT day, sum(successful) FILTER (WHERE type < 2), sum(successful) FILTER (WHERE type >= 2), sum(failed),"
	            " sum(unexplained) FILTER (WHERE type = 1 OR (type = 0 AND mode = 1)), count(DISTINCT reporter) FROM ");
	/* With failures only, a day is that of the single rows; else the sums over all domains are enough. */
	clause_text(&clause, !filter->failures_only       ? ""
	                     : filter->domain.p == NULL ? "day_unit INDEXED BY day_unit_failed WHERE 1"
	                                                : "day_unit WHERE 1");
	bool ok = filter->failures_only ? clause_common(&clause, store, filter, "", err)
	                                : clause_days(&clause, store, filter, err);
	clause_policy(&clause, filter, "");
	if (filter->failures_only)
		clause_text(&clause, " AND failed > 0");
	clause_text(&clause, " GROUP BY day");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		while (query != NULL && db_next(query)) {
			struct screens_day *day = &days[db_get_int(query, 0) - filter->since_day];
			day->secured = count_at(query, 1);
			day->no_policy = count_at(query, 2);
			day->failed = count_at(query, 3);
			day->refused = count_at(query, 4);
			day->reporters = count_at(query, 5);
		}
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

static bool add_failures(struct store *store, const struct filter *filter, bool counts_all, struct arena *arena,
                         struct screens_day *days, struct err *err)
{
	struct clause clause;

	clause_init(&clause, arena,
	            "SELECT day, sum(sessions), sum(sessions) FILTER (WHERE refused = 1), count(DISTINCT reporter)"
	            " FROM day_failure WHERE 1");
	bool ok = clause_common(&clause, store, filter, "", err) && clause_failure(&clause, store, filter, "", err);
	clause_policy(&clause, filter, "");
	clause_text(&clause, " GROUP BY day");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		while (query != NULL && db_next(query)) {
			struct screens_day *day = &days[db_get_int(query, 0) - filter->since_day];
			if (counts_all) {
				day->failed = count_at(query, 1);
				day->reporters = count_at(query, 3);
			}
			day->refused = num_add_sat(day->refused, count_at(query, 2));
		}
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

static bool mark_partial(struct store *store, const struct filter *filter, struct screens_day *days, size_t n,
                         struct err *err)
{
	int32_t last;
	int64_t id;

	if (!scoped_domain(store, filter->domain, &id, err) || id < 0 || !last_day(store, id, &last, err))
		return id < 0;
	for (int32_t day = last; last != DAY_NONE && day > last - LATE_DAYS; day--) {
		struct screens_coverage coverage = {0};
		if (day < filter->since_day || day > filter->until_day)
			continue;
		if (!coverage_of_day(store, id, day, NULL, &coverage, err))
			return false;
		days[day - filter->since_day].is_partial = coverage.reported < coverage.usual;
	}
	for (size_t i = 0; i < n; i++)
		days[i].is_partial |= last != DAY_NONE && days[i].day > last;
	return true;
}

bool screens_days(struct store *store, const struct filter *given, struct arena *arena, struct screens_day **out,
                  size_t *out_count, struct err *err)
{
	struct filter filter = store_scoped(store, given);
	bool is_of_failures = filter.result_type.p != NULL || filter.mx.p != NULL;
	int64_t count = (int64_t)filter.until_day - filter.since_day + 1;

	if (count < 1 || count > DAYS_MOST)
		return err_set(err, ERR_INPUT, "a chart has 1 to %d days", DAYS_MOST);
	struct screens_day *days = ARENA_ARRAY(arena, (size_t)count, struct screens_day);
	for (int64_t i = 0; i < count; i++)
		days[i].day = filter.since_day + (int32_t)i;
	if ((!is_of_failures && !add_successes(store, &filter, arena, days, err)) ||
	    !add_failures(store, &filter, is_of_failures, arena, days, err) ||
	    !mark_partial(store, &filter, days, (size_t)count, err))
		return false;
	*out = days;
	*out_count = (size_t)count;
	return true;
}

/* --- totals --- */

static bool add_units(struct store *store, const struct filter *filter, struct arena *arena, struct screens_totals *out,
                      struct err *err)
{
	struct clause clause;

	clause_init(&clause, arena, "SELECT type, mode, sum(successful), sum(failed), sum(unexplained) FROM ");
	bool ok = clause_days(&clause, store, filter, err);
	clause_policy(&clause, filter, "");
	clause_text(&clause, " GROUP BY type, mode");
	struct query *query = ok && !clause.nothing ? clause_ask(&clause, store, err) : NULL;
	while (query != NULL && db_next(query)) {
		int64_t type = db_get_int(query, 0), mode = db_get_int(query, 1);
		uint64_t successful = count_at(query, 2), failed = count_at(query, 3), unexplained = count_at(query, 4);
		uint64_t all = num_add_sat(successful, failed);
		bool refuses = type == POLICY_TLSA || (type == POLICY_STS && mode == MODE_ENFORCE);
		uint64_t *kind = refuses                                         ? &out->enforced
		                 : type == POLICY_STS && mode == MODE_TESTING ? &out->testing
		                                                              : &out->no_policy;
		*kind = num_add_sat(*kind, all);
		out->successful = num_add_sat(out->successful, successful);
		out->failed = num_add_sat(out->failed, failed);
		out->unexplained = num_add_sat(out->unexplained, unexplained);
		out->refused = num_add_sat(out->refused, refuses ? unexplained : 0);
	}
	ok = (query == NULL || db_end(query, err)) && ok && (query != NULL || clause.nothing);
	clause_done(&clause);
	return ok;
}

static bool one_number(struct store *store, const struct filter *filter, struct arena *arena, const char *sql, bool is_of_units,
                       uint64_t *out, struct err *err)
{
	struct clause clause;

	clause_init(&clause, arena, sql);
	bool ok = clause_common(&clause, store, filter, "", err);
	if (is_of_units)
		clause_policy(&clause, filter, "");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		if (query != NULL && db_next(query))
			*out = num_add_sat(*out, count_at(query, 0));
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

bool screens_sessions(struct store *store, const struct filter *given, struct arena *arena, struct screens_totals *out,
                      struct err *err)
{
	struct filter filter = store_scoped(store, given);

	*out = (struct screens_totals){0};
	return add_units(store, &filter, arena, out, err) &&
	       one_number(store, &filter, arena, "SELECT sum(sessions) FROM day_failure WHERE refused = 1", true,
	                  &out->refused, err);
}

bool screens_totals(struct store *store, const struct filter *given, struct arena *arena, struct screens_totals *out,
                    struct err *err)
{
	struct filter filter = store_scoped(store, given);
	struct period period;

	if (!screens_sessions(store, given, arena, out, err) ||
	    !view_period(store, &filter, arena, &period, &out->reports, err))
		return false;
	if (filter.tenant != 0 && filter.domain.p == NULL)
		return view_reporters(store, &filter, &out->reporters, err);
	return one_number(store, &filter, arena,
	                  is_of_house(&filter) ? "SELECT count(DISTINCT reporter) FROM day_report WHERE 1"
	                                       : "SELECT count(DISTINCT reporter) FROM unit WHERE aside = 0",
	                  false, &out->reporters, err);
}

/* --- domains --- */

static const char *const state_texts[] = {"failing", "at-risk", "ok", "waiting", "silent", "paused"};

const char *screens_state_text(enum screens_state state)
{
	return state_texts[state];
}

struct fleet {
	struct store *store;
	struct arena *arena;
	const struct filter *filter;
	struct tally ids; /* names of domains */
	struct screens_domain *rows;
	size_t count, room;
	struct host { /* an MX host that DANE units name, and a domain that it serves */
		int64_t host, domain;
	} *hosts;
	size_t host_count, host_room;
};

static struct screens_domain *fleet_row(struct fleet *fleet, int64_t id, bool may_add)
{
	bool is_new;
	size_t at = tally_of(&fleet->ids, &id, &is_new);

	if (is_new)
		*(struct screens_domain *)arena_push(fleet->arena, (void **)&fleet->rows, &fleet->count, &fleet->room,
		                                     sizeof *fleet->rows) = (struct screens_domain){
		    .id = may_add ? id : 0, .mode_since = DAY_NONE, .last_day = DAY_NONE};
	return fleet->rows[at].id == 0 ? NULL : &fleet->rows[at];
}

static bool load_listed(struct fleet *fleet, struct err *err)
{
	struct query *query =
	    db_ask(fleet->store->db,
	           "SELECT d.id, n.text, t.name, d.state, d.proven FROM domain d JOIN name n ON n.id = d.id"
	           " LEFT JOIN tenant t ON t.id = d.tenant WHERE (?1 = 0 OR d.id IN (SELECT id FROM owned WHERE tenant = ?1))"
	           " AND (?2 IS NULL OR n.text = ?2)",
	           DB_VALUES(db_int(fleet->filter->tenant), db_text(fleet->filter->domain)), err);

	while (query != NULL && db_next(query)) {
		struct screens_domain *row = fleet_row(fleet, db_get_int(query, 0), true);
		row->name = text_at(query, 1, fleet->arena);
		row->tenant = text_at(query, 2, fleet->arena);
		row->is_listed = true;
		row->is_paused = db_get_int(query, 3) != 0;
		row->proof = (int)db_get_int(query, 4);
	}
	return db_end(query, err);
}

/* From one domain to the next in the index, not over all rows. */
#define EVERY_DOMAIN                                                                                                   \
	"WITH RECURSIVE next (id) AS (SELECT min(domain) FROM day_unit UNION ALL SELECT (SELECT min(domain) FROM day_unit" \
	" WHERE domain > next.id) FROM next WHERE next.id IS NOT NULL) "

static bool load_seen(struct fleet *fleet, struct err *err)
{
	struct query *query =
	    db_ask(fleet->store->db,
	           EVERY_DOMAIN "SELECT n.id, n.text FROM next JOIN name n ON n.id = next.id WHERE n.id <> 0"
	                        " AND (?1 = 0 OR n.id IN (SELECT id FROM owned WHERE tenant = ?1)) AND (?2 IS NULL OR n.text = ?2)",
	           DB_VALUES(db_int(fleet->filter->tenant), db_text(fleet->filter->domain)), err);

	while (query != NULL && db_next(query))
		fleet_row(fleet, db_get_int(query, 0), true)->name = text_at(query, 1, fleet->arena);
	return db_end(query, err);
}

static bool load_hosts(struct fleet *fleet, struct err *err)
{
	struct query *query = db_ask(fleet->store->db, "SELECT host, domain FROM domain_mx", NULL, 0, err);

	while (query != NULL && db_next(query))
		*(struct host *)arena_push(fleet->arena, (void **)&fleet->hosts, &fleet->host_count, &fleet->host_room,
		                           sizeof *fleet->hosts) =
		    (struct host){db_get_int(query, 0), db_get_int(query, 1)};
	return db_end(query, err);
}

struct fleet_unit {
	int64_t domain, type, mode;
	uint64_t successful, failed, unexplained;
};

static void add_unit(struct screens_domain *row, const struct fleet_unit *unit)
{
	if (row == NULL)
		return;
	row->successful = num_add_sat(row->successful, unit->successful);
	row->failed = num_add_sat(row->failed, unit->failed);
	row->unexplained = num_add_sat(row->unexplained, unit->unexplained);
	if (unit->type == POLICY_TLSA || (unit->type == POLICY_STS && unit->mode == MODE_ENFORCE))
		row->refused = num_add_sat(row->refused, unit->unexplained);
	row->has_dane |= unit->type == POLICY_TLSA;
}

/* What is said of a domain, or of an MX host that serves it. */
static void spread_unit(struct fleet *fleet, const struct fleet_unit *unit)
{
	struct screens_domain *row = fleet_row(fleet, unit->domain, false);

	add_unit(row, unit);
	for (size_t i = 0; row == NULL && unit->type == POLICY_TLSA && i < fleet->host_count; i++)
		if (fleet->hosts[i].host == unit->domain)
			add_unit(fleet_row(fleet, fleet->hosts[i].domain, false), unit);
}

static bool add_fleet_units(struct fleet *fleet, struct err *err)
{
	struct filter filter = *fleet->filter;
	struct clause_part parts[CLAUSE_PARTS];

	/* A listed domain is also spoken of under the names of its MX hosts. */
	if (fleet->host_count > 0)
		filter.domain = STR_NONE;
	size_t n = clause_parts(&filter, false, parts);
	for (size_t i = 0; i < n; i++) {
		struct clause clause;
		clause_init(&clause, fleet->arena,
		            "SELECT domain, type, mode, successful, failed, unexplained FROM ");
		clause_text(&clause, parts[i].table);
		clause_text(&clause, " WHERE 1");
		bool ok = clause_common(&clause, fleet->store, &parts[i].filter, "", err);
		struct query *query = ok && !clause.nothing ? clause_ask(&clause, fleet->store, err) : NULL;
		while (query != NULL && db_next(query)) {
			struct fleet_unit unit = {db_get_int(query, 0), db_get_int(query, 1), db_get_int(query, 2),
			                          count_at(query, 3),   count_at(query, 4),   count_at(query, 5)};
			spread_unit(fleet, &unit);
		}
		ok = (query == NULL || db_end(query, err)) && ok && (query != NULL || clause.nothing);
		clause_done(&clause);
		if (!ok)
			return false;
	}
	return true;
}

static bool add_fleet_refused(struct fleet *fleet, struct err *err)
{
	struct clause clause;
	struct filter filter = *fleet->filter;

	filter.domain = fleet->host_count > 0 ? STR_NONE : filter.domain;
	clause_init(&clause, fleet->arena, "SELECT domain, sum(sessions), type FROM day_failure WHERE refused = 1");
	bool ok = clause_common(&clause, fleet->store, &filter, "", err);
	clause_text(&clause, " GROUP BY domain, type");
	struct query *query = ok && !clause.nothing ? clause_ask(&clause, fleet->store, err) : NULL;
	while (query != NULL && db_next(query)) {
		struct screens_domain *row = fleet_row(fleet, db_get_int(query, 0), false);
		uint64_t refused = count_at(query, 1);
		if (row != NULL)
			row->refused = num_add_sat(row->refused, refused);
		for (size_t i = 0; row == NULL && db_get_int(query, 2) == POLICY_TLSA && i < fleet->host_count; i++) {
			struct screens_domain *served = fleet->hosts[i].host == db_get_int(query, 0)
			                                    ? fleet_row(fleet, fleet->hosts[i].domain, false)
			                                    : NULL;
			if (served != NULL)
				served->refused = num_add_sat(served->refused, refused);
		}
	}
	ok = (query == NULL || db_end(query, err)) && ok && (query != NULL || clause.nothing);
	clause_done(&clause);
	return ok;
}

static bool add_fleet_issues(struct fleet *fleet, struct err *err)
{
	struct query *query =
	    db_ask(fleet->store->db,
	           "SELECT m.domain, count(DISTINCT m.issue), max(i.severity) FROM issue i JOIN issue_member m ON m.issue = i.id"
	           " WHERE i.ended = 0 AND (?1 = 0 OR m.domain IN (SELECT id FROM owned WHERE tenant = ?1)) GROUP BY m.domain",
	           DB_VALUES(db_int(fleet->filter->tenant)), err);

	while (query != NULL && db_next(query)) {
		struct screens_domain *row = fleet_row(fleet, db_get_int(query, 0), false);
		int64_t severity = db_get_int(query, 2);
		if (row == NULL || severity < 0 || severity >= SEVERITY_COUNT)
			continue;
		row->open_issues = count_at(query, 1);
		row->worst = (enum severity)severity;
	}
	return db_end(query, err);
}

/* The newest day, and the mode that MTA-STS had on the newest day that tells. */
static bool add_newest(struct fleet *fleet, struct screens_domain *row, struct err *err)
{
	int64_t day, mode;

	if (!db_number(fleet->store->db, "SELECT max(last_day) FROM series WHERE domain = ?", DB_VALUES(db_int(row->id)), DAY_NONE,
	               &day, err) ||
	    /* What nobody has seen for MODE_DAYS is not there. */
	    !db_number(fleet->store->db,
	               "SELECT mode FROM series WHERE domain = ? AND type = 0 AND mode <> 0 AND last_day > ?"
	               " ORDER BY last_day DESC, reporter DESC, mode DESC LIMIT 1",
	               DB_VALUES(db_int(row->id), db_int(day - MODE_DAYS)), MODE_NOT_STATED, &mode, err))
		return false;
	row->last_day = (int32_t)day;
	row->mode = mode >= 0 && mode < MODE_COUNT ? (enum sts_mode)mode : MODE_NOT_STATED;
	return true;
}

static enum screens_state state_of(const struct screens_domain *row, int32_t silent_before)
{
	if (row->is_paused)
		return SCREENS_PAUSED;
	if (row->last_day == DAY_NONE)
		return SCREENS_WAITING;
	if (row->last_day < silent_before)
		return SCREENS_SILENT;
	return row->worst == SEVERITY_CRITICAL  ? SCREENS_FAILING
	       : row->worst == SEVERITY_WARNING ? SCREENS_AT_RISK
	                                        : SCREENS_OK;
}

static int compare_counts(uint64_t a, uint64_t b)
{
	return a > b ? -1 : a < b ? 1 : 0;
}

static int worst_first(const void *a, const void *b)
{
	static const int ranks[SCREENS_STATE_COUNT] = {[SCREENS_FAILING] = 0, [SCREENS_AT_RISK] = 1, [SCREENS_SILENT] = 2,
	                                               [SCREENS_WAITING] = 3, [SCREENS_OK] = 4,      [SCREENS_PAUSED] = 5};
	const struct screens_domain *x = a, *y = b;
	int order = ranks[x->state] - ranks[y->state];

	order = order != 0 ? order : compare_counts(x->refused, y->refused);
	order = order != 0 ? order : compare_counts(x->failed, y->failed);
	order = order != 0 ? order : compare_counts(x->successful, y->successful);
	return order != 0 ? order : str_cmp(x->name, y->name);
}

bool screens_domains(struct store *store, const struct filter *given, int32_t silent_before, struct arena *arena,
                     struct screens_domain **out, size_t *out_count, struct err *err)
{
	struct filter filter = store_scoped(store, given);
	struct fleet fleet = {.store = store, .arena = arena, .filter = &filter};
	int64_t listed;

	tally_init(&fleet.ids, arena, 1);
	if (!db_number(store->db, "SELECT count(*) FROM domain", NULL, 0, 0, &listed, err))
		return false;
	bool ok = listed > 0 ? load_listed(&fleet, err) && load_hosts(&fleet, err) : load_seen(&fleet, err);
	size_t count = fleet.count; /* what comes behind is nobody's */
	ok = ok && add_fleet_units(&fleet, err) && add_fleet_refused(&fleet, err) && add_fleet_issues(&fleet, err);
	for (size_t i = 0; ok && i < count; i++) {
		ok = add_newest(&fleet, &fleet.rows[i], err);
		fleet.rows[i].state = state_of(&fleet.rows[i], silent_before);
	}
	if (!ok)
		return false;
	if (count > 0)
		qsort(fleet.rows, count, sizeof fleet.rows[0], worst_first);
	*out = fleet.rows;
	*out_count = count;
	return true;
}

bool screens_domain_more(struct store *store, const struct filter *filter, struct screens_domain *row, struct err *err)
{
	int64_t day, reporters;

	/* A series that begins or ends in the period is in it; of one that goes beyond both ends the days tell. */
	if (!db_number(store->db,
	               "SELECT count(DISTINCT s.reporter) FROM series s WHERE s.domain = ?1 AND s.last_day >= ?2 AND s.first_day <= ?3"
	               " AND (s.first_day >= ?2 OR s.last_day <= ?3 OR EXISTS (SELECT 1 FROM day_unit u WHERE u.domain = ?1"
	               " AND u.day BETWEEN ?2 AND ?3 AND u.reporter = s.reporter))",
	               DB_VALUES(db_int(row->id), db_int(filter->since_day),
	                         db_int(filter->until_day == DAY_NONE ? INT32_MAX : filter->until_day)),
	               0, &reporters, err))
		return false;
	row->reporters = (uint64_t)reporters;

	if (row->mode == MODE_NOT_STATED)
		return true;
	if (!db_number(store->db,
	               "SELECT CASE WHEN other IS NULL"
	               " THEN (SELECT min(first_day) FROM series WHERE domain = ?1 AND type = 0 AND mode = ?2)"
	               " ELSE (SELECT min(day) FROM day_unit WHERE domain = ?1 AND type = 0 AND mode = ?2 AND day > other) END"
	               " FROM (SELECT max(last_day) AS other FROM series WHERE domain = ?1 AND type = 0 AND mode NOT IN (0, ?2))",
	               DB_VALUES(db_int(row->id), db_int((int)row->mode)), DAY_NONE, &day, err))
		return false;
	/* Two reporters may differ on the newest day: then it is not known since when. */
	row->mode_since = (int32_t)day;
	return true;
}

/* --- one domain --- */

bool screens_heat(struct store *store, const struct filter *given, struct arena *arena, struct screens_heat **out,
                  size_t *out_count, struct err *err)
{
	struct filter filter = store_scoped(store, given);
	struct clause clause;
	void *rows = NULL;
	size_t count = 0, room = 0;

	clause_init(&clause, arena,
	            "SELECT n.text, o.text, u.day, sum(u.successful), sum(u.failed) FROM day_unit u JOIN name n ON n.id = u.reporter"
	            " LEFT JOIN reporter r ON r.id = u.reporter LEFT JOIN name o ON o.id = r.organization WHERE 1");
	bool ok = clause_common(&clause, store, &filter, "u.", err);
	clause_text(&clause, " GROUP BY u.reporter, u.day ORDER BY n.text, u.day");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		struct str reporter = STR_NONE, organization = STR_NONE;
		while (query != NULL && db_next(query)) {
			struct screens_heat *row = arena_push(arena, &rows, &count, &room, sizeof *row);
			if (!str_eq(db_get_text(query, 0), reporter)) {
				reporter = text_at(query, 0, arena);
				organization = text_at(query, 1, arena);
			}
			*row = (struct screens_heat){reporter, organization, (int32_t)db_get_int(query, 2), count_at(query, 3),
			                             count_at(query, 4)};
		}
		ok = db_end(query, err);
	}
	clause_done(&clause);
	if (ok) {
		*out = rows;
		*out_count = count;
	}
	return ok;
}

/* --- names --- */

static const char *const name_queries[] = {
    [SCREENS_DOMAINS] = EVERY_DOMAIN
    "SELECT n.text FROM name n WHERE n.id IN (SELECT id FROM next WHERE id <> 0 UNION SELECT id FROM domain)"
    " AND (?3 = 0 OR n.id IN (SELECT id FROM owned WHERE tenant = ?3)) AND instr(n.text, ?1) > 0"
    " ORDER BY instr(n.text, ?1), n.text LIMIT ?2",
    [SCREENS_REPORTERS] =
        "SELECT n.text FROM reporter r JOIN name n ON n.id = r.id LEFT JOIN name o ON o.id = r.organization"
        " WHERE (?3 = 0 OR r.id IN (SELECT reporter FROM tenant_day WHERE tenant = ?3)) AND (instr(lower(n.text), ?1) > 0 OR instr(lower(o.text), ?1) > 0)"
        " ORDER BY instr(n.text, ?1), n.text LIMIT ?2",
    [SCREENS_RESULTS] =
        "SELECT n.text FROM name n WHERE n.id IN (SELECT DISTINCT result FROM day_failure WHERE"
        " day > (SELECT max(day) FROM day_failure) - 400 AND (?3 = 0 OR domain IN (SELECT id FROM owned WHERE tenant = ?3)))"
        " AND n.id <> 0 AND instr(lower(n.text), ?1) > 0 ORDER BY instr(n.text, ?1), n.text LIMIT ?2",
    [SCREENS_MX] =
        "SELECT n.text FROM name n WHERE n.id IN (SELECT DISTINCT mx FROM day_failure WHERE"
        " day > (SELECT max(day) FROM day_failure) - 100 AND (?3 = 0 OR domain IN (SELECT id FROM owned WHERE tenant = ?3)))"
        " AND n.id <> 0 AND instr(n.text, ?1) > 0 ORDER BY instr(n.text, ?1), n.text LIMIT ?2",
};

bool screens_names(struct store *store, enum screens_names kind, struct str text, size_t most, struct arena *arena,
                   struct str_list *out, struct err *err)
{
	struct query *query = db_ask(store->db, name_queries[kind],
	                             DB_VALUES(db_text(text.p == NULL ? STR("") : text), db_uint(most), db_int(store->tenant)),
	                             err);
	void *rows = NULL;
	size_t room = 0;

	*out = (struct str_list){0};
	while (query != NULL && db_next(query))
		*(struct str *)arena_push(arena, &rows, &out->count, &room, sizeof(struct str)) = text_at(query, 0, arena);
	out->items = rows;
	return db_end(query, err);
}

/* --- reports and what is kept aside --- */

bool screens_neighbour(struct store *store, int64_t report, bool is_next, int64_t *out, struct err *err)
{
	return db_number(store->db,
	                 is_next ? "SELECT u.report FROM unit u, unit x WHERE x.report = ?1 AND x.n = 0 AND u.domain = x.domain"
	                           " AND u.reporter = x.reporter AND u.day > x.day"
	                           " AND (?2 = 0 OR u.domain IN (SELECT id FROM owned WHERE tenant = ?2)) ORDER BY u.day LIMIT 1"
	                         : "SELECT u.report FROM unit u, unit x WHERE x.report = ?1 AND x.n = 0 AND u.domain = x.domain"
	                           " AND u.reporter = x.reporter AND u.day < x.day"
	                           " AND (?2 = 0 OR u.domain IN (SELECT id FROM owned WHERE tenant = ?2))"
	                           " ORDER BY u.day DESC LIMIT 1",
	                 DB_VALUES(db_int(report), db_int(store->tenant)), 0, out, err);
}

bool screens_quarantine_counts(struct store *store, uint64_t out[QUARANTINE_KIND_COUNT], struct err *err)
{
	static const char *const queries[QUARANTINE_KIND_COUNT] = {
	    [QUARANTINE_UNREADABLE] = "SELECT (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM report WHERE state >= 3 AND state = 5)",
	    [QUARANTINE_HELD] = "SELECT count(DISTINCT arrival) FROM report WHERE state >= 3 AND state = 3",
	    [QUARANTINE_FOREIGN] = ("SELECT count(DISTINCT p.arrival) FROM unit u INDEXED BY unit_foreign"
	                            " CROSS JOIN report p ON p.id = u.report WHERE u.aside = 1 AND p.state = 0"),
	    [QUARANTINE_CONFLICTING] = "SELECT count(DISTINCT arrival) FROM report WHERE state >= 3 AND state = 4",
	};
	static const char held[] =
	    "SELECT count(DISTINCT arrival) FROM report p WHERE state >= 3 AND state = ?1 AND NOT EXISTS (SELECT 1 FROM unit u WHERE"
	    " u.report = p.id AND u.domain NOT IN (SELECT id FROM owned WHERE tenant = ?2))";

	for (unsigned kind = 0; kind < QUARANTINE_KIND_COUNT; kind++) {
		int64_t n = 0;
		bool is_own = kind == QUARANTINE_HELD || kind == QUARANTINE_CONFLICTING;
		if (store->tenant == 0 && !db_number(store->db, queries[kind], NULL, 0, 0, &n, err))
			return false;
		if (store->tenant != 0 && is_own &&
		    !db_number(store->db, held,
		               DB_VALUES(db_int(kind == QUARANTINE_HELD ? REPORT_HELD : REPORT_CONFLICTING), db_int(store->tenant)),
		               0, &n, err))
			return false;
		out[kind] = n < 0 ? 0 : (uint64_t)n;
	}
	return true;
}

/* --- what the navigation shows --- */

bool screens_first_day(struct store *store, int32_t *out, struct err *err)
{
	int64_t day;

	if (!db_number(store->db, "SELECT min(day) FROM day_report", NULL, 0, DAY_NONE, &day, err))
		return false;
	*out = (int32_t)day;
	return true;
}

static bool count_into(struct store *store, const char *sql, uint64_t *out, struct err *err)
{
	int64_t n;

	if (!db_number(store->db, sql, DB_VALUES(db_int(store->tenant)), 0, &n, err))
		return false;
	*out = n < 0 ? 0 : (uint64_t)n;
	return true;
}

/* Of a tenant those that the list shows him. */
static bool count_issues(struct store *store, uint64_t *out, struct err *err)
{
	struct issue_filter filter = {.limit = ISSUES_COUNTED};
	struct issue *issues;
	struct arena arena;
	size_t n = 0;

	if (store->tenant == 0)
		return count_into(store, "SELECT count(*) FROM issue WHERE ended = 0 AND ?1 = 0", out, err);
	arena_init(&arena, MIB(64));
	bool ok = issues_list(store, &filter, &arena, &issues, &n, err);
	arena_done(&arena);
	*out = n;
	return ok;
}

static bool count_reports(struct store *store, uint64_t *out, struct err *err)
{
	struct filter all = FILTER_ALL, filter = store_scoped(store, &all);
	struct period period;
	struct arena arena;

	arena_init(&arena, MIB(1));
	bool ok = view_period(store, &filter, &arena, &period, out, err);
	arena_done(&arena);
	return ok;
}

bool screens_count(struct store *store, struct screens_counts *out, struct err *err)
{
	uint64_t aside[QUARANTINE_KIND_COUNT];
	int64_t listed;

	*out = (struct screens_counts){0};
	if (!screens_quarantine_counts(store, aside, err) ||
	    !db_number(store->db, "SELECT count(*) FROM domain", NULL, 0, 0, &listed, err))
		return false;
	for (unsigned kind = 0; kind < QUARANTINE_KIND_COUNT; kind++)
		out->quarantine += aside[kind];
	out->held = aside[QUARANTINE_HELD];
	return count_issues(store, &out->open_issues, err) && count_reports(store, &out->reports, err) &&
	       count_into(store,
	                  store->tenant != 0
	                      ? "SELECT count(*) FROM domain WHERE id IN (SELECT id FROM owned WHERE tenant = ?1)"
	                  : listed > 0 ? "SELECT count(*) FROM domain WHERE ?1 = 0"
	                               : EVERY_DOMAIN "SELECT count(*) FROM next WHERE id <> 0 AND ?1 = 0",
	                  &out->domains, err);
}

/* --- one reporter --- */

bool screens_reporter(struct store *store, struct str name, struct arena *arena, struct screens_reporter *out, struct err *err)
{
	struct filter filter = FILTER_ALL;
	struct period period;

	*out = (struct screens_reporter){.first_day = DAY_NONE, .last_day = DAY_NONE};
	filter = store_scoped(store, &filter);
	filter.reporter = name;
	if (!view_period(store, &filter, arena, &period, &out->reports, err))
		return false;
	if (period.begin != INSTANT_NONE) {
		out->first_day = day_of(period.begin);
		out->last_day = day_of(period.end - 1);
	}
	struct query *query = db_ask(store->db,
	                             "SELECT o.text FROM name n JOIN reporter r ON r.id = n.id LEFT JOIN name o ON o.id ="
	                             " r.organization WHERE n.text = ?",
	                             DB_VALUES(db_text(name)), err);
	bool found = query != NULL && db_next(query);
	if (found)
		out->organization = text_at(query, 0, arena);
	if (!db_end(query, err))
		return false;
	found &= store->tenant == 0 || out->reports > 0;
	return found || err_set(err, ERR_MISSING, "nothing came from this reporter");
}

bool screens_issues_of(struct store *store, struct str reporter, struct arena *arena, int64_t **out, size_t *out_count,
                       struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT DISTINCT m.issue FROM issue_member m WHERE m.reporter ="
	                             " (SELECT id FROM name WHERE text = ?1)"
	                             " AND (?2 = 0 OR m.domain IN (SELECT id FROM owned WHERE tenant = ?2))"
	                             " ORDER BY m.issue DESC LIMIT 5000",
	                             DB_VALUES(db_text(reporter), db_int(store->tenant)), err);
	void *rows = NULL;
	size_t room = 0;

	*out_count = 0;
	while (query != NULL && db_next(query))
		*(int64_t *)arena_push(arena, &rows, out_count, &room, sizeof(int64_t)) = db_get_int(query, 0);
	*out = rows;
	return db_end(query, err);
}

/* --- metrics --- */

bool screens_gauges(struct store *store, struct screens_gauges *out, struct err *err)
{
	struct query *query;

	*out = (struct screens_gauges){.last_arrival = INSTANT_NONE};
	if (!count_into(store, "SELECT arrivals FROM counter WHERE ?1 = 0", &out->arrivals, err) ||
	    !count_into(store, "SELECT sum(reports) FROM day_report WHERE ?1 = 0", &out->reports, err) ||
	    !count_into(store, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size() WHERE ?1 = 0", &out->bytes,
	                err) ||
	    !db_number(store->db, "SELECT received_at FROM arrival ORDER BY id DESC LIMIT 1", NULL, 0, INSTANT_NONE,
	               &out->last_arrival, err))
		return false;
	query = db_ask(store->db, "SELECT severity, count(*) FROM issue WHERE ended = 0 GROUP BY severity", NULL, 0, err);
	while (query != NULL && db_next(query)) {
		int64_t severity = db_get_int(query, 0);
		if (severity >= 0 && severity < SEVERITY_COUNT)
			out->issues[severity] = count_at(query, 1);
	}
	return db_end(query, err);
}

bool screens_sums(struct store *store, struct arena *arena, struct screens_sum **out, size_t *out_count, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT n.text, x.type, x.ok, x.bad FROM (SELECT domain, type, sum(successful) AS ok,"
	                             " sum(failed) AS bad FROM series GROUP BY domain, type) x JOIN name n ON n.id = x.domain"
	                             " ORDER BY n.text, x.type",
	                             NULL, 0, err);
	void *rows = NULL;
	size_t count = 0, room = 0;

	while (query != NULL && db_next(query)) {
		int64_t type = db_get_int(query, 1);
		*(struct screens_sum *)arena_push(arena, &rows, &count, &room, sizeof(struct screens_sum)) = (struct screens_sum){
		    .domain = text_at(query, 0, arena),
		    .type = type >= 0 && type < POLICY_TYPE_COUNT ? (enum policy_type)type : POLICY_OTHER,
		    .successful = count_at(query, 2),
		    .failed = count_at(query, 3)};
	}
	*out = rows;
	*out_count = count;
	return db_end(query, err);
}
