/* SPDX-License-Identifier: ISC */
#include "store/policies.h"

#include "base/limits.h"
#include "report/wire.h"
#include "store/inner.h"

#define SEEN_MOST 500

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return arena_str(arena, db_get_text(query, column));
}

static struct str_list read_list(struct wire_reader *reader, struct arena *arena)
{
	struct str_list list = {0};
	uint32_t count = wire_get_u32(reader);

	if (reader->failed || count > LIMIT_STRINGS_PER_UNIT)
		return list;
	list.items = ARENA_ARRAY(arena, count, struct str);
	list.count = count;
	for (size_t i = 0; i < count; i++)
		list.items[i] = arena_str(arena, wire_get_text(reader, LIMIT_TEXT_BYTES));
	return list;
}

static bool lists_equal(const struct str_list *a, const struct str_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_eq(a->items[i], b->items[i]))
			return false;
	return true;
}

/* Units of one policy may differ in other things: they are one row. */
static bool join(struct policy_seen *rows, size_t n, const struct policy_seen *row)
{
	for (size_t i = 0; i < n; i++) {
		struct policy_seen *known = &rows[i];
		if (known->type != row->type || !str_eq(known->reporter, row->reporter) ||
		    !lists_equal(&known->strings, &row->strings))
			continue;
		known->first_day = row->first_day < known->first_day ? row->first_day : known->first_day;
		known->last_day = row->last_day > known->last_day ? row->last_day : known->last_day;
		known->units += row->units;
		return true;
	}
	return false;
}

bool policies_seen(struct store *store, struct str domain, struct arena *arena, struct policy_seen **out,
                   size_t *out_count, struct err *err)
{
	return policies_seen_since(store, domain, DAY_NONE, arena, out, out_count, err);
}

bool policies_seen_since(struct store *store, struct str domain, int32_t since_day, struct arena *arena,
                         struct policy_seen **out, size_t *out_count, struct err *err)
{
#define SEEN_ROWS                                                                                                      \
	"SELECT r.text, o.text, u.type, u.mode, u.extra, min(u.day), max(u.day), count(*) FROM unit u"                 \
	" JOIN report p ON p.id = u.report JOIN name r ON r.id = u.reporter"                                           \
	" LEFT JOIN reporter w ON w.id = u.reporter LEFT JOIN name o ON o.id = w.organization"                         \
	" WHERE p.state = 0 AND u.aside = 0 AND u.domain = (SELECT id FROM name WHERE text = ?1)"                      \
	" AND (?2 = 0 OR u.domain IN (SELECT id FROM owned WHERE tenant = ?2))"
#define SEEN_GROUPS " GROUP BY u.reporter, u.type, u.mode, u.extra ORDER BY max(u.day) DESC, r.text LIMIT ?3"
	/* Of the last days: through the reporters of those days, for the index of units has the reporter before the day. */
	struct query *query = db_ask(
	    store->db,
	    since_day == DAY_NONE
	        ? SEEN_ROWS " AND ?4 = ?4" SEEN_GROUPS
	        : SEEN_ROWS " AND u.day >= ?4 AND u.reporter IN (SELECT reporter FROM day_unit WHERE day >= ?4"
	                    " AND domain = (SELECT id FROM name WHERE text = ?1))" SEEN_GROUPS,
	    DB_VALUES(db_text(domain), db_int(store->tenant), db_int(SEEN_MOST), db_int(since_day)), err);
	void *rows = NULL;
	size_t count = 0, room = 0;
	bool ok = query != NULL;

	while (ok && db_next(query)) {
		struct wire_reader reader = {.rest = db_get_blob(query, 4)};
		struct policy_seen row = {.reporter = text_at(query, 0, arena),
		                          .organization = text_at(query, 1, arena),
		                          .type = (enum policy_type)db_get_int(query, 2),
		                          .mode = (enum sts_mode)db_get_int(query, 3),
		                          .first_day = (int32_t)db_get_int(query, 5),
		                          .last_day = (int32_t)db_get_int(query, 6),
		                          .units = (uint64_t)db_get_int(query, 7)};
		(void)wire_get_u8(&reader);
		(void)wire_get_bool(&reader);
		row.strings = read_list(&reader, arena);
		ok = !reader.failed || err_set(err, ERR_SETUP, "a stored report is damaged");
		if (ok && !join(rows, count, &row))
			*(struct policy_seen *)arena_push(arena, &rows, &count, &room, sizeof row) = row;
	}
	ok = db_end(query, ok ? err : NULL) && ok;
	if (ok) {
		*out = rows;
		*out_count = count;
	}
	return ok;
}

bool policies_sessions(struct store *store, struct str domain, enum policy_type type, enum sts_mode mode, int32_t since_day,
                       int32_t until_day, struct arena *arena, struct policy_sessions **out, size_t *out_count, uint64_t *out_days,
                       struct err *err)
{
	void *rows = NULL;
	size_t count = 0, room = 0;
	int64_t days = 0;

	if (!db_number(store->db,
	               "SELECT count(DISTINCT day) FROM day_unit WHERE domain = (SELECT id FROM name WHERE text = ?1)"
	               " AND (?2 = 0 OR domain IN (SELECT id FROM owned WHERE tenant = ?2)) AND type = ?3 AND mode = ?4",
	               DB_VALUES(db_text(domain), db_int(store->tenant), db_int(type), db_int(mode)), 0, &days, err))
		return false;
	struct query *query = db_ask(
	    store->db,
	    "SELECT r.text, o.text, sum(s.successful), sum(s.failed), sum(s.unexplained) FROM day_unit s"
	    " JOIN name r ON r.id = s.reporter LEFT JOIN reporter w ON w.id = s.reporter LEFT JOIN name o ON o.id = w.organization"
	    " WHERE s.domain = (SELECT id FROM name WHERE text = ?1)"
	    " AND (?2 = 0 OR s.domain IN (SELECT id FROM owned WHERE tenant = ?2)) AND s.type = ?3 AND s.mode = ?4"
	    " AND s.day BETWEEN ?5 AND ?6 GROUP BY s.reporter ORDER BY sum(s.failed) DESC, r.text",
	    DB_VALUES(db_text(domain), db_int(store->tenant), db_int(type), db_int(mode), db_int(since_day),
	              db_int(until_day)),
	    err);
	while (query != NULL && db_next(query)) {
		struct policy_sessions *row = arena_push(arena, &rows, &count, &room, sizeof *row);
		*row = (struct policy_sessions){.reporter = text_at(query, 0, arena),
		                                .organization = text_at(query, 1, arena),
		                                .successful = (uint64_t)db_get_int(query, 2),
		                                .failed = (uint64_t)db_get_int(query, 3),
		                                .unexplained = (uint64_t)db_get_int(query, 4)};
	}
	if (!db_end(query, err))
		return false;
	*out = rows;
	*out_count = count;
	*out_days = (uint64_t)days;
	return true;
}

bool policies_failures(struct store *store, struct str domain, enum policy_type type, enum sts_mode mode, int32_t since_day,
                       int32_t until_day, struct arena *arena, struct policy_failure **out, size_t *out_count, struct err *err)
{
	void *rows = NULL;
	size_t count = 0, room = 0;
	struct query *query = db_ask(
	    store->db,
	    "SELECT r.text, t.text, m.text, f.reason_code, f.information, sum(f.sessions) FROM failure f"
	    " CROSS JOIN unit u ON u.report = f.report AND u.n = f.unit CROSS JOIN report p ON p.id = f.report"
	    " JOIN name r ON r.id = f.reporter JOIN name t ON t.id = f.result JOIN name m ON m.id = f.mx"
	    " WHERE f.day BETWEEN ?5 AND ?6 AND f.domain = (SELECT id FROM name WHERE text = ?1)"
	    " AND (?2 = 0 OR f.domain IN (SELECT id FROM owned WHERE tenant = ?2)) AND u.type = ?3 AND u.mode = ?4"
	    " AND p.state = 0 AND u.aside = 0 GROUP BY f.reporter, f.result, f.mx, f.reason_code, f.information",
	    DB_VALUES(db_text(domain), db_int(store->tenant), db_int(type), db_int(mode), db_int(since_day),
	              db_int(until_day)),
	    err);

	while (query != NULL && db_next(query)) {
		struct policy_failure *row = arena_push(arena, &rows, &count, &room, sizeof *row);
		*row = (struct policy_failure){.reporter = text_at(query, 0, arena)};
		row->failure.result_text = text_at(query, 1, arena);
		row->failure.result_type = result_type_of(row->failure.result_text);
		row->failure.receiving_mx_hostname = text_at(query, 2, arena);
		row->failure.reason_code = text_at(query, 3, arena);
		row->failure.additional_information = text_at(query, 4, arena);
		row->failure.count = (uint64_t)db_get_int(query, 5);
	}
	if (!db_end(query, err))
		return false;
	*out = rows;
	*out_count = count;
	return true;
}
