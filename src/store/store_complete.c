/* SPDX-License-Identifier: ISC */
/* Who has reported on a day, of those who usually do. */
#include <stdlib.h>

#include "store/clause.h"

#define USUAL_DAYS 28
#define USUAL_LEAST 10
#define SPAN (USUAL_DAYS + COMPLETE_DAYS) /* bits of a series: bit 0 is the last day */
#define LATE_LEAST 5       /* days that a habit of hours is learnt from */
#define LATE_MOST_SECS (2 * (int64_t)SECS_PER_DAY) /* later ones were read in by hand */
#define HOUR_SECS 3600

/* One reporter: the days on which it reported, and how late its last report of each came. */
struct series {
	int64_t reporter;
	uint64_t days;
	int64_t late[SPAN];
	size_t late_count;
};

struct series_list {
	struct series *items;
	size_t count, room;
};

static bool last_day(struct store *store, const struct filter *filter, int32_t *out, struct err *err)
{
	int64_t day, today = day_of(instant_now());
	int64_t until = filter->until_day == DAY_NONE || filter->until_day > today ? today : filter->until_day;

	bool ok = filter->tenant == 0
	              ? db_number(store->db, "SELECT max(day) FROM day_report WHERE day <= ?", DB_VALUES(db_int(until)),
	                          DAY_NONE, &day, err)
	              : db_number(store->db, "SELECT max(day) FROM tenant_day WHERE day <= ? AND tenant = ?",
	                          DB_VALUES(db_int(until), db_int(filter->tenant)), DAY_NONE, &day, err);
	if (!ok)
		return false;
	*out = (int32_t)day;
	return true;
}

/* Of a domain or a tenant only who reported on it: looked up for each day and reporter, which are few. */
static bool begin(struct clause *clause, struct store *store, const struct filter *filter, int32_t last, struct err *err)
{
	struct filter of_reporter = FILTER_ALL, of_domain = FILTER_ALL;

	of_reporter.reporter = filter->reporter;
	of_reporter.since_day = last - SPAN + 1;
	of_reporter.until_day = last;
	of_domain.domain = filter->domain;
	of_domain.tenant = filter->tenant;
	if (!clause_common(clause, store, &of_reporter, "r.", err))
		return false;
	if (filter->domain.p == NULL && filter->tenant != 0)
		clause_and(clause,
		           "EXISTS (SELECT 1 FROM tenant_day u WHERE u.day = r.day AND u.reporter = r.reporter AND u.tenant = ?)",
		           db_int(filter->tenant));
	if (filter->domain.p != NULL) {
		clause_text(clause, " AND EXISTS (SELECT 1 FROM day_unit u WHERE u.day = r.day AND u.reporter = r.reporter");
		if (!clause_common(clause, store, &of_domain, "u.", err))
			return false;
		clause_text(clause, ")");
	}
	clause_text(clause, " ORDER BY r.reporter, r.day");
	return true;
}

static void take_row(struct query *query, int32_t last, struct arena *arena, struct series_list *list)
{
	int64_t reporter = db_get_int(query, 0), day = db_get_int(query, 1);
	struct series *series = list->count > 0 ? &list->items[list->count - 1] : NULL;
	int64_t late = db_get_int(query, 2) - day_start((int32_t)day + 1);

	if (series == NULL || series->reporter != reporter) {
		void *items = list->items;
		series = arena_push(arena, &items, &list->count, &list->room, sizeof *series);
		list->items = items;
		*series = (struct series){.reporter = reporter};
	}
	series->days |= UINT64_C(1) << (last - day);
	if (late >= 0 && late <= LATE_MOST_SECS)
		series->late[series->late_count++] = late;
}

static bool load(struct store *store, const struct filter *filter, int32_t last, struct arena *arena,
                 struct series_list *list, struct err *err)
{
	struct clause clause;

	clause_init(&clause, arena, "SELECT r.reporter, r.day, r.last FROM day_report r WHERE 1");
	bool ok = begin(&clause, store, filter, last, err);
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		while (query != NULL && db_next(query))
			take_row(query, last, arena, list);
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

static bool is_usual(const struct series *series, unsigned age)
{
	uint64_t before = (series->days >> (age + 1)) & ((UINT64_C(1) << USUAL_DAYS) - 1);
	return __builtin_popcountll(before) >= USUAL_LEAST;
}

static struct complete_day count(const struct series_list *list, int32_t last, unsigned age)
{
	struct complete_day out = {.day = last - (int32_t)age};

	for (size_t i = 0; i < list->count; i++) {
		if (!is_usual(&list->items[i], age))
			continue;
		out.usual++;
		out.reported += (list->items[i].days >> age) & 1;
	}
	return out;
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* Four times in five it is here by then, rounded up to the hour. */
static int64_t usual_secs(struct series *series)
{
	if (series->late_count < LATE_LEAST)
		return -1;
	qsort(series->late, series->late_count, sizeof *series->late, by_size);
	int64_t late = series->late[series->late_count * 4 / 5];
	return (late + HOUR_SECS - 1) / HOUR_SECS * HOUR_SECS;
}

static bool add_missing(struct store *store, struct series *series, struct arena *arena, struct completeness *out,
                        size_t *room, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT n.text, o.text FROM name n LEFT JOIN reporter r ON r.id = n.id"
	                             " LEFT JOIN name o ON o.id = r.organization WHERE n.id = ?",
	                             DB_VALUES(db_int(series->reporter)), err);
	if (query == NULL)
		return false;
	if (db_next(query)) {
		void *items = out->missing;
		struct complete_reporter *missing = arena_push(arena, &items, &out->missing_count, room, sizeof *missing);
		out->missing = items;
		*missing = (struct complete_reporter){.reporter = arena_str(arena, db_get_text(query, 0)),
		                                      .organization = arena_str(arena, db_get_text(query, 1)),
		                                      .usual_secs = usual_secs(series)};
	}
	return db_end(query, err);
}

static bool fill(struct store *store, const struct filter *filter, struct series_list *list, struct arena *arena,
                 struct completeness *out, struct err *err)
{
	int32_t last = out->last.day;
	size_t room = 0;

	out->last = count(list, last, 0);
	for (size_t i = 0; i < list->count; i++)
		if (is_usual(&list->items[i], 0) && (list->items[i].days & 1) == 0 &&
		    !add_missing(store, &list->items[i], arena, out, &room, err))
			return false;
	for (unsigned age = 1; age < COMPLETE_DAYS; age++) {
		struct complete_day day = count(list, last, age);
		if (day.reported < day.usual && (filter->since_day == DAY_NONE || day.day >= filter->since_day))
			out->partial[out->partial_count++] = day;
	}
	return true;
}

bool store_complete(struct store *store, const struct filter *given, struct arena *arena, struct completeness *out,
                    struct err *err)
{
	struct filter filter = store_scoped(store, given);
	struct series_list list = {0};

	*out = (struct completeness){.last.day = DAY_NONE};
	if (!last_day(store, &filter, &out->last.day, err))
		return false;
	return out->last.day == DAY_NONE || (load(store, &filter, out->last.day, arena, &list, err) &&
	                                     fill(store, &filter, &list, arena, out, err));
}
