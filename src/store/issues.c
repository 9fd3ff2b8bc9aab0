/* SPDX-License-Identifier: ISC */
#include "store/issues.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "report/reporter.h"
#include "report/weigh.h"
#include "store/inner.h"
#include "store/store_trust.h"

#define STRANGER_DAYS 7 /* who was heard for less than that is nobody's acquaintance */
/* Of a row with a column domain, for an issue ?1 and a tenant ?2. */
#define OWN_DOMAIN "(?2 = 0 OR domain IN (SELECT id FROM owned WHERE tenant = ?2))"
#define RECENT_DAYS 7 /* a member that had the issue so shortly before the last day counts for its end */

bool issues_touched(struct store *store, size_t most, struct arena *arena, struct issue_key **out, size_t *out_count,
                    struct err *err)
{
	struct query *query =
	    db_ask(store->db, "SELECT day, reporter, domain FROM issue_touched ORDER BY day, reporter, domain LIMIT ?",
	           DB_VALUES(db_uint(most)), err);
	if (query == NULL)
		return false;
	void *keys = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct issue_key *key = arena_push(arena, &keys, out_count, &room, sizeof *key);
		*key = (struct issue_key){(int32_t)db_get_int(query, 0), db_get_int(query, 1), db_get_int(query, 2)};
	}
	if (!db_end(query, err))
		return false;
	*out = keys;
	if (*out_count < most)
		return *out_count == 0 || db_run(store->db, "DELETE FROM issue_touched", NULL, 0, err);
	for (size_t i = 0; i < *out_count; i++)
		if (!db_run(store->db, "DELETE FROM issue_touched WHERE day = ? AND reporter = ? AND domain = ?",
		            DB_VALUES(db_int((*out)[i].day), db_int((*out)[i].reporter), db_int((*out)[i].domain)),
		            err))
			return false;
	return true;
}

bool issues_mark(struct store *store, struct err *err)
{
	return db_run(store->db, "SAVEPOINT diagnosis", NULL, 0, err);
}

bool issues_unmark(struct store *store, bool keep, struct err *err)
{
	if (!keep) {
		names_forget(store->names);
		if (!db_run(store->db, "ROLLBACK TO diagnosis", NULL, 0, err))
			return false;
	}
	return db_run(store->db, "RELEASE diagnosis", NULL, 0, err);
}

bool issues_live_intake(struct store *store, instant since, bool *out_is_live, struct err *err)
{
	int64_t live;
	if (!db_number(store->db, "SELECT EXISTS (SELECT 1 FROM arrival WHERE door <> 0 AND received_at >= ?)",
	               DB_VALUES(db_int(since)), 0, &live, err))
		return false;
	*out_is_live = live != 0;
	return true;
}

static bool day_failures(struct store *store, const struct issue_key *key, struct arena *arena, void **rows,
                         size_t *count, size_t *room, struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "SELECT n.text, f.type, f.mode, f.refused, f.mx, f.sessions, f.result,"
	           " CASE n.text WHEN 'unknown' THEN (SELECT text FROM name WHERE id = f.result) END FROM day_failure f"
	           " JOIN name n ON n.id = f.cause WHERE f.day = ? AND f.reporter = ? AND f.domain = ?"
	           " AND f.sessions > 0",
	           DB_VALUES(db_int(key->day), db_int(key->reporter), db_int(key->domain)), err);
	if (query == NULL)
		return false;
	while (db_next(query)) {
		struct issue_day_row *row = arena_push(arena, rows, count, room, sizeof *row);
		*row = (struct issue_day_row){.type = (enum policy_type)db_get_int(query, 1),
		                              .mode = (enum sts_mode)db_get_int(query, 2),
		                              .refused = db_get_int(query, 3) != 0,
		                              .mx = db_get_int(query, 4),
		                              .sessions = (uint64_t)db_get_int(query, 5)};
		if (!cause_of(db_get_text(query, 0), &row->cause))
			row->cause = CAUSE_UNKNOWN;
		struct str result = db_get_text(query, 7);
		if (result.len > 0 && result_type_of(result) == RESULT_OTHER)
			row->odd_result = db_get_int(query, 6);
	}
	return db_end(query, err);
}

bool issues_day(struct store *store, const struct issue_key *key, struct arena *arena, struct issue_day_row **out,
                size_t *out_count, uint64_t *out_total, struct err *err)
{
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	*out_total = 0;
	if (!day_failures(store, key, arena, &rows, out_count, &room, err))
		return false;
	struct query *query = db_ask(store->db,
	                             "SELECT type, mode, unexplained, successful + failed FROM day_unit"
	                             " WHERE day = ? AND reporter = ? AND domain = ? ORDER BY type",
	                             DB_VALUES(db_int(key->day), db_int(key->reporter), db_int(key->domain)), err);
	if (query == NULL)
		return false;
	int64_t last_type = -1;
	uint64_t of_type = 0;
	while (db_next(query)) {
		uint64_t unexplained = (uint64_t)db_get_int(query, 2);
		if (unexplained > 0) {
			struct issue_day_row *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
			*row = (struct issue_day_row){.cause = CAUSE_UNKNOWN,
			                              .type = (enum policy_type)db_get_int(query, 0),
			                              .mode = (enum sts_mode)db_get_int(query, 1),
			                              .is_unexplained = true,
			                              .sessions = unexplained};
		}
		of_type = (db_get_int(query, 0) == last_type ? of_type : 0) + (uint64_t)db_get_int(query, 3);
		last_type = db_get_int(query, 0);
		if (of_type > *out_total)
			*out_total = of_type;
	}
	*out = rows;
	return db_end(query, err);
}

/* --- the issue itself --- */

#define ISSUE_COLUMNS                                                                                           \
	"i.id, i.matter, i.kind, n.text, i.severity, i.worst, i.fault, i.confidence, i.trend, i.seen, i.ended," \
	" i.acknowledged, i.snoozed_until, i.opened_at, i.changed_at, i.closed_at, i.looked_at, i.first_day,"   \
	" i.last_day, i.clean_day, i.failed, i.refused, i.total, i.domains, i.reporters, i.domains_told,"       \
	" i.others_sessions, i.others_reporters, i.owner, i.note, i.detail"
#define ISSUE_COLUMN_COUNT 31

static instant instant_at(struct query *query, int column)
{
	return db_is_null(query, column) ? INSTANT_NONE : db_get_int(query, column);
}

static struct db_value value_of_instant(instant at)
{
	return at == INSTANT_NONE ? db_null() : db_int(at);
}

static unsigned bounded(struct query *query, int column, unsigned count)
{
	int64_t value = db_get_int(query, column);
	return value < 0 || value >= (int64_t)count ? 0 : (unsigned)value;
}

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return arena_str(arena, db_get_text(query, column));
}

static void read_issue(struct query *query, struct arena *arena, struct issue *out)
{
	*out = (struct issue){
	    .id = db_get_int(query, 0),
	    .kind = (enum issue_kind)bounded(query, 2, ISSUE_KIND_COUNT),
	    .subject = text_at(query, 3, arena),
	    .severity = (enum severity)bounded(query, 4, SEVERITY_COUNT),
	    .worst = (enum severity)bounded(query, 5, SEVERITY_COUNT),
	    .fault = (enum fault)bounded(query, 6, FAULT_COUNT),
	    .confidence = (enum confidence)bounded(query, 7, CONFIDENCE_COUNT),
	    .trend = (enum issue_trend)bounded(query, 8, TREND_COUNT),
	    .seen = (enum issue_seen)bounded(query, 9, SEEN_COUNT),
	    .end = (enum issue_end)bounded(query, 10, END_COUNT),
	    .is_acknowledged = db_get_int(query, 11) != 0,
	    .snoozed_until = instant_at(query, 12),
	    .opened_at = db_get_int(query, 13),
	    .changed_at = db_get_int(query, 14),
	    .closed_at = instant_at(query, 15),
	    .looked_at = instant_at(query, 16),
	    .first_day = (int32_t)db_get_int(query, 17),
	    .last_day = (int32_t)db_get_int(query, 18),
	    .clean_day = (int32_t)db_get_int(query, 19),
	    .failed = (uint64_t)db_get_int(query, 20),
	    .refused = (uint64_t)db_get_int(query, 21),
	    .total = (uint64_t)db_get_int(query, 22),
	    .domains = (uint64_t)db_get_int(query, 23),
	    .reporters = (uint64_t)db_get_int(query, 24),
	    .domains_told = (uint64_t)db_get_int(query, 25),
	    .others_sessions = (uint64_t)db_get_int(query, 26),
	    .others_reporters = (uint64_t)db_get_int(query, 27),
	    .owner = text_at(query, 28, arena),
	    .note = text_at(query, 29, arena),
	    .detail = text_at(query, 30, arena),
	};
	if (!issue_matter_of(db_get_text(query, 1), &out->matter))
		out->matter = CAUSE_UNKNOWN;
}

/* What a tenant sees: issues with one of his domains in them, or about one. */
#define IS_SEEN                                                                                                        \
	"(?1 = 0 OR EXISTS (SELECT 1 FROM issue_member m WHERE m.issue = i.id"                                         \
	" AND m.domain IN (SELECT id FROM owned WHERE tenant = ?1))"                                                   \
	" OR (i.kind = 1 AND i.subject IN (SELECT id FROM owned WHERE tenant = ?1)))"

bool issues_load(struct store *store, int64_t id, struct arena *arena, struct issue *out, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT " ISSUE_COLUMNS " FROM issue i JOIN name n ON n.id = i.subject WHERE " IS_SEEN
	                             " AND i.id = ?2",
	                             DB_VALUES(db_int(store->tenant), db_int(id)), err);
	if (query == NULL)
		return false;
	bool found = db_next(query);
	if (found)
		read_issue(query, arena, out);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "there is no issue TI-%" PRId64, id + ISSUE_FIRST_NUMBER);
	return issues_narrow(store, arena, out, err);
}

/* --- one tenant's part --- */

bool issues_is_shared(struct store *store, int64_t id, bool *out_shared, struct err *err)
{
	int64_t shared = 0;

	if (store->tenant != 0 &&
	    !db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM issue_member WHERE issue = ?1"
	               " AND domain NOT IN (SELECT id FROM owned WHERE tenant = ?2))",
	               DB_VALUES(db_int(id), db_int(store->tenant)), 0, &shared, err))
		return false;
	*out_shared = shared != 0;
	return true;
}

bool issues_may_change(struct store *store, int64_t id, struct err *err)
{
	struct issue issue;
	struct arena arena;
	bool shared;

	if (store->tenant == 0)
		return true;
	arena_init(&arena, MIB(16));
	bool ok = issues_load(store, id, &arena, &issue, err) && issues_is_shared(store, id, &shared, err);
	if (ok && shared)
		ok = err_set(err, ERR_DENIED, "this issue hits domains of others too; who runs this house looks after it");
	arena_done(&arena);
	return ok;
}

/* What the whole issue is like tells of others: only what the own sessions say is left. */
static bool narrow_numbers(struct store *store, struct issue *issue, struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "SELECT coalesce(sum(failed), 0), coalesce(sum(refused), 0), coalesce(sum(total), 0), min(day), max(day)"
	           " FROM issue_part WHERE issue = ?1 AND " OWN_DOMAIN,
	           DB_VALUES(db_int(issue->id), db_int(store->tenant)), err);
	if (query == NULL)
		return false;
	if (db_next(query)) {
		issue->failed = (uint64_t)db_get_int(query, 0);
		issue->refused = (uint64_t)db_get_int(query, 1);
		issue->total = (uint64_t)db_get_int(query, 2);
		issue->first_day = (int32_t)db_get_int(query, 3);
		issue->last_day = (int32_t)db_get_int(query, 4);
	}
	return db_end(query, err);
}

static void forget_others(struct issue *issue)
{
	/* Not before the first of his sessions. */
	if (issue->opened_at < day_start(issue->first_day))
		issue->opened_at = day_start(issue->first_day);
	issue->changed_at = issue->closed_at != INSTANT_NONE ? issue->closed_at : day_start(issue->last_day + 1);
	if (issue->trend == TREND_GROWING)
		issue->trend = TREND_STEADY;
	issue->owner = issue->note = issue->detail = STR_NONE;
	issue->others_sessions = issue->others_reporters = 0;
}

static bool narrow_shared(struct store *store, struct arena *arena, struct issue *issue, struct err *err)
{
	struct issue_reporter *reporters;
	size_t count;
	uint64_t known;

	if (!narrow_numbers(store, issue, err) ||
	    !issues_reporters(store, issue->id, arena, &reporters, &count, &issue->domains, err) ||
	    !issues_known_reporters(store, reporters, count, instant_now(), &known, err))
		return false;
	forget_others(issue);
	issue->domains_told = issue->domains;
	issue->reporters = count;
	if (weigh_compares(issue, count) && !issues_others(store, issue, &issue->others_sessions, &issue->others_reporters, err))
		return false;
	weigh_issue(issue, known, false);
	return true;
}

bool issues_narrow(struct store *store, struct arena *arena, struct issue *issue, struct err *err)
{
	bool shared;

	return issues_is_shared(store, issue->id, &shared, err) && (!shared || narrow_shared(store, arena, issue, err));
}

/* --- changes --- */

bool issues_save(struct store *store, const struct issue *issue, struct err *err)
{
	return db_run(
	    store->db,
	    "UPDATE issue SET severity = ?, worst = ?, fault = ?, confidence = ?, trend = ?, seen = ?, ended = ?,"
	    " acknowledged = ?, snoozed_until = ?, changed_at = ?, closed_at = ?, looked_at = ?, first_day = ?,"
	    " last_day = ?, clean_day = ?, failed = ?, refused = ?, total = ?, domains = ?, reporters = ?,"
	    " domains_told = ?, others_sessions = ?, others_reporters = ?, owner = ?, note = ?,"
	    " detail = ? WHERE id = ?",
	    DB_VALUES(db_int(issue->severity), db_int(issue->worst), db_int(issue->fault), db_int(issue->confidence),
	              db_int(issue->trend), db_int(issue->seen), db_int(issue->end), db_int(issue->is_acknowledged),
	              value_of_instant(issue->snoozed_until), db_int(issue->changed_at),
	              value_of_instant(issue->closed_at), value_of_instant(issue->looked_at), db_int(issue->first_day),
	              db_int(issue->last_day), db_int(issue->clean_day), db_uint(issue->failed),
	              db_uint(issue->refused), db_uint(issue->total), db_uint(issue->domains),
	              db_uint(issue->reporters), db_uint(issue->domains_told), db_uint(issue->others_sessions),
	              db_uint(issue->others_reporters), db_text(issue->owner), db_text(issue->note),
	              db_text(issue->detail), db_int(issue->id)),
	    err);
}

bool issues_add(struct store *store, struct issue *issue, int64_t subject, struct err *err)
{
	if (!db_run(
		store->db,
		"INSERT INTO issue (matter, kind, subject, severity, worst, fault, confidence, trend, seen, ended,"
		" acknowledged, opened_at, changed_at, first_day, last_day, clean_day, failed, refused, total, domains,"
		" reporters, domains_told, others_sessions, others_reporters, looked_at, detail)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, ?, ?)",
		DB_VALUES(db_text(str_of(issue_matter_text(issue->matter))), db_int(issue->kind), db_int(subject),
	                  db_int(issue->severity), db_int(issue->worst), db_int(issue->fault),
	                  db_int(issue->confidence), db_int(issue->trend), db_int(issue->seen),
	                  db_int(issue->opened_at), db_int(issue->changed_at), db_int(issue->first_day),
	                  db_int(issue->last_day), db_int(issue->clean_day), value_of_instant(issue->looked_at),
	                  db_text(issue->detail)),
		err))
		return false;
	issue->id = db_last_id(store->db);
	return true;
}

bool issues_newest(struct store *store, unsigned matter, enum issue_kind kind, int64_t subject, int64_t *out_id,
                   struct err *err)
{
	return db_number(store->db, "SELECT max(id) FROM issue WHERE matter = ? AND kind = ? AND subject = ?",
	                 DB_VALUES(db_text(str_of(issue_matter_text(matter))), db_int(kind), db_int(subject)), 0,
	                 out_id, err);
}

bool issues_of_mx(struct store *store, unsigned matter, int64_t mx, int64_t domain, int64_t *out_id, struct err *err)
{
	if (matter < MATTER_COUNT)
		return db_number(store->db,
		                 "SELECT min(i.id) FROM issue_member m JOIN issue i ON i.id = m.issue"
		                 " WHERE m.domain = ? AND i.ended = 0 AND i.kind = 0 AND i.matter = ?",
		                 DB_VALUES(db_int(domain), db_text(str_of(issue_matter_text(matter)))), 0, out_id, err);
	return db_number(store->db,
	                 "SELECT CASE count(DISTINCT i.id) WHEN 1 THEN max(i.id) ELSE 0 END"
	                 " FROM issue_member m JOIN issue i ON i.id = m.issue WHERE m.domain = ?1 AND i.ended = 0"
	                 " AND i.kind = 0 AND i.matter <> 'unknown' AND (?2 = 0 OR i.subject = ?2)",
	                 DB_VALUES(db_int(domain), db_int(mx)), 0, out_id, err);
}

bool issues_open_on(struct store *store, enum issue_kind kind, int64_t subject, struct arena *arena, struct issue **out,
                    size_t *out_count, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT " ISSUE_COLUMNS " FROM issue i JOIN name n ON n.id = i.subject"
	                             " WHERE i.ended = 0 AND i.kind = ? AND i.subject = ? ORDER BY i.id",
	                             DB_VALUES(db_int(kind), db_int(subject)), err);
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	if (query == NULL)
		return false;
	while (db_next(query))
		read_issue(query, arena, arena_push(arena, &rows, out_count, &room, sizeof(struct issue)));
	*out = rows;
	return db_end(query, err);
}

bool issues_name(struct store *store, struct str text, int64_t *out_id, struct err *err)
{
	return names_put(store->names, text, out_id, err);
}

bool issues_open_count(struct store *store, uint64_t *out_count, struct err *err)
{
	int64_t count;
	if (!db_number(store->db, "SELECT count(*) FROM issue WHERE ended = 0", NULL, 0, 0, &count, err))
		return false;
	*out_count = (uint64_t)count;
	return true;
}

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

bool issues_put_off(struct store *store, int64_t id, struct err *err)
{
	return db_run(store->db, "INSERT INTO issue_unjudged VALUES (?) ON CONFLICT DO NOTHING", DB_VALUES(db_int(id)), err);
}

bool issues_take_put_off(struct store *store, struct arena *arena, int64_t **out, size_t *out_count, struct err *err)
{
	return ids_of(db_ask(store->db, "SELECT issue FROM issue_unjudged ORDER BY issue", NULL, 0, err), arena, out, out_count,
	              err) &&
	       (*out_count == 0 || db_run(store->db, "DELETE FROM issue_unjudged", NULL, 0, err));
}

bool issues_open_ids(struct store *store, struct arena *arena, int64_t **out, size_t *out_count, struct err *err)
{
	return ids_of(db_ask(store->db, "SELECT id FROM issue WHERE ended = 0 ORDER BY id", NULL, 0, err), arena, out,
	              out_count, err);
}

bool issues_joinable(struct store *store, const struct issue *issue, struct arena *arena, int64_t **out,
                     size_t *out_count, struct err *err)
{
	return ids_of(db_ask(store->db,
	                     "SELECT id FROM issue i WHERE ended = 0 AND kind = 1 AND matter = ? AND EXISTS"
	                     " (SELECT 1 FROM issue_member WHERE domain = i.subject AND issue = ?) ORDER BY id",
	                     DB_VALUES(db_text(str_of(issue_matter_text(issue->matter))), db_int(issue->id)), err),
	              arena, out, out_count, err);
}

/* --- parts and members --- */

bool issues_set_part(struct store *store, const struct issue_key *key, const struct issue_part *part, struct err *err)
{
	if (part->failed == 0)
		return db_run(
		    store->db, "DELETE FROM issue_part WHERE reporter = ? AND domain = ? AND day = ? AND issue = ?",
		    DB_VALUES(db_int(key->reporter), db_int(key->domain), db_int(key->day), db_int(part->issue)), err);
	return db_run(store->db,
	              "INSERT OR REPLACE INTO issue_part (reporter, domain, day, issue, failed, refused, total)"
	              " VALUES (?, ?, ?, ?, ?, ?, ?)",
	              DB_VALUES(db_int(key->reporter), db_int(key->domain), db_int(key->day), db_int(part->issue),
	                        db_uint(part->failed), db_uint(part->refused), db_uint(part->total)),
	              err);
}

static bool day_number(struct store *store, const char *sql, const struct db_value *values, size_t n, int32_t *out,
                       struct err *err)
{
	int64_t day;
	struct query *query = db_ask(store->db, sql, values, n, err);
	if (query == NULL)
		return false;
	day = db_next(query) && !db_is_null(query, 0) ? db_get_int(query, 0) : DAY_NONE;
	*out = (int32_t)day;
	return db_end(query, err);
}

bool issues_last_bad(struct store *store, const struct issue_key *key, int64_t issue, int32_t *out_day, struct err *err)
{
	return day_number(store, "SELECT max(day) FROM issue_part WHERE reporter = ? AND domain = ? AND issue = ?",
	                  DB_VALUES(db_int(key->reporter), db_int(key->domain), db_int(issue)), out_day, err);
}

bool issues_known(struct store *store, const struct issue_key *key, struct arena *arena, struct issue_member **out,
                  size_t *out_count, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT m.issue, m.last_bad, m.last_clean, p.failed, p.refused, p.total"
	                             " FROM issue_member m LEFT JOIN issue_part p ON p.reporter = m.reporter"
	                             " AND p.domain = m.domain AND p.day = ?3 AND p.issue = m.issue"
	                             " WHERE m.reporter = ?1 AND m.domain = ?2",
	                             DB_VALUES(db_int(key->reporter), db_int(key->domain), db_int(key->day)), err);
	if (query == NULL)
		return false;
	void *members = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct issue_member *member = arena_push(arena, &members, out_count, &room, sizeof *member);
		*member = (struct issue_member){.last_bad = (int32_t)db_get_int(query, 1),
		                                .last_clean = (int32_t)db_get_int(query, 2),
		                                .part = {.issue = db_get_int(query, 0),
		                                         .failed = (uint64_t)db_get_int(query, 3),
		                                         .refused = (uint64_t)db_get_int(query, 4),
		                                         .total = (uint64_t)db_get_int(query, 5)}};
	}
	*out = members;
	return db_end(query, err);
}

bool issues_set_member(struct store *store, int64_t reporter, int64_t domain, const struct issue_member *member,
                       struct err *err)
{
	if (member->last_bad == DAY_NONE)
		return db_run(store->db, "DELETE FROM issue_member WHERE reporter = ? AND domain = ? AND issue = ?",
		              DB_VALUES(db_int(reporter), db_int(domain), db_int(member->part.issue)), err);
	return db_run(store->db,
	              "INSERT INTO issue_member (reporter, domain, issue, last_bad, last_clean) VALUES (?, ?, ?, ?, ?)"
	              " ON CONFLICT DO UPDATE SET last_bad = excluded.last_bad, last_clean = excluded.last_clean",
	              DB_VALUES(db_int(reporter), db_int(domain), db_int(member->part.issue), db_int(member->last_bad),
	                        db_int(member->last_clean)),
	              err);
}

bool issues_last_heard(struct store *store, int64_t reporter, int64_t domain, int32_t *out_day, struct err *err)
{
	return day_number(
	    store,
	    "SELECT u.day FROM unit u JOIN report p ON p.id = u.report WHERE u.domain = ? AND u.reporter = ?"
	    " AND u.aside = 0 AND p.state = 0 ORDER BY u.day DESC LIMIT 1",
	    DB_VALUES(db_int(domain), db_int(reporter)), out_day, err);
}

bool issues_move(struct store *store, int64_t from, int64_t to, struct err *err)
{
	struct db_value values[] = {db_int(from), db_int(to)};
	return db_run(
		   store->db,
		   "INSERT INTO issue_part (reporter, domain, day, issue, failed, refused, total)"
		   " SELECT reporter, domain, day, ?2, failed, refused, total FROM issue_part WHERE issue = ?1"
		   " ON CONFLICT DO UPDATE SET failed = failed + excluded.failed, refused = refused + excluded.refused",
		   values, 2, err) &&
	       db_run(store->db,
	              "INSERT INTO issue_member (reporter, domain, issue, last_bad, last_clean)"
	              " SELECT reporter, domain, ?2, last_bad, last_clean FROM issue_member WHERE issue = ?1"
	              " ON CONFLICT DO UPDATE SET last_bad = max(last_bad, excluded.last_bad),"
	              " last_clean = CASE WHEN last_clean > excluded.last_bad THEN last_clean ELSE excluded.last_clean "
	              "END",
	              values, 2, err) &&
	       db_run(store->db, "DELETE FROM issue_part WHERE issue = ?", values, 1, err) &&
	       db_run(store->db, "DELETE FROM issue_member WHERE issue = ?", values, 1, err);
}

bool issues_last_day(struct store *store, int32_t *out_day, struct err *err)
{
	return day_number(store, "SELECT max(day) FROM day_report", NULL, 0, out_day, err);
}

bool issues_reporters(struct store *store, int64_t issue, struct arena *arena, struct issue_reporter **out,
                      size_t *out_count, uint64_t *out_domains, struct err *err)
{
	struct query *query = db_ask(
	    store->db,
	    "SELECT m.reporter, n.text, r.last_bad, max(m.last_clean), sum(m.last_bad > r.last_bad - ?3),"
	    " sum(m.last_bad > r.last_bad - ?3 AND m.last_clean > r.last_bad), count(*)"
	    " FROM (SELECT reporter, max(last_bad) AS last_bad FROM issue_member WHERE issue = ?1 AND " OWN_DOMAIN
	    " GROUP BY reporter) r"
	    " JOIN issue_member m ON m.issue = ?1 AND m.reporter = r.reporter AND " OWN_DOMAIN
	    " JOIN name n ON n.id = m.reporter GROUP BY m.reporter ORDER BY m.reporter",
	    DB_VALUES(db_int(issue), db_int(store->tenant), db_int(RECENT_DAYS)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	int64_t domains = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct issue_reporter *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		int64_t bad = db_get_int(query, 2), clean = db_get_int(query, 3);
		domains = db_get_int(query, 6);
		*row = (struct issue_reporter){.reporter = db_get_int(query, 0),
		                               .name = text_at(query, 1, arena),
		                               .last_bad = (int32_t)bad,
		                               .last_heard = (int32_t)(clean > bad ? clean : bad),
		                               .members = (uint64_t)db_get_int(query, 4),
		                               .clean_members = (uint64_t)db_get_int(query, 5)};
	}
	*out = rows;
	if (!db_end(query, err) ||
	    (*out_count > 1 && !db_number(store->db,
	                                  "SELECT count(DISTINCT domain) FROM issue_member WHERE issue = ?1 AND " OWN_DOMAIN,
	                                  DB_VALUES(db_int(issue), db_int(store->tenant)), 0, &domains, err)))
		return false;
	*out_domains = (uint64_t)domains;
	return true;
}

bool issues_known_reporters(struct store *store, const struct issue_reporter *reporters, size_t count, instant now,
                            uint64_t *out_known, struct err *err)
{
	*out_known = 0;
	for (size_t i = 0; i < count; i++) {
		bool known = reporter_is_known(reporters[i].name);
		if (!known && !store_reporter_known(store, reporters[i].name, now - STRANGER_DAYS * SECS_PER_DAY, &known, err))
			return false;
		*out_known += known;
	}
	return true;
}

bool issues_others(struct store *store, const struct issue *issue, uint64_t *out_sessions, uint64_t *out_reporters,
                   struct err *err)
{
	/* Fifty domains and seven days tell enough; more would only cost. */
	int32_t first = issue->last_day - issue->first_day > 6 ? issue->last_day - 6 : issue->first_day;
	struct query *query =
	    db_ask(store->db,
	           "SELECT total(u.successful + u.failed), count(DISTINCT u.reporter) FROM unit u"
	           " JOIN report p ON p.id = u.report"
	           " WHERE u.domain IN (SELECT DISTINCT domain FROM issue_member WHERE issue = ?1 AND " OWN_DOMAIN
	           " LIMIT 50) AND NOT EXISTS (SELECT 1 FROM issue_member WHERE issue = ?1 AND reporter = u.reporter AND " OWN_DOMAIN
	           ") AND u.day BETWEEN ?3 AND ?4 AND u.aside = 0 AND p.state = 0"
	           /* Who failed on that day and does not say why may have met the same. */
	           " AND u.unexplained = 0 AND NOT EXISTS (SELECT 1 FROM day_failure f WHERE f.day = u.day AND f.reporter = u.reporter"
	           " AND f.domain = u.domain AND f.cause = (SELECT id FROM name WHERE text = 'unknown'))",
	           DB_VALUES(db_int(issue->id), db_int(store->tenant), db_int(first), db_int(issue->last_day)), err);
	if (query == NULL)
		return false;
	*out_sessions = *out_reporters = 0;
	if (db_next(query)) {
		*out_sessions = (uint64_t)db_get_int(query, 0);
		*out_reporters = (uint64_t)db_get_int(query, 1);
	}
	return db_end(query, err);
}

bool issues_breadth(struct store *store, uint64_t least, struct issue_breadth *breadth, struct err *err)
{
	int64_t servers;
	if (!db_number(store->db,
	               "SELECT count(*) FROM issue i WHERE ended = 0 AND kind = 0 AND reporters = 1 AND EXISTS"
	               " (SELECT 1 FROM issue_member WHERE issue = i.id AND reporter = ?)",
	               DB_VALUES(db_int(breadth->reporter)), 0, &servers, err))
		return false;
	breadth->servers = (uint64_t)servers;
	if (breadth->servers < least)
		return true;
	struct query *query = db_ask(store->db,
	                             "SELECT sum(failed), sum(successful + failed) FROM day_unit WHERE day = ? AND reporter = ?",
	                             DB_VALUES(db_int(breadth->day), db_int(breadth->reporter)), err);
	if (query == NULL)
		return false;
	if (db_next(query)) {
		breadth->failed = (uint64_t)db_get_int(query, 0);
		breadth->total = (uint64_t)db_get_int(query, 1);
	}
	return db_end(query, err);
}

bool issues_history_add(struct store *store, int64_t issue, instant at, enum issue_event event, struct str text,
                        struct err *err)
{
	return db_run(store->db,
	              "INSERT INTO issue_history (issue, n, at, event, text)"
	              " SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3, ?4 FROM issue_history WHERE issue = ?1",
	              DB_VALUES(db_int(issue), db_int(at), db_int(event), db_text(text)), err);
}

/* --- what is remembered, and habits --- */

bool issues_remember(struct store *store, const char *key, int64_t value, struct err *err)
{
	return db_run(store->db, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
	              DB_VALUES(db_text(str_of(key)), db_int(value)), err);
}

bool issues_recall(struct store *store, const char *key, int64_t *out_value, struct err *err)
{
	return db_number(store->db, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?",
	                 DB_VALUES(db_text(str_of(key))), INT64_MIN, out_value, err);
}

bool issues_series(struct store *store, int32_t last_day, unsigned days, struct arena *arena, struct issue_series **out,
                   size_t *out_count, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT DISTINCT domain, reporter, day FROM day_unit WHERE day BETWEEN ? AND ?"
	                             " ORDER BY domain, reporter",
	                             DB_VALUES(db_int(last_day - (int32_t)days + 1), db_int(last_day)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	struct issue_series *row = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		int64_t domain = db_get_int(query, 0), reporter = db_get_int(query, 1);
		if (row == NULL || row->domain != domain || row->reporter != reporter) {
			row = arena_push(arena, &rows, out_count, &room, sizeof *row);
			*row = (struct issue_series){.domain = domain, .reporter = reporter};
		}
		row->days |= UINT64_C(1) << (last_day - db_get_int(query, 2));
	}
	*out = rows;
	return db_end(query, err);
}

/* --- lists --- */

static int by_weight(const void *a, const void *b)
{
	const struct issue *x = a, *y = b;
	bool x_ended = x->end != END_NONE, y_ended = y->end != END_NONE;

	if (x_ended != y_ended)
		return x_ended ? 1 : -1;
	if (x->severity != y->severity)
		return x->severity < y->severity ? 1 : -1;
	if (x->refused != y->refused)
		return x->refused < y->refused ? 1 : -1;
	if (x->failed != y->failed)
		return x->failed < y->failed ? 1 : -1;
	return x->id < y->id ? 1 : -1;
}

/* For a tenant those that he shares are narrowed first: severity and order are those of his part. */
static bool narrow_list(struct store *store, const struct issue_filter *filter, struct arena *arena, struct issue *issues,
                        const bool *shared, size_t *count, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++) {
		if (shared[i] && !narrow_shared(store, arena, &issues[i], err))
			return false;
		if ((int)issues[i].severity >= filter->severity_least)
			issues[kept++] = issues[i];
	}
	*count = kept;
	if (kept > 1)
		qsort(issues, kept, sizeof *issues, by_weight);
	return true;
}

bool issues_list(struct store *store, const struct issue_filter *filter, struct arena *arena, struct issue **out,
                 size_t *out_count, struct err *err)
{
	size_t limit = filter->limit == 0 ? 500 : filter->limit, flags = 0, flag_room = 0;
	void *shared = NULL;
	bool is_house = store->tenant == 0;

	*out_count = 0;
	struct query *query =
	    db_ask(store->db,
	           "SELECT " ISSUE_COLUMNS ", ?1 <> 0 AND EXISTS (SELECT 1 FROM issue_member m WHERE m.issue = i.id"
	           " AND m.domain NOT IN (SELECT id FROM owned WHERE tenant = ?1))"
	           " FROM issue i JOIN name n ON n.id = i.subject WHERE " IS_SEEN
	           " AND (i.ended = 0 OR (?2 = 1 AND i.closed_at >= ?7)) AND i.severity >= ?3"
	           " AND (?4 IS NULL OR i.matter = ?4)"
	           " AND (?5 IS NULL OR EXISTS (SELECT 1 FROM issue_member m JOIN name d ON d.id = m.domain"
	           "  WHERE m.issue = i.id AND d.text = ?5 AND (?1 = 0 OR d.id IN (SELECT id FROM owned WHERE tenant = ?1)))"
	           "  OR n.text = ?5)"
	           " ORDER BY i.ended > 0, i.severity DESC, i.refused DESC, i.failed DESC, i.id DESC LIMIT ?6",
	           DB_VALUES(db_int(store->tenant), db_int(filter->with_closed),
	                     db_int(is_house ? filter->severity_least : 0), db_text(filter->matter), db_text(filter->domain),
	                     db_uint(is_house ? limit : INT64_MAX), db_int(filter->closed_since)),
	           err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	while (db_next(query)) {
		read_issue(query, arena, arena_push(arena, &rows, out_count, &room, sizeof(struct issue)));
		*(bool *)arena_push(arena, &shared, &flags, &flag_room, sizeof(bool)) = db_get_int(query, ISSUE_COLUMN_COUNT) != 0;
	}
	*out = rows;
	if (!db_end(query, err) || (!is_house && !narrow_list(store, filter, arena, *out, shared, out_count, err)))
		return false;
	if (*out_count > limit)
		*out_count = limit;
	return true;
}
