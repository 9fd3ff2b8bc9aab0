/* SPDX-License-Identifier: ISC */
/* The aggregate by sending source.  By reporter: out of the sums of days.  By network and address: out of the
 * failures of the period, because reporters name addresses for failed sessions only. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/num.h"
#include "store/clause.h"
#include "store/tally.h"

#define ROWS_MOST 500          /* of one answer: the most failing ones */
#define UNITS_MOST 20          /* shown under a row; a narrower filter shows the rest */
#define FAILURES_MOST 20       /* shown under a unit */
#define EXPANDED_MOST 60       /* units of one answer with their failures */
/* Units that are held while rows are walked over, 90 bytes each: of a house of 40,000 domains all.  Beyond, those that
 * nothing failed of are counted and not listed, and in the end none is. */
#define UNITS_HELD 300000
#define UNITS_HELD_FAILED 400000

struct source {
	struct source_row row; /* first: sources are compared as their rows */
	size_t at;             /* where its units think that it is */
	int64_t reporter;
	int64_t worst, worst_cause, last_day;
	uint64_t worst_sessions;
};

/* Found while walking over failures: names as numbers until it is known what is shown. */
struct found_failure {
	int64_t result, cause, fault, refused, mx;
	struct str sending_ip, receiving_ip, reason_code;
	uint64_t sessions;
};

struct series {
	uint32_t row;
	int8_t type, mode;
	int64_t domain, reporter, type_text;
	uint64_t successful, failed, unexplained;
	struct found_failure *failures;
	size_t failure_count, failure_room;
};

struct sources {
	struct store *store;
	struct arena *arena;
	const struct filter *filter;
	enum source_by by;
	struct tally rows, units, domains, days, results;
	struct source *row;
	size_t row_count, row_room;
	struct series *unit;
	size_t unit_count, unit_room;
	size_t *place, shown_from, shown_until; /* where each row stands when they are sorted, and which are shown */
	size_t newest_row, next_unit; /* where the next sum belongs, most times */
	struct worst {
		size_t row;
		int64_t result, cause;
		uint64_t sessions;
	} *worst;
	size_t worst_count, worst_room;
};

static void sources_init(struct sources *sources, struct store *store, const struct filter *filter, enum source_by by,
                         struct arena *arena)
{
	*sources = (struct sources){.store = store, .arena = arena, .filter = filter, .by = by};
	tally_init(&sources->rows, arena, 3);
	tally_init(&sources->units, arena, 6);
	tally_init(&sources->domains, arena, 2);
	tally_init(&sources->days, arena, 2);
	tally_init(&sources->results, arena, 3);
}

static size_t row_of(struct sources *sources, const int64_t key[3])
{
	bool is_new;
	size_t at = tally_of(&sources->rows, key, &is_new);
	if (is_new) {
		struct source *row = arena_push(sources->arena, (void **)&sources->row, &sources->row_count, &sources->row_room,
		                                sizeof *sources->row);
		row->row.last_report = INSTANT_NONE; /* known of a reporter alone */
	}
	return at;
}

static void note_domain(struct sources *sources, size_t row, int64_t domain)
{
	bool is_new;
	(void)tally_of(&sources->domains, (int64_t[]){(int64_t)row, domain}, &is_new);
	sources->row[row].row.domains += is_new;
}

/* Rows come day by day: mostly it is the day that was noted last. */
static void note_day(struct sources *sources, size_t row, int64_t day)
{
	bool is_new;
	struct source *source = &sources->row[row];
	if (source->row.days_reported > 0 && source->last_day == day)
		return;
	source->last_day = day;
	(void)tally_of(&sources->days, (int64_t[]){(int64_t)row, day}, &is_new);
	source->row.days_reported += is_new;
}

static void add_day(struct sources *sources, size_t row, int64_t day, uint64_t successful, uint64_t failed)
{
	struct source_row *out = &sources->row[row].row;
	out->successful = num_add_sat(out->successful, successful);
	out->failed = num_add_sat(out->failed, failed);
	note_day(sources, row, day);
}

struct series_key {
	int64_t domain, reporter, type, type_text, mode;
};

static bool is_of(const struct series *series, size_t row, const struct series_key *key)
{
	return series->domain == key->domain && series->row == row && series->type == key->type &&
	       series->mode == key->mode && series->reporter == key->reporter && series->type_text == key->type_text;
}

/* NULL when it is held no more. */
static struct series *unit_of(struct sources *sources, size_t row, const struct series_key *key, bool has_failed)
{
	const int64_t whole[] = {(int64_t)row, key->domain, key->reporter, key->type, key->type_text, key->mode};
	bool is_new;
	size_t at;

	if (sources->next_unit < sources->unit_count && is_of(&sources->unit[sources->next_unit], row, key))
		return &sources->unit[sources->next_unit++];
	if (tally_find(&sources->units, whole, &at)) {
		sources->next_unit = at + 1;
		return &sources->unit[at];
	}
	note_domain(sources, row, key->domain);
	if (sources->unit_count >= (has_failed ? UNITS_HELD_FAILED : UNITS_HELD))
		return NULL;
	(void)tally_of(&sources->units, whole, &is_new);
	struct series *unit = arena_push(sources->arena, (void **)&sources->unit, &sources->unit_count,
	                                 &sources->unit_room, sizeof *unit);
	*unit = (struct series){.row = (uint32_t)row, .domain = key->domain, .reporter = key->reporter, .type = (int8_t)key->type,
	                        .type_text = key->type_text, .mode = (int8_t)key->mode};
	return unit;
}

static void add_worst(struct sources *sources, size_t row, int64_t result, int64_t cause, uint64_t sessions)
{
	bool is_new;
	size_t at = tally_of(&sources->results, (int64_t[]){(int64_t)row, result, cause}, &is_new);
	if (is_new) {
		struct worst *worst = arena_push(sources->arena, (void **)&sources->worst, &sources->worst_count,
		                                 &sources->worst_room, sizeof *worst);
		*worst = (struct worst){.row = row, .result = result, .cause = cause};
	}
	sources->worst[at].sessions = num_add_sat(sources->worst[at].sessions, sessions);
}

/* --- by reporter --- */

/* `tells_days`: and the numbers of the row, which else come from add_days(). */
static void add_sum(struct sources *sources, bool tells_days, struct query *query)
{
	struct series_key key = {.reporter = db_get_int(query, 0), .domain = db_get_int(query, 1), .type = db_get_int(query, 2),
	                         .type_text = db_get_int(query, 3), .mode = db_get_int(query, 4)};
	uint64_t successful = (uint64_t)db_get_int(query, 6), failed = (uint64_t)db_get_int(query, 7);
	size_t at = sources->newest_row;

	if (at >= sources->row_count || sources->row[at].reporter != key.reporter) {
		at = row_of(sources, (int64_t[]){key.reporter, 0, 0});
		sources->newest_row = at;
		sources->row[at].reporter = key.reporter;
	}
	struct series *series = unit_of(sources, at, &key, failed > 0);
	if (tells_days)
		add_day(sources, at, db_get_int(query, 5), successful, failed);
	if (series == NULL)
		return;
	series->successful = num_add_sat(series->successful, successful);
	series->failed = num_add_sat(series->failed, failed);
	series->unexplained = num_add_sat(series->unexplained, (uint64_t)db_get_int(query, 8));
}

static bool add_part(struct sources *sources, const struct clause_part *part, bool tells_days, struct err *err)
{
	struct clause clause;

	clause_init(&clause, sources->arena, "SELECT reporter, domain, type, type_text, mode, ");
	clause_text(&clause, tells_days ? "day" : "0");
	clause_text(&clause, ", successful, failed, unexplained FROM ");
	clause_text(&clause, part->table);
	if (sources->filter->failures_only && sources->filter->domain.p == NULL)
		clause_text(&clause, " INDEXED BY day_unit_failed");
	clause_text(&clause, " WHERE 1");
	bool ok = clause_common(&clause, sources->store, &part->filter, "", err);
	clause_policy(&clause, sources->filter, "");
	if (sources->filter->failures_only)
		clause_text(&clause, " AND failed > 0");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, sources->store, err);
		while (query != NULL && db_next(query))
			add_sum(sources, tells_days, query);
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

/* The rows, out of the sums over all domains. */
static bool add_days(struct sources *sources, struct err *err)
{
	struct clause clause;

	clause_init(&clause, sources->arena, "SELECT reporter, day, successful, failed FROM ");
	bool ok = clause_days(&clause, sources->store, sources->filter, err);
	clause_policy(&clause, sources->filter, "");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, sources->store, err);
		while (query != NULL && db_next(query)) {
			size_t at = row_of(sources, (int64_t[]){db_get_int(query, 0), 0, 0});
			sources->row[at].reporter = db_get_int(query, 0);
			add_day(sources, at, db_get_int(query, 1), (uint64_t)db_get_int(query, 2), (uint64_t)db_get_int(query, 3));
		}
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

/* A period up to the newest day has no end, so that the newest sums are whole; all days have sums of their own. */
static bool choose_parts(struct sources *sources, struct clause_part out[CLAUSE_PARTS], size_t *out_n, struct err *err)
{
	struct filter filter = *sources->filter;
	struct db *db = sources->store->db;
	int64_t first, last;

	if (!db_number(db, "SELECT min(day) FROM day_report", NULL, 0, DAY_NONE, &first, err) ||
	    !db_number(db, "SELECT max(day) FROM day_report", NULL, 0, DAY_NONE, &last, err))
		return false;
	if (filter.until_day >= last)
		filter.until_day = DAY_NONE;
	if (filter.since_day <= first)
		filter.since_day = DAY_NONE;
	*out_n = 1;
	out[0] = (struct clause_part){.filter = filter, .table = "series"};
	if (filter.since_day != DAY_NONE || filter.until_day != DAY_NONE)
		*out_n = clause_parts(&filter, true, out);
	return true;
}

/* Only days can tell on which of them something failed, or something was said of one domain. */
static bool add_units(struct sources *sources, struct err *err)
{
	struct clause_part parts[CLAUSE_PARTS] = {{.filter = *sources->filter, .table = "day_unit"}};
	bool by_day = sources->filter->failures_only || sources->filter->domain.p != NULL;
	size_t n = 1;

	if (by_day && parts[0].filter.since_day == DAY_NONE) /* else SQLite goes by domain, from page to page */
		parts[0].filter.since_day = DAY_NONE + 1;
	if (!by_day && (!add_days(sources, err) || !choose_parts(sources, parts, &n, err)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!add_part(sources, &parts[i], by_day, err))
			return false;
	return true;
}

/* The kinds of failure; with a filter on result or MX also the numbers, as only failures tell these. */
static bool add_failures(struct sources *sources, bool by_detail, struct err *err)
{
	struct clause clause;
	clause_init(&clause, sources->arena,
	            "SELECT reporter, domain, type, type_text, mode, day, sessions, result, cause FROM day_failure WHERE 1");
	bool ok = clause_common(&clause, sources->store, sources->filter, "", err) &&
	          clause_failure(&clause, sources->store, sources->filter, "", err);
	clause_policy(&clause, sources->filter, "");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, sources->store, err);
		while (query != NULL && db_next(query)) {
			struct series_key key = {.reporter = db_get_int(query, 0), .domain = db_get_int(query, 1),
			                         .type = db_get_int(query, 2), .type_text = db_get_int(query, 3),
			                         .mode = db_get_int(query, 4)};
			uint64_t sessions = (uint64_t)db_get_int(query, 6);
			size_t at = row_of(sources, (int64_t[]){key.reporter, 0, 0});
			sources->row[at].reporter = key.reporter;
			add_worst(sources, at, db_get_int(query, 7), db_get_int(query, 8), sessions);
			if (!by_detail)
				continue;
			struct series *series = unit_of(sources, at, &key, true);
			if (series != NULL)
				series->failed = num_add_sat(series->failed, sessions);
			sources->row[at].row.failed = num_add_sat(sources->row[at].row.failed, sessions);
			note_day(sources, at, db_get_int(query, 5));
		}
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

static bool name_reporter(struct sources *sources, struct source *row, struct err *err)
{
	const struct filter *filter = sources->filter;
	struct names *names = sources->store->names;
	int64_t organization;

	return names_get(names, row->reporter, sources->arena, &row->row.reporter, err) &&
	       db_number(sources->store->db, "SELECT organization FROM reporter WHERE id = ?",
	                 DB_VALUES(db_int(row->reporter)), 0, &organization, err) &&
	       names_get(names, organization, sources->arena, &row->row.name, err) &&
	       db_number(sources->store->db, "SELECT max(last) FROM day_report WHERE reporter = ? AND day BETWEEN ? AND ?",
	                 DB_VALUES(db_int(row->reporter), db_int(filter->since_day == DAY_NONE ? INT32_MIN : filter->since_day),
	                           db_int(filter->until_day == DAY_NONE ? INT32_MAX : filter->until_day)),
	                 INSTANT_NONE, &row->row.last_report, err);
}

/* --- by network and address --- */

struct place {
	int64_t key[3]; /* 4 or 6 and the address; 0: not stated; 1: odd text, by its hash */
	unsigned char bytes[16];
};

static int64_t load_big(const unsigned char *at)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < 8; i++)
		value = value << 8 | at[i];
	return (int64_t)value;
}

static void place_of(struct str text, enum source_by by, struct place *out)
{
	char ip[INET6_ADDRSTRLEN] = "";

	*out = (struct place){0};
	if (text.len == 0)
		return;
	if (text.len < sizeof ip)
		memcpy(ip, text.p, text.len);
	int family = inet_pton(AF_INET, ip, out->bytes) == 1 ? AF_INET : inet_pton(AF_INET6, ip, out->bytes) == 1 ? AF_INET6 : 0;
	if (family == 0) {
		uint64_t hash = UINT64_C(0xcbf29ce484222325);
		for (size_t i = 0; i < text.len; i++)
			hash = (hash ^ (unsigned char)text.p[i]) * UINT64_C(0x100000001b3);
		*out = (struct place){.key = {1, (int64_t)hash, (int64_t)text.len}};
		return;
	}
	if (by == SOURCE_BY_NETWORK)
		memset(out->bytes + (family == AF_INET ? 3 : 6), 0, family == AF_INET ? 13 : 10);
	out->key[0] = family == AF_INET ? 4 : 6;
	out->key[1] = load_big(out->bytes);
	out->key[2] = load_big(out->bytes + 8);
}

static struct str place_text(struct sources *sources, const struct place *place)
{
	char text[INET6_ADDRSTRLEN] = "";
	bool is_four = place->key[0] == 4;

	(void)inet_ntop(is_four ? AF_INET : AF_INET6, place->bytes, text, sizeof text);
	return str_of(arena_format(sources->arena, "%s%s", text,
	                           sources->by != SOURCE_BY_NETWORK ? "" : is_four ? "/24" : "/48"));
}

static bool same_failure(const struct found_failure *a, const struct found_failure *b)
{
	return a->result == b->result && a->cause == b->cause && a->refused == b->refused && a->mx == b->mx &&
	       str_eq(a->sending_ip, b->sending_ip) && str_eq(a->receiving_ip, b->receiving_ip) &&
	       str_eq(a->reason_code, b->reason_code);
}

/* Puts the failure into the list of its unit, or adds it to one that says the same.  A full list drops the rest: the
 * numbers of the unit hold them all the same. */
static void add_failure(struct sources *sources, struct series *series, struct query *query)
{
	struct found_failure failure = {
	    .sending_ip = db_get_text(query, 0), .sessions = (uint64_t)db_get_int(query, 7), .result = db_get_int(query, 8),
	    .cause = db_get_int(query, 9), .fault = db_get_int(query, 10), .refused = db_get_int(query, 11),
	    .mx = db_get_int(query, 12), .receiving_ip = db_get_text(query, 13),
	    .reason_code = db_get_text(query, 14)};

	for (size_t i = 0; i < series->failure_count; i++) {
		if (same_failure(&series->failures[i], &failure)) {
			series->failures[i].sessions = num_add_sat(series->failures[i].sessions, failure.sessions);
			return;
		}
	}
	if (series->failure_count == FAILURES_MOST)
		return;
	failure.sending_ip = arena_str(sources->arena, failure.sending_ip);
	failure.receiving_ip = arena_str(sources->arena, failure.receiving_ip);
	failure.reason_code = arena_str(sources->arena, failure.reason_code);
	*(struct found_failure *)arena_push(sources->arena, (void **)&series->failures, &series->failure_count,
	                                    &series->failure_room, sizeof failure) = failure;
}

#define FAILURE_COLUMNS                                                                                                \
	"f.sending_ip, f.reporter, f.domain, f.type, f.type_text, f.mode, f.day, f.sessions, f.result, f.cause, f.fault," \
	" f.refused, f.mx, f.receiving_ip, f.reason_code"

/* Walks over the failures of the filter: `take` gets each with its place. */
static bool walk_places(struct sources *sources, const char *columns,
                        void (*take)(struct sources *, const struct place *, struct query *), struct err *err)
{
	struct clause clause;
	struct place place;

	clause_init(&clause, sources->arena, "SELECT ");
	clause_text(&clause, columns);
	clause_text(&clause, " FROM failure f WHERE f.counts = 1");
	bool ok = clause_common(&clause, sources->store, sources->filter, "f.", err) &&
	          clause_failure(&clause, sources->store, sources->filter, "f.", err);
	clause_policy(&clause, sources->filter, "f.");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, sources->store, err);
		while (query != NULL && db_next(query)) {
			place_of(db_get_text(query, 0), sources->by, &place);
			take(sources, &place, query);
		}
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

/* At first only how much failed at each place: there may be many more of them than are shown. */
static void add_place(struct sources *sources, const struct place *place, struct query *query)
{
	size_t at = row_of(sources, place->key);
	struct source_row *row = &sources->row[at].row;

	row->failed = num_add_sat(row->failed, (uint64_t)db_get_int(query, 1));
	if (row->reporter.p == NULL)
		row->reporter = place->key[0] == 0   ? STR("not stated")
		                : place->key[0] == 1 ? arena_str(sources->arena, db_get_text(query, 0))
		                                     : place_text(sources, place);
}

/* Then all that is said of those that are shown; rows are known by where they stand now. */
static void add_shown(struct sources *sources, const struct place *place, struct query *query)
{
	struct series_key key = {.reporter = db_get_int(query, 1), .domain = db_get_int(query, 2), .type = db_get_int(query, 3),
	                         .type_text = db_get_int(query, 4), .mode = db_get_int(query, 5)};
	uint64_t sessions = (uint64_t)db_get_int(query, 7);
	size_t at;

	if (!tally_find(&sources->rows, place->key, &at))
		return;
	at = sources->place[at];
	if (at < sources->shown_from || at >= sources->shown_until)
		return;
	struct series *series = unit_of(sources, at, &key, true);
	note_day(sources, at, db_get_int(query, 6));
	add_worst(sources, at, db_get_int(query, 8), db_get_int(query, 9), sessions);
	if (series == NULL)
		return;
	series->failed = num_add_sat(series->failed, sessions);
	add_failure(sources, series, query);
}

static bool add_places(struct sources *sources, struct err *err)
{
	return walk_places(sources, "f.sending_ip, f.sessions", add_place, err);
}

static bool add_shown_places(struct sources *sources, struct err *err)
{
	return walk_places(sources, FAILURE_COLUMNS, add_shown, err);
}

/* --- what is shown of it --- */

static int compare_units(const void *a, const void *b)
{
	const struct series *one = a, *two = b;
	if (one->row != two->row)
		return one->row < two->row ? -1 : 1;
	if (one->failed != two->failed)
		return one->failed > two->failed ? -1 : 1;
	if (one->successful != two->successful)
		return one->successful > two->successful ? -1 : 1;
	if (one->domain != two->domain)
		return one->domain < two->domain ? -1 : 1;
	return one->type != two->type ? (one->type < two->type ? -1 : 1) : 0;
}

/* The same for what is shown, where equal ones stand by name: numbers of names depend on what came first. */
static int compare_shown(const void *a, const void *b)
{
	const struct source_unit *one = a, *two = b;
	if (one->failed != two->failed)
		return one->failed > two->failed ? -1 : 1;
	if (one->successful != two->successful)
		return one->successful > two->successful ? -1 : 1;
	int order = str_cmp(one->policy_domain, two->policy_domain);
	if (order == 0)
		order = str_cmp(one->policy_type_text, two->policy_type_text);
	return order != 0 ? order : (int)one->mode - (int)two->mode;
}

static int compare_failures(const void *a, const void *b)
{
	const struct source_failure *one = a, *two = b;
	return one->sessions < two->sessions ? 1 : one->sessions > two->sessions ? -1 : 0;
}

static int compare_sources(const void *a, const void *b)
{
	const struct source_row *one = a, *two = b;
	uint64_t first = num_add_sat(one->successful, one->failed), second = num_add_sat(two->successful, two->failed);
	if (first != second)
		return first > second ? -1 : 1;
	return str_cmp(one->reporter, two->reporter);
}

/* The failures behind a unit of a reporter. */
static bool expand(struct sources *sources, struct series *series, struct err *err)
{
	struct clause clause;
	struct filter filter = *sources->filter;

	filter.domain = filter.reporter = STR_NONE;
	filter.tenant = 0;
	clause_init(&clause, sources->arena, "SELECT " FAILURE_COLUMNS " FROM failure f INDEXED BY failure_series WHERE f.counts = 1");
	clause_and(&clause, "f.domain = ?", db_int(series->domain));
	clause_and(&clause, "f.reporter = ?", db_int(series->reporter));
	clause_and(&clause, "f.type = ?", db_int(series->type));
	clause_and(&clause, "f.type_text = ?", db_int(series->type_text));
	clause_and(&clause, "f.mode = ?", db_int(series->mode));
	bool ok = clause_common(&clause, sources->store, &filter, "f.", err) &&
	          clause_failure(&clause, sources->store, &filter, "f.", err);
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, sources->store, err);
		while (query != NULL && db_next(query))
			add_failure(sources, series, query);
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

static bool newest_report(struct sources *sources, const struct series *series, int64_t *out, struct err *err)
{
	const struct filter *filter = sources->filter;
	return db_number(sources->store->db,
	                 "SELECT u.report FROM unit u JOIN report p ON p.id = u.report WHERE u.domain = ? AND u.reporter = ?"
	                 " AND u.day BETWEEN ? AND ? AND u.type = ? AND u.mode = ? AND u.aside = 0 AND p.state = 0"
	                 " ORDER BY u.day DESC, u.report DESC LIMIT 1",
	                 DB_VALUES(db_int(series->domain), db_int(series->reporter),
	                           db_int(filter->since_day == DAY_NONE ? INT32_MIN : filter->since_day),
	                           db_int(filter->until_day == DAY_NONE ? INT32_MAX : filter->until_day),
	                           db_int(series->type), db_int(series->mode)),
	                 0, out, err);
}

static bool finish_failure(struct sources *sources, const struct found_failure *found, struct source_failure *out,
                           struct err *err)
{
	struct names *names = sources->store->names;
	struct str cause;

	if (!names_get(names, found->result, sources->arena, &out->result_text, err) ||
	    !names_get(names, found->cause, sources->arena, &cause, err) ||
	    !names_get(names, found->mx, sources->arena, &out->receiving_mx_hostname, err))
		return false;
	if (out->result_text.p == NULL)
		out->result_text = STR("not stated");
	(void)cause_of(cause, &out->cause);
	out->fault = (enum fault)found->fault;
	out->refused = found->refused != 0;
	out->sending_mta_ip = found->sending_ip;
	out->receiving_ip = found->receiving_ip;
	out->reason_code = found->reason_code;
	out->sessions = found->sessions;
	return true;
}

static bool finish_failures(struct sources *sources, const struct series *series, struct source_unit *unit,
                            struct err *err)
{
	unit->failures = ARENA_ARRAY(sources->arena, series->failure_count, struct source_failure);
	unit->failure_count = series->failure_count;
	for (size_t i = 0; i < unit->failure_count; i++)
		if (!finish_failure(sources, &series->failures[i], &unit->failures[i], err))
			return false;
	if (unit->failure_count > 1)
		qsort(unit->failures, unit->failure_count, sizeof *unit->failures, compare_failures);
	return true;
}

static bool finish_unit(struct sources *sources, struct series *series, bool with_failures, struct source_unit *unit,
                        struct err *err)
{
	struct names *names = sources->store->names;

	*unit = (struct source_unit){.successful = series->successful, .failed = series->failed, .unexplained = series->unexplained};
	unit->policy_type = (enum policy_type)series->type;
	unit->mode = (enum sts_mode)series->mode;
	unit->policy_type_text = str_of(policy_type_text(unit->policy_type));
	if (!names_get(names, series->domain, sources->arena, &unit->policy_domain, err) ||
	    (unit->policy_type == POLICY_OTHER &&
	     !names_get(names, series->type_text, sources->arena, &unit->policy_type_text, err)) ||
	    (with_failures && !expand(sources, series, err)) || !newest_report(sources, series, &unit->report_id, err) ||
	    !finish_failures(sources, series, unit, err))
		return false;
	if (unit->policy_type_text.len == 0)
		unit->policy_type_text = STR("not stated");
	return true;
}

/* The first units of each row that is shown, in the order of compare_units. */
static bool finish_units(struct sources *sources, struct err *err)
{
	size_t expanded = 0;

	if (sources->unit_count > 1)
		qsort(sources->unit, sources->unit_count, sizeof *sources->unit, compare_units);
	for (size_t i = 0; i < sources->unit_count;) {
		size_t row = sources->unit[i].row, end = i;
		while (end < sources->unit_count && sources->unit[end].row == row)
			end++;
		row = sources->by == SOURCE_BY_REPORTER ? sources->place[row] : row;
		if (row < sources->shown_from || row >= sources->shown_until) {
			i = end;
			continue;
		}
		size_t shown = end - i < UNITS_MOST ? end - i : UNITS_MOST;
		struct source_row *out = &sources->row[row].row;
		out->units = ARENA_ARRAY(sources->arena, shown, struct source_unit);
		out->unit_count = shown;
		for (size_t j = 0; j < shown; j++) {
			struct series *series = &sources->unit[i + j];
			bool with = sources->by == SOURCE_BY_REPORTER && series->failed > 0 && expanded < EXPANDED_MOST;
			expanded += with;
			if (!finish_unit(sources, series, with, &out->units[j], err))
				return false;
		}
		if (shown > 1)
			qsort(out->units, shown, sizeof *out->units, compare_shown);
		i = end;
	}
	return true;
}

static void find_worst(struct sources *sources)
{
	for (size_t i = 0; i < sources->worst_count; i++) {
		size_t at = sources->worst[i].row;
		struct source *row = &sources->row[sources->by == SOURCE_BY_REPORTER ? sources->place[at] : at];
		if (row->row.has_failures && sources->worst[i].sessions <= row->worst_sessions)
			continue;
		row->row.has_failures = true;
		row->worst_sessions = sources->worst[i].sessions;
		row->worst = sources->worst[i].result;
		row->worst_cause = sources->worst[i].cause;
	}
}

static bool finish_row(struct sources *sources, struct source *row, struct err *err)
{
	struct str cause = STR_NONE;

	if (!row->row.has_failures)
		row->row.has_failures = row->row.failed > 0;
	else if (!names_get(sources->store->names, row->worst, sources->arena, &row->row.worst_result, err) ||
	         !names_get(sources->store->names, row->worst_cause, sources->arena, &cause, err))
		return false;
	else if (row->row.worst_result.p == NULL)
		row->row.worst_result = STR("not stated");
	(void)cause_of(cause, &row->row.worst_cause);
	return true;
}

static bool sort_rows(struct sources *sources, struct err *err)
{
	for (size_t i = 0; i < sources->row_count; i++) {
		sources->row[i].at = i;
		if (sources->by == SOURCE_BY_REPORTER && !name_reporter(sources, &sources->row[i], err))
			return false;
	}
	if (sources->row_count > 1)
		qsort(sources->row, sources->row_count, sizeof *sources->row, compare_sources);
	sources->place = ARENA_ARRAY(sources->arena, sources->row_count, size_t);
	for (size_t i = 0; i < sources->row_count; i++)
		sources->place[sources->row[i].at] = i;
	return true;
}

/* All rows are sorted; what is dear to find out is found out for those that are shown. */
static bool finish_rows(struct sources *sources, struct source_view *out, struct err *err)
{
	size_t from = sources->filter->skip, limit = sources->filter->limit != 0 ? sources->filter->limit : ROWS_MOST;

	if (!sort_rows(sources, err))
		return false;
	out->total = sources->row_count;
	from = from < out->total ? from : out->total;
	out->row_count = out->total - from < limit ? out->total - from : limit;
	sources->shown_from = from;
	sources->shown_until = from + out->row_count;
	if (sources->by != SOURCE_BY_REPORTER && !add_shown_places(sources, err))
		return false;
	find_worst(sources);
	if (!finish_units(sources, err))
		return false;
	out->rows = ARENA_ARRAY(sources->arena, out->row_count, struct source_row);
	for (size_t i = 0; i < out->row_count; i++) {
		if (!finish_row(sources, &sources->row[from + i], err))
			return false;
		out->rows[i] = sources->row[from + i].row;
	}
	return true;
}

bool store_sources(struct store *store, const struct filter *given, enum source_by by, struct arena *arena,
                   struct source_view *out, struct err *err)
{
	struct filter scoped = store_scoped(store, given);
	const struct filter *filter = &scoped;
	struct sources sources;
	uint64_t reports;
	bool own, by_detail = filter->result_type.p != NULL || filter->mx.p != NULL;

	*out = (struct source_view){.by = by};
	sources_init(&sources, store, filter, by, arena);
	if (!store_read_begin(store, &own, err))
		return false;
	bool ok = view_period(store, filter, arena, &out->period, &reports, err);
	if (by != SOURCE_BY_REPORTER)
		ok = ok && add_places(&sources, err);
	else
		ok = ok && (by_detail || add_units(&sources, err)) && add_failures(&sources, by_detail, err);
	ok = ok && finish_rows(&sources, out, err) &&
	     store_complete(store, filter, arena, &out->complete, err);
	return store_read_end(store, own, ok);
}
