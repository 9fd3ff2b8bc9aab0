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

/* Of a row with a column domain, for an issue ?1 and a tenant ?2. */
#define OWN_DOMAIN "(?2 = 0 OR domain IN (SELECT id FROM owned WHERE tenant = ?2))"

static bool evidence(struct store *store, int64_t id, struct arena *arena, struct issue_page *out, struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "SELECT n.text, min(p.day), max(p.day), count(DISTINCT p.domain), sum(p.failed), sum(p.refused),"
	           " sum(p.total) FROM issue_part p JOIN name n ON n.id = p.reporter WHERE p.issue = ?1 AND " OWN_DOMAIN
	           " GROUP BY p.reporter ORDER BY sum(p.failed) DESC, n.text",
	           DB_VALUES(db_int(id), db_int(store->tenant)), err);
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
	                             "SELECT day, sum(failed), sum(total) FROM issue_part WHERE issue = ?1 AND " OWN_DOMAIN
	                             " GROUP BY day ORDER BY day DESC LIMIT 60",
	                             DB_VALUES(db_int(id), db_int(store->tenant)), err);
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
	                             " WHERE m.issue = ?1 AND " OWN_DOMAIN " ORDER BY n.text LIMIT ?3",
	                             DB_VALUES(db_int(id), db_int(store->tenant), db_int(DOMAINS_MOST)), err);
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

/* Words about an issue that others share may tell of them: what it went through stays, and which of his own reporters
 * came to it. */
static bool narrow_history(struct store *store, struct issue_page *page, struct err *err)
{
	size_t kept = 0;
	bool shared;

	if (!issues_is_shared(store, page->issue.id, &shared, err))
		return false;
	for (size_t i = 0; shared && i < page->history_count; i++) {
		struct issue_story story = page->history[i];
		bool is_his = story.event == EVENT_OPENED || (story.at >= page->issue.opened_at &&
		                                              (story.event == EVENT_CLOSED || story.event == EVENT_REOPENED ||
		                                               story.event == EVENT_RECOVERING || story.event == EVENT_LOOKED));
		for (size_t e = 0; story.event == EVENT_REPORTER && e < page->evidence_count; e++)
			is_his |= str_eq(story.text, page->evidence[e].reporter) && story.at >= page->issue.opened_at;
		if (!is_his)
			continue;
		if (story.event == EVENT_OPENED)
			story.at = page->issue.opened_at;
		if (story.event == EVENT_LOOKED)
			story.text = str_upto(story.text, str_find_byte(story.text, ' '));
		else if (story.event != EVENT_REPORTER)
			story.text = STR_NONE;
		page->history[kept++] = story;
	}
	if (shared)
		page->history_count = kept;
	return true;
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
	return issues_load(store, id, arena, &out->issue, err) && evidence(store, id, arena, out, err) &&
	       history(store, id, arena, out, err) && narrow_history(store, out, err) &&
	       days(store, id, arena, out, err) && domains(store, id, arena, out, err) && complete(store, arena, out, err);
}

bool issues_first_failure(struct store *store, const struct issue *issue, instant *out_begin, instant *out_end,
                          struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "WITH part AS (SELECT reporter, domain, day FROM issue_part WHERE issue = ?1 AND failed > 0"
	           "  AND day = (SELECT min(day) FROM issue_part WHERE issue = ?1 AND failed > 0))"
	           " SELECT r.begin, r.end FROM part p JOIN failure f ON f.day = p.day AND f.reporter = p.reporter"
	           "  AND f.domain = p.domain AND f.counts = 1 JOIN report r ON r.id = f.report ORDER BY r.begin LIMIT 1",
	           DB_VALUES(db_int(issue->id)), err);
	instant begin = day_start(issue->first_day), end = begin + SECS_PER_DAY - 1;

	if (query != NULL && db_next(query)) {
		begin = db_get_int(query, 0);
		end = db_get_int(query, 1);
	}
	*out_begin = begin;
	*out_end = end;
	return db_end(query, err);
}
