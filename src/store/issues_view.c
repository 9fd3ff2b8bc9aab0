/* SPDX-License-Identifier: ISC */
/* One issue with all that is known of it. */
#include "store/inner.h"
#include "store/issues.h"

#define DOMAINS_MOST 100
#define HISTORY_MOST 500

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return arena_str(arena, db_get_text(query, column));
}

static bool evidence(struct store *store, int64_t id, struct arena *arena, struct issue_page *out, struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "SELECT n.text, min(p.day), max(p.day), count(DISTINCT p.domain), sum(p.failed), sum(p.refused),"
	           " sum(p.total) FROM issue_part p JOIN name n ON n.id = p.reporter WHERE p.issue = ?"
	           " GROUP BY p.reporter ORDER BY sum(p.failed) DESC, n.text",
	           DB_VALUES(db_int(id)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	while (db_next(query)) {
		struct issue_evidence *row = arena_push(arena, &rows, &out->evidence_count, &room, sizeof *row);
		*row = (struct issue_evidence){.reporter = text_at(query, 0, arena),
		                               .first_day = (int32_t)db_get_int(query, 1),
		                               .last_day = (int32_t)db_get_int(query, 2),
		                               .domains = (uint64_t)db_get_int(query, 3),
		                               .failed = (uint64_t)db_get_int(query, 4),
		                               .refused = (uint64_t)db_get_int(query, 5),
		                               .total = (uint64_t)db_get_int(query, 6)};
	}
	out->evidence = rows;
	return db_end(query, err);
}

static bool history(struct store *store, int64_t id, struct arena *arena, struct issue_page *out, struct err *err)
{
	struct query *query =
	    db_ask(store->db, "SELECT at, event, text FROM issue_history WHERE issue = ? ORDER BY n LIMIT ?",
	           DB_VALUES(db_int(id), db_int(HISTORY_MOST)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	while (db_next(query)) {
		int64_t event = db_get_int(query, 1);
		struct issue_story *row = arena_push(arena, &rows, &out->history_count, &room, sizeof *row);
		*row = (struct issue_story){.at = db_get_int(query, 0),
		                            .event = event >= 0 && event < EVENT_COUNT ? (enum issue_event)event
		                                                                       : EVENT_NOTE,
		                            .text = text_at(query, 2, arena)};
	}
	out->history = rows;
	return db_end(query, err);
}

static bool days(struct store *store, int64_t id, struct arena *arena, struct issue_page *out, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT day, sum(failed), sum(total) FROM issue_part WHERE issue = ?1"
	                             " GROUP BY day ORDER BY day DESC LIMIT 60",
	                             DB_VALUES(db_int(id)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	while (db_next(query)) {
		struct issue_day_sum *row = arena_push(arena, &rows, &out->day_count, &room, sizeof *row);
		*row = (struct issue_day_sum){(int32_t)db_get_int(query, 0), (uint64_t)db_get_int(query, 1),
		                              (uint64_t)db_get_int(query, 2)};
	}
	out->days = rows;
	return db_end(query, err);
}

static bool domains(struct store *store, int64_t id, struct arena *arena, struct issue_page *out, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT DISTINCT n.text FROM issue_member m JOIN name n ON n.id = m.domain"
	                             " WHERE m.issue = ? ORDER BY n.text LIMIT ?",
	                             DB_VALUES(db_int(id), db_int(DOMAINS_MOST)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	while (db_next(query))
		*(struct str *)arena_push(arena, &rows, &out->domain_count, &room, sizeof(struct str)) =
		    text_at(query, 0, arena);
	out->domains = rows;
	return db_end(query, err);
}

/* Of its one domain, or of the house where there are several. */
static bool complete(struct store *store, struct arena *arena, struct issue_page *out, struct err *err)
{
	struct filter filter = FILTER_ALL;
	if (out->domain_count == 1)
		filter.domain = out->domains[0];
	return store_complete(store, &filter, arena, &out->complete, err);
}

bool issues_page(struct store *store, int64_t id, struct arena *arena, struct issue_page *out, struct err *err)
{
	*out = (struct issue_page){0};
	return issues_may_see(store, err) && issues_load(store, id, arena, &out->issue, err) &&
	       evidence(store, id, arena, out, err) && history(store, id, arena, out, err) &&
	       days(store, id, arena, out, err) && domains(store, id, arena, out, err) &&
	       complete(store, arena, out, err);
}
