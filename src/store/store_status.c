/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>

#include "base/limits.h"
#include "store/alert_channels.h"
#include "store/clause.h"
#include "store/schema.h"
#include "store/store_domains.h"

#define RECENT_DAYS 30

static bool number(struct store *store, const char *sql, uint64_t *out, struct err *err)
{
	int64_t value;
	if (!db_number(store->db, sql, NULL, 0, 0, &value, err))
		return false;
	*out = value < 0 ? 0 : (uint64_t)value;
	return true;
}

static bool moment(struct store *store, const char *sql, instant *out, struct err *err)
{
	return db_number(store->db, sql, NULL, 0, INSTANT_NONE, out, err);
}

static bool recent(struct store *store, struct store_status *out, struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "SELECT sum(successful), sum(failed), sum(unexplained) FILTER (WHERE type = 1 OR (type = 0 AND mode = 1)),"
	           " (SELECT sum(sessions) FROM day_failure WHERE refused = 1"
	           "  AND day > (SELECT max(day) FROM day_report) - ?1)"
	           " FROM tenant_day WHERE tenant = 0 AND day > (SELECT max(day) FROM day_report) - ?1",
	           DB_VALUES(db_int(RECENT_DAYS)), err);
	if (query == NULL)
		return false;
	if (db_next(query)) {
		out->recent_successful = (uint64_t)db_get_int(query, 0);
		out->recent_failed = (uint64_t)db_get_int(query, 1);
		out->recent_refused = (uint64_t)db_get_int(query, 2) + (uint64_t)db_get_int(query, 3);
	}
	return db_end(query, err);
}

/* Of what a tenant may see; nothing of the house. */
static bool narrow_status(struct store *store, struct arena *arena, struct store_status *out, struct err *err)
{
	struct filter filter = FILTER_ALL;
	struct result_view recent;
	int64_t domains;
	struct period period;

	out->path = STR_NONE;
	out->bytes = 0;
	out->last_arrival = INSTANT_NONE;
	filter = store_scoped(store, &filter);
	if (!view_period(store, &filter, arena, &period, &out->counted, err) ||
	    !db_number(store->db, "SELECT count(*) FROM domain WHERE tenant = ?", DB_VALUES(db_int(store->tenant)), 0, &domains,
	               err) ||
	    !view_reporters(store, &filter, &out->reporters, err))
		return false;
	out->reports = out->counted;
	out->domains = (uint64_t)domains;
	out->first_begin = period.begin;
	out->last_end = period.end;
	if (out->reports == 0)
		return true;
	filter.since_day = day_of(period.end - 1) - RECENT_DAYS + 1;
	if (!store_results(store, &filter, arena, &recent, err))
		return false;
	for (size_t i = 0; i < recent.row_count; i++)
		out->recent_refused += recent.rows[i].refused_sessions;
	out->recent_successful = recent.successful;
	out->recent_failed = recent.failed;
	return true;
}

static bool complete(struct store *store, struct arena *arena, struct store_status *out, struct err *err)
{
	struct filter filter = FILTER_ALL;
	return store_complete(store, &filter, arena, &out->complete, err);
}

bool store_status(struct store *store, struct arena *arena, struct store_status *out, struct err *err)
{
	struct stat st;
	int version;

	*out = (struct store_status){.path = arena_str(arena, str_of(store->path)), .complete.last.day = DAY_NONE};
	if (!schema_version(store->db, &version, err))
		return false;
	out->schema_version = (uint32_t)version;
	out->bytes = stat(store->path, &st) == 0 ? (uint64_t)st.st_size : 0;
	if (store->tenant != 0)
		return narrow_status(store, arena, out, err) && complete(store, arena, out, err);
	return number(store, "SELECT count(*) FROM report", &out->reports, err) &&
	       number(store, "SELECT sum(reports) FROM day_report", &out->counted, err) &&
	       number(store, "SELECT count(*) FROM report WHERE state >= 3", &out->held, err) &&
	       number(store, "SELECT count(*) FROM report WHERE state = 1", &out->revisions, err) &&
	       number(store, "SELECT arrivals FROM counter", &out->arrivals, err) &&
	       number(store, "SELECT count(*) FROM report_arrival", &out->duplicates, err) &&
	       number(store, "SELECT count(*) FROM quarantine", &out->quarantined, err) &&
	       number(store, "SELECT original_bytes FROM counter", &out->originals_bytes, err) &&
	       /* from one domain to the next in the index, not over all units */
	       number(store,
	              "WITH RECURSIVE next (domain) AS (SELECT min(domain) FROM unit UNION ALL"
	              " SELECT (SELECT min(domain) FROM unit WHERE domain > next.domain) FROM next"
	              " WHERE next.domain IS NOT NULL) SELECT count(domain) FROM next",
	              &out->domains, err) &&
	       number(store, "SELECT count(*) FROM reporter", &out->reporters, err) &&
	       moment(store, "SELECT min(begin) FROM report WHERE state = 0", &out->first_begin, err) &&
	       moment(store, "SELECT max(end) FROM report WHERE state = 0 AND day >= (SELECT max(day) FROM day_report) - 31", &out->last_end, err) &&
	       moment(store, "SELECT received_at FROM arrival ORDER BY id DESC LIMIT 1", &out->last_arrival, err) &&
	       recent(store, out, err) && complete(store, arena, out, err) &&
	       alert_channels_status(store, arena, out, err);
}
