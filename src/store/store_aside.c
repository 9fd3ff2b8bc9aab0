/* SPDX-License-Identifier: ISC */
/* What is kept and does not count: unreadable arrivals, held and conflicting reports. */
#include <inttypes.h>

#include "base/limits.h"
#include "store/inner.h"
#include "store/store_unread.h"

#define PAGE_DEFAULT 50

#define STATE_FOREIGN 100 /* beside enum report_state */

/* Arrivals in quarantine, the first arrivals of reports that are held, and of counted ones with units that nobody listed;
 * each at most once a kind.  Of a tenant: what is held, and his alone. */
#define ASIDE_ROWS                                                                                                     \
	"SELECT arrival AS id, 0 AS state, problem, place, detail, expected, copies, last_at, readable FROM quarantine" \
	" WHERE ?1 = 0 UNION ALL SELECT arrival, max(state), '', NULL, NULL, NULL, 1, 0, 0 FROM report p WHERE state >= 3 AND (?1 = 0"       \
	" OR NOT EXISTS (SELECT 1 FROM unit u WHERE u.report = p.id AND u.domain NOT IN"                               \
	" (SELECT id FROM owned WHERE tenant = ?1))) GROUP BY arrival"                                                 \
	" UNION ALL SELECT p.arrival, 100, n.text, NULL, NULL, NULL, 1, 0, 0 FROM unit u INDEXED BY unit_foreign CROSS JOIN report p ON p.id ="      \
	" u.report CROSS JOIN name n ON n.id = u.domain WHERE u.aside = 1 AND p.state = 0 AND ?1 = 0 GROUP BY p.arrival"

#define ASIDE_COLUMNS                                                                                                  \
	"a.id, a.received_at, a.door, a.peer, a.mail_from, a.name, a.size, x.state, x.problem, x.place, x.detail,"     \
	" x.expected, a.reason, a.trust, a.original, a.helo, a.recipient, a.is_secret, x.copies, x.last_at, x.readable"

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	struct str text = db_get_text(query, column);
	return text.len == 0 ? STR_NONE : arena_str(arena, text);
}

static enum problem_kind problem_of(struct str code)
{
	for (unsigned kind = PROBLEM_NONE + 1; kind < PROBLEM_COUNT; kind++)
		if (str_eq(code, str_of(problem_code((enum problem_kind)kind))))
			return (enum problem_kind)kind;
	return PROBLEM_NO_REPORT;
}

static void read_row(struct query *query, struct arena *arena, struct quarantine_row *out)
{
	int64_t state = db_get_int(query, 7);
	struct str reason = text_at(query, 12, arena);

	*out = (struct quarantine_row){
	    .id = db_get_int(query, 0),
	    .received_at = db_get_int(query, 1),
	    .door = (enum door)db_get_int(query, 2),
	    .peer = text_at(query, 3, arena),
	    .from = text_at(query, 4, arena),
	    .name = text_at(query, 5, arena),
	    .bytes = (uint64_t)db_get_int(query, 6),
	    .helo = text_at(query, 15, arena),
	    .recipient = text_at(query, 16, arena),
	    .is_secret = db_get_int(query, 17) != 0,
	    .copies = (uint64_t)db_get_int(query, 18),
	    .last_at = db_get_int(query, 19) == 0 ? INSTANT_NONE : db_get_int(query, 19),
	    .readable = (uint64_t)db_get_int(query, 20),
	};
	switch (state) {
	case REPORT_HELD:
		out->kind = QUARANTINE_HELD;
		out->reason = reason.p != NULL ? reason : str_of(trust_text((enum trust)db_get_int(query, 13)));
		break;
	case REPORT_CONFLICTING:
		out->kind = QUARANTINE_CONFLICTING;
		out->reason = STR("A better trusted report has the same report-id, reporter and period, and says something else.");
		break;
	case STATE_FOREIGN:
		out->kind = QUARANTINE_FOREIGN;
		out->reason = str_of(arena_format(arena, "Reports come for %s, which is not in your list.",
		                                  arena_text(arena, db_get_text(query, 8))));
		break;
	case REPORT_UNDATED:
		out->kind = QUARANTINE_UNREADABLE;
		out->problem.kind = PROBLEM_DATE_UNUSABLE;
		break;
	default:
		out->kind = QUARANTINE_UNREADABLE;
		out->problem = (struct problem){.kind = problem_of(db_get_text(query, 8)),
		                                .place = text_at(query, 9, arena),
		                                .detail = text_at(query, 10, arena),
		                                .expected = text_at(query, 11, arena)};
	}
}

bool store_quarantine(struct store *store, const struct filter *given, struct arena *arena,
                      struct quarantine_list *out, struct err *err)
{
	struct filter scoped = store_scoped(store, given);
	const struct filter *filter = &scoped;
	size_t limit = filter->limit == 0 ? PAGE_DEFAULT : filter->limit, room = 0;
	int64_t since = filter->since_day == DAY_NONE ? INT64_MIN : day_start(filter->since_day);
	int64_t until = filter->until_day == DAY_NONE ? INT64_MAX : day_start(filter->until_day) + SECS_PER_DAY - 1;
	int64_t before = filter->after_id == 0 ? INT64_MAX : filter->after_id;

	*out = (struct quarantine_list){0};
	struct query *query =
	    db_ask(store->db,
	           "SELECT " ASIDE_COLUMNS " FROM (" ASIDE_ROWS ") x JOIN arrival a ON a.id = x.id"
	           " WHERE a.id < ? AND a.received_at BETWEEN ? AND ? ORDER BY a.id DESC, x.state LIMIT ?",
	           DB_VALUES(db_int(filter->tenant), db_int(before), db_int(since), db_int(until), db_uint(limit + 1)), err);
	if (query == NULL)
		return false;
	while (db_next(query)) {
		if (out->row_count == limit) {
			out->next = out->rows[limit - 1].id;
			break;
		}
		read_row(query, arena, arena_push(arena, (void **)&out->rows, &out->row_count, &room, sizeof *out->rows));
	}
	return db_end(query, err) && store_unread_readable(store, &out->readable, err);
}

bool store_quarantine_one(struct store *store, int64_t arrival_id, struct arena *arena, struct quarantine_row *out,
                          struct buf *out_original, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT " ASIDE_COLUMNS " FROM (" ASIDE_ROWS ") x JOIN arrival a ON a.id = x.id"
	                             " WHERE a.id = ? ORDER BY x.state LIMIT 1",
	                             DB_VALUES(db_int(store->tenant), db_int(arrival_id)), err);
	if (query == NULL)
		return false;
	bool found = db_next(query);
	int64_t original = 0;
	if (found) {
		read_row(query, arena, out);
		original = db_get_int(query, 14);
	}
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "%" PRId64 " is not in quarantine", arrival_id);
	return out_original == NULL || original_get(store->originals, original, out_original, err);
}
