/* SPDX-License-Identifier: ISC */
/* One report back from its rows, and the list of reports. */
#include <inttypes.h>

#include "base/limits.h"
#include "report/wire.h"
#include "store/clause.h"

#define PAGE_DEFAULT 50

#define ROW_COLUMNS                                                                                                    \
	"p.id, p.day, p.begin, p.end, p.received_at, r.text, o.text, p.rid, d.text, p.domains, p.units, p.successful,"  \
	" p.failed, p.types, w.text, p.trust, p.state, p.door, p.copies, p.deviations"
#define ROW_JOINS                                                                                                      \
	" JOIN name r ON r.id = p.reporter JOIN name o ON o.id = p.organization JOIN name d ON d.id = p.domain"        \
	" JOIN name w ON w.id = p.worst"
#define ROW_WIDTH 20

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	struct str text = db_get_text(query, column);
	return text.len == 0 ? STR_NONE : arena_str(arena, text);
}

static struct str policy_types_of(unsigned bits, struct arena *arena)
{
	struct buf out;
	buf_init(&out, KIB(1));
	for (unsigned type = 0; type < POLICY_TYPE_COUNT; type++) {
		if ((bits & 1u << type) == 0)
			continue;
		if (out.len > 0)
			buf_text(&out, ", ");
		buf_text(&out, type == POLICY_OTHER ? "other" : policy_type_text((enum policy_type)type));
	}
	struct str text = arena_str(arena, buf_view(&out));
	buf_done(&out);
	return text;
}

static void read_row(struct query *query, struct arena *arena, struct report_row *out)
{
	*out = (struct report_row){
	    .id = db_get_int(query, 0),
	    .day = (int32_t)db_get_int(query, 1),
	    .begin = db_get_int(query, 2),
	    .end = db_get_int(query, 3),
	    .received_at = db_get_int(query, 4),
	    .reporter = text_at(query, 5, arena),
	    .organization_name = text_at(query, 6, arena),
	    .report_id = text_at(query, 7, arena),
	    .domain = text_at(query, 8, arena),
	    .domains = (uint64_t)db_get_int(query, 9),
	    .units = (uint64_t)db_get_int(query, 10),
	    .successful = (uint64_t)db_get_int(query, 11),
	    .failed = (uint64_t)db_get_int(query, 12),
	    .policy_types = policy_types_of((unsigned)db_get_int(query, 13), arena),
	    .worst_result = text_at(query, 14, arena),
	    .trust = (enum trust)db_get_int(query, 15),
	    .counted = db_get_int(query, 16) == REPORT_COUNTED,
	    .door = (enum door)db_get_int(query, 17),
	    .copies = (uint64_t)db_get_int(query, 18),
	    .deviations = (uint64_t)db_get_int(query, 19),
	};
}

/* --- one tenant's part of a report --- */

#define IS_OWN    "EXISTS (SELECT 1 FROM tenant_domain t WHERE t.domain = u.domain AND t.tenant = ?2)"
#define OWN_UNITS " FROM unit u WHERE u.report = ?1 AND " IS_OWN

/* What the row of a report says of its units, of those alone that the tenant may see. */
static bool narrow_row(struct store *store, int64_t tenant, struct arena *arena, struct report_row *row, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT count(*), count(DISTINCT u.domain), coalesce(sum(u.successful), 0),"
	                             " coalesce(sum(u.failed), 0), coalesce(max(u.type = 0) + 2 * max(u.type = 1)"
	                             " + 4 * max(u.type = 2) + 8 * max(u.type = 3), 0),"
	                             " (SELECT text FROM name WHERE id = (SELECT u.domain" OWN_UNITS " ORDER BY u.n LIMIT 1)),"
	                             " (SELECT w.text FROM failure u JOIN name w ON w.id = u.result WHERE u.day = ?3"
	                             "  AND u.report = ?1 AND " IS_OWN " ORDER BY u.sessions DESC, u.unit, u.n LIMIT 1)" OWN_UNITS,
	                             DB_VALUES(db_int(row->id), db_int(tenant), db_int(row->day)), err);
	if (query == NULL)
		return false;
	if (db_next(query)) {
		row->units = (uint64_t)db_get_int(query, 0);
		row->domains = (uint64_t)db_get_int(query, 1);
		row->successful = (uint64_t)db_get_int(query, 2);
		row->failed = (uint64_t)db_get_int(query, 3);
		row->policy_types = policy_types_of((unsigned)db_get_int(query, 4), arena);
		row->domain = text_at(query, 5, arena);
		row->worst_result = text_at(query, 6, arena);
		row->deviations = 0;
	}
	return db_end(query, err);
}

/* Units of others are not there, and nothing that was said about them: neither the original, nor what stood where
 * somebody else's unit may have stood. */
static bool narrow_one(struct store *store, int64_t tenant, struct arena *arena, struct stored_report *out,
                       struct err *err)
{
	if (out->report.unit_count == 0)
		return err_set(err, ERR_MISSING, "there is no report %" PRId64, out->row.id);
	if (out->report.unit_count == out->row.units)
		return narrow_row(store, tenant, arena, &out->row, err);
	out->original_id = 0;
	out->original_bytes = 0;
	out->report.deviation_count = 0;
	out->report.deviations_dropped = 0;
	out->report.unknown_count = 0;
	out->report.unknown_dropped = 0;
	return narrow_row(store, tenant, arena, &out->row, err);
}

/* --- the list --- */

/* Conditions on what stands in the report: a unit, or a failure of it. */
static bool and_content(struct clause *clause, struct store *store, const struct filter *filter, struct err *err)
{
	bool failure = filter->result_type.p != NULL || filter->mx.p != NULL;
	bool unit = filter->domain.p != NULL || filter->tenant != 0 || filter->mode >= 0 || filter->policy_type >= 0;
	struct filter inside = *filter;

	if (!failure && !unit)
		return true;
	/* Failures are few, and know all that is asked of their unit: not each report is asked for its own. */
	clause_text(clause, failure ? " AND p.id IN (SELECT f.report FROM failure f WHERE 1"
	                            : " AND EXISTS (SELECT 1 FROM unit f WHERE f.report = p.id");
	if (!failure) {
		inside.since_day = inside.until_day = DAY_NONE;
		inside.reporter = STR_NONE;
	}
	if (!clause_common(clause, store, &inside, "f.", err))
		return false;
	clause_policy(clause, filter, "f.");
	if (failure && !clause_failure(clause, store, filter, "f.", err))
		return false;
	clause_text(clause, ")");
	return true;
}

/* A report with a rare domain is found through the index of its units, not by walking over all. */
static bool and_series(struct clause *clause, struct store *store, const struct filter *filter, struct err *err)
{
	if (filter->domain.p == NULL)
		return true;
	clause_text(clause, " AND p.id IN (SELECT report FROM unit WHERE 1");
	struct filter inside = *filter;
	inside.tenant = 0;
	if (!clause_common(clause, store, &inside, "", err))
		return false;
	clause_text(clause, ")");
	return true;
}

/* So few reports are fetched through an index and sorted; of more the newest ones are met soon by walking over all. */
#define FEW_REPORTS 12000
/* By the index report_rid. */
#define ID_BEGINS(text)                                                                                                \
	"lower(substr(rid, 1, 16)) >= lower(substr(" text ", 1, 16)) AND"                                              \
	" lower(substr(rid, 1, 16)) <= lower(substr(" text ", 1, 16)) || char(1114111)"
#define NAMES_WITH(text) "SELECT id FROM name WHERE instr(lower(text), " text ") > 0"

static bool number_of(struct store *store, const char *sql, struct str text, int64_t *out, struct err *err)
{
	return db_number(store->db, sql, DB_VALUES(db_text(text), db_int(FEW_REPORTS + 1)), 0, out, err);
}

static bool count_with_id(struct store *store, struct str begin, int64_t *out, struct err *err)
{
	return number_of(store,
	                 "SELECT count(*) FROM (SELECT 1 FROM report INDEXED BY report_rid WHERE " ID_BEGINS("?1") " LIMIT ?2)",
	                 begin, out, err);
}

/* The domains and the ids that hold or begin with a word may have few reports; a reporter has many. */
static bool and_few_with_text(struct clause *clause, struct store *store, struct str text, struct err *err)
{
	int64_t ids, units, reporters;

	if (!count_with_id(store, text, &ids, err) ||
	    !number_of(store, "SELECT count(*) FROM (SELECT 1 FROM unit WHERE domain IN (" NAMES_WITH("?1") ") LIMIT ?2)", text,
	               &units, err) ||
	    !number_of(store,
	               "SELECT count(*) FROM (SELECT 1 FROM reporter WHERE id IN (" NAMES_WITH("?1") ") OR organization IN"
	               " (" NAMES_WITH("?1") ") LIMIT ?2)",
	               text, &reporters, err))
		return false;
	if (reporters > 0 || ids + units > FEW_REPORTS)
		return true;
	clause_and(clause, "p.id IN (SELECT report FROM unit WHERE domain IN (" NAMES_WITH("?") ")", db_text(text));
	clause_text(clause, " UNION ALL SELECT id FROM report INDEXED BY report_rid WHERE " ID_BEGINS("?") ")");
	clause_value(clause, db_text(text));
	clause_value(clause, db_text(text));
	return true;
}

static bool and_few_with_id(struct clause *clause, struct store *store, struct str id, struct err *err)
{
	int64_t ids = 0;

	if (!str_ends_with(id, STR("*"))) {
		clause_and(clause,
		           "p.id IN (SELECT id FROM report INDEXED BY report_rid"
		           " WHERE lower(substr(rid, 1, 16)) = lower(substr(?, 1, 16)))",
		           db_text(id));
		return true;
	}
	id = str_upto(id, id.len - 1);
	if (!count_with_id(store, id, &ids, err))
		return false;
	if (ids > FEW_REPORTS)
		return true;
	clause_and(clause, "p.id IN (SELECT id FROM report INDEXED BY report_rid WHERE " ID_BEGINS("?") ")", db_text(id));
	clause_value(clause, db_text(id));
	return true;
}

/* What begins with a text, as a range. */
static void and_prefix(struct clause *clause, const char *sql, struct str text)
{
	struct str begin = str_ends_with(text, STR("*")) ? str_upto(text, text.len - 1) : text;
	char *end = arena_bytes(clause->arena, begin.len + 4);

	if (begin.len > 0)
		memcpy(end, begin.p, begin.len);
	memcpy(end + begin.len, "\xf4\x8f\xbf\xbf", 4); /* the last character there is */
	clause_and(clause, sql, db_text(begin));
	clause_value(clause, db_text(begin.len == text.len ? begin : str_make(end, begin.len + 4)));
}

#define OWN " domain IN (SELECT id FROM owned WHERE tenant = ?)"

/* Of a tenant in his units alone: what others failed with is not his to find out. */
static void and_failed(struct clause *clause, const struct filter *filter, uint64_t least)
{
	if (filter->tenant == 0) {
		clause_and(clause, "p.failed > 0 AND p.failed >= ?", db_uint(least));
		return;
	}
	clause_and(clause, "p.failed > 0 AND (SELECT sum(failed) FROM unit WHERE report = p.id AND" OWN ") >= ?",
	           db_int(filter->tenant));
	clause_value(clause, db_uint(least));
}

static void and_text(struct clause *clause, const struct filter *filter)
{
	clause_and(clause,
	           filter->tenant == 0 ? "(p.domain IN (SELECT id FROM name WHERE instr(lower(text), ?) > 0)"
	                               : "(EXISTS (SELECT 1 FROM unit WHERE report = p.id AND"
	                                 " domain IN (SELECT id FROM name WHERE instr(lower(text), ?) > 0) AND" OWN ")",
	           db_text(filter->text));
	if (filter->tenant != 0)
		clause_value(clause, db_int(filter->tenant));
	clause_text(clause, " OR p.reporter IN"
	                    " (SELECT r.id FROM reporter r JOIN name n ON n.id = r.id LEFT JOIN name o ON o.id = r.organization"
	                    "  WHERE instr(lower(n.text), ?) > 0 OR instr(lower(o.text), ?) > 0) OR lower(substr(p.rid, 1, ?)) = ?)");
	clause_value(clause, db_text(filter->text));
	clause_value(clause, db_text(filter->text));
	clause_value(clause, db_uint(filter->text.len));
	clause_value(clause, db_text(filter->text));
}

/* What a search asks beside the filters. */
static void and_search(struct clause *clause, const struct filter *filter)
{
	if (filter->report_id.p != NULL)
		and_prefix(clause, "p.rid >= ? AND p.rid <= ?", filter->report_id);
	if (filter->address.p != NULL) {
		and_prefix(clause, "p.id IN (SELECT report FROM failure WHERE sending_ip >= ? AND sending_ip <= ?", filter->address);
		if (filter->tenant != 0)
			clause_and(clause, OWN, db_int(filter->tenant));
		clause_text(clause, ")");
	}
	if (filter->failures_only || filter->failed_least > 0)
		and_failed(clause, filter, filter->failed_least > 0 ? filter->failed_least : 1);
	if (filter->received_since != 0)
		clause_and(clause, "p.received_at >= ?", db_int(filter->received_since));
	if (filter->received_before != 0)
		clause_and(clause, "p.received_at < ?", db_int(filter->received_before));
	if (filter->trust != 0)
		clause_and(clause, "p.trust = ?", db_int(filter->trust - 1));
	if (filter->counted != 0)
		clause_text(clause, filter->counted == 1 ? " AND p.state = 0" : " AND p.state <> 0");
	if (filter->text.p != NULL)
		and_text(clause, filter);
}

static bool make_conditions(struct clause *clause, struct store *store, const struct filter *filter, struct err *err)
{
	struct filter outside = *filter;

	outside.domain = STR_NONE;
	outside.tenant = 0;
	clause_text(clause, " WHERE 1");
	if (!clause_common(clause, store, &outside, "p.", err) || !and_series(clause, store, filter, err) ||
	    !and_content(clause, store, filter, err))
		return false;
	and_search(clause, filter);
	return (filter->text.p == NULL || and_few_with_text(clause, store, filter->text, err)) &&
	       (filter->report_id.p == NULL || and_few_with_id(clause, store, filter->report_id, err));
}

/* With a result or an MX the way is through the failures, newest first, where nothing else is asked of the report. */
static bool is_of_failures(const struct filter *filter)
{
	return (filter->result_type.p != NULL || filter->mx.p != NULL) && filter->report_id.p == NULL &&
	       filter->address.p == NULL && filter->text.p == NULL && filter->failed_least == 0 &&
	       filter->received_since == 0 && filter->received_before == 0 && filter->trust == 0 && filter->counted == 0;
}

static bool failed_reports(struct clause *clause, struct store *store, const struct filter *filter, size_t limit,
                           struct err *err)
{
	clause_text(clause, "(SELECT DISTINCT f.day, f.report FROM failure f WHERE 1");
	if (!clause_common(clause, store, filter, "f.", err) || !clause_failure(clause, store, filter, "f.", err))
		return false;
	clause_policy(clause, filter, "f.");
	if (filter->after_id != 0)
		clause_and(clause, "(f.day, f.report) < (SELECT day, id FROM report WHERE id = ?)", db_int(filter->after_id));
	clause_text(clause, " ORDER BY f.day DESC, f.report DESC LIMIT ?) x");
	clause_value(clause, db_uint(limit));
	return true;
}

bool store_count_reports(struct store *store, const struct filter *given, uint64_t most, struct arena *arena, uint64_t *out,
                         struct err *err)
{
	struct filter filter = store_scoped(store, given);
	struct clause clause;

	*out = 0;
	bool ok;
	filter.after_id = 0;
	if (is_of_failures(&filter)) {
		clause_init(&clause, arena, "SELECT count(*) FROM ");
		ok = failed_reports(&clause, store, &filter, most, err);
	} else {
		clause_init(&clause, arena, "SELECT count(*) FROM (SELECT 1 FROM report p");
		ok = make_conditions(&clause, store, &filter, err);
		clause_text(&clause, " LIMIT ?)");
		clause_value(&clause, db_uint(most));
	}
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, store, err);
		if (query != NULL && db_next(query))
			*out = (uint64_t)db_get_int(query, 0);
		ok = db_end(query, err);
	}
	clause_done(&clause);
	return ok;
}

static bool make_list_query(struct clause *clause, struct store *store, const struct filter *filter, size_t limit,
                            struct err *err)
{
	if (!make_conditions(clause, store, filter, err))
		return false;
	if (filter->after_id != 0)
		clause_and(clause, "(p.day, p.id) < (SELECT day, id FROM report WHERE id = ?)", db_int(filter->after_id));
	clause_text(clause, " ORDER BY p.day DESC, p.id DESC LIMIT ?");
	clause_value(clause, db_uint(limit + 1));
	return true;
}

bool store_reports(struct store *store, const struct filter *given, struct arena *arena, struct report_list *out,
                   struct err *err)
{
	struct filter scoped = store_scoped(store, given);
	const struct filter *filter = &scoped;
	size_t limit = filter->limit == 0 ? PAGE_DEFAULT : filter->limit, room = 0;
	struct clause clause;

	*out = (struct report_list){0};
	struct query *query = NULL;
	bool ok;
	if (is_of_failures(filter)) {
		clause_init(&clause, arena, "SELECT " ROW_COLUMNS " FROM ");
		ok = failed_reports(&clause, store, filter, limit + 1, err);
		clause_text(&clause, " CROSS JOIN report p ON p.id = x.report" ROW_JOINS " ORDER BY p.day DESC, p.id DESC");
	} else {
		clause_init(&clause, arena, "SELECT " ROW_COLUMNS " FROM report p" ROW_JOINS);
		ok = make_list_query(&clause, store, filter, limit, err);
	}
	if (ok && !clause.nothing) {
		query = clause_ask(&clause, store, err);
		while (query != NULL && db_next(query)) {
			if (out->row_count == limit) {
				out->next = out->rows[limit - 1].id;
				break;
			}
			read_row(query, arena, arena_push(arena, (void **)&out->rows, &out->row_count, &room,
			                                  sizeof *out->rows));
		}
		ok = db_end(query, err);
	}
	for (size_t i = 0; ok && filter->tenant != 0 && i < out->row_count; i++)
		ok = narrow_row(store, filter->tenant, arena, &out->rows[i], err);
	clause_done(&clause);
	return ok && store_complete(store, filter, arena, &out->complete, err);
}

/* --- one report --- */

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

static bool deviation_of(struct str code, enum deviation_kind *out)
{
	for (unsigned i = 0; i < DEVIATION_COUNT; i++) {
		if (str_eq(code, str_of(deviation_code((enum deviation_kind)i)))) {
			*out = (enum deviation_kind)i;
			return true;
		}
	}
	return false;
}

static bool read_report_extra(struct str bytes, struct arena *arena, struct report *out, struct err *err)
{
	struct wire_reader reader = {.rest = bytes};

	(void)wire_get_u8(&reader);
	out->contact_info = arena_str(arena, wire_get_text(&reader, LIMIT_TEXT_BYTES));
	out->submitter = arena_str(arena, wire_get_text(&reader, LIMIT_TEXT_BYTES));
	out->deviations_dropped = wire_get_u64(&reader);
	out->unknown_dropped = wire_get_u64(&reader);
	uint32_t count = wire_get_u32(&reader);
	if (count > LIMIT_DEVIATIONS)
		return err_set(err, ERR_SETUP, "a stored report is damaged");
	out->deviations = ARENA_ARRAY(arena, count, struct deviation);
	for (uint32_t i = 0; i < count; i++) {
		struct deviation *deviation = &out->deviations[out->deviation_count];
		struct str code = wire_get_text(&reader, LIMIT_NAME_BYTES);
		deviation->path = arena_str(arena, wire_get_text(&reader, LIMIT_TEXT_BYTES));
		deviation->read_as = arena_str(arena, wire_get_text(&reader, LIMIT_TEXT_BYTES));
		out->deviation_count += deviation_of(code, &deviation->kind);
	}
	count = wire_get_u32(&reader);
	if (count > LIMIT_UNKNOWN_MEMBERS)
		return err_set(err, ERR_SETUP, "a stored report is damaged");
	out->unknown_members = ARENA_ARRAY(arena, count, struct unknown_member);
	out->unknown_count = count;
	for (uint32_t i = 0; i < count; i++) {
		out->unknown_members[i].path = arena_str(arena, wire_get_text(&reader, LIMIT_TEXT_BYTES));
		out->unknown_members[i].value = arena_str(arena, wire_get_text(&reader, LIMIT_UNKNOWN_VALUE_BYTES));
	}
	return !reader.failed || err_set(err, ERR_SETUP, "a stored report is damaged");
}

static bool read_failures(struct store *store, int32_t day, int64_t report, size_t n, struct arena *arena,
                          struct unit *out, struct err *err)
{
	size_t room = 0;
	struct query *query =
	    db_ask(store->db,
	           "SELECT r.text, c.text, fault, refused, m.text, sessions, sending_ip, receiving_ip, helo, reason_code,"
	           " information FROM failure f JOIN name r ON r.id = f.result JOIN name c ON c.id = f.cause"
	           " JOIN name m ON m.id = f.mx WHERE f.day = ? AND f.report = ? AND f.unit = ? ORDER BY f.n",
	           DB_VALUES(db_int(day), db_int(report), db_uint(n)), err);
	if (query == NULL)
		return false;
	while (db_next(query)) {
		struct failure *failure = arena_push(arena, (void **)&out->failures, &out->failure_count, &room,
		                                     sizeof *failure);
		failure->result_text = text_at(query, 0, arena);
		failure->result_type = result_type_of(failure->result_text);
		(void)cause_of(db_get_text(query, 1), &failure->cause);
		failure->fault = (enum fault)db_get_int(query, 2);
		failure->refused = db_get_int(query, 3) != 0;
		failure->receiving_mx_hostname = text_at(query, 4, arena);
		failure->count = (uint64_t)db_get_int(query, 5);
		failure->sending_mta_ip = text_at(query, 6, arena);
		failure->receiving_ip = text_at(query, 7, arena);
		failure->receiving_mx_helo = text_at(query, 8, arena);
		failure->reason_code = text_at(query, 9, arena);
		failure->additional_information = text_at(query, 10, arena);
	}
	return db_end(query, err);
}

static bool read_units(struct store *store, const struct report_row *row, const struct filter *filter,
                       struct arena *arena, struct report *out, struct err *err)
{
	size_t room = 0;
	struct query *query =
	    db_ask(store->db,
	           "SELECT d.text, u.type, t.text, u.mode, u.successful, u.failed, u.unexplained, u.extra, u.n FROM unit u"
	           " JOIN name d ON d.id = u.domain JOIN name t ON t.id = u.type_text WHERE u.report = ?1"
	           " AND (?2 = 0 OR u.domain IN (SELECT id FROM owned WHERE tenant = ?2)) ORDER BY u.n",
	           DB_VALUES(db_int(row->id), db_int(filter->tenant)), err);
	if (query == NULL)
		return false;
	bool ok = true;
	while (ok && db_next(query)) {
		struct unit *unit = arena_push(arena, (void **)&out->units, &out->unit_count, &room, sizeof *unit);
		unit->policy_domain = text_at(query, 0, arena);
		unit->policy_type = (enum policy_type)db_get_int(query, 1);
		unit->policy_type_text = unit->policy_type == POLICY_OTHER ? text_at(query, 2, arena)
		                                                           : str_of(policy_type_text(unit->policy_type));
		unit->mode = (enum sts_mode)db_get_int(query, 3);
		unit->successful = (uint64_t)db_get_int(query, 4);
		unit->failed = (uint64_t)db_get_int(query, 5);
		unit->unexplained = (uint64_t)db_get_int(query, 6);
		struct wire_reader reader = {.rest = db_get_blob(query, 7)};
		(void)wire_get_u8(&reader);
		unit->domain_is_guessed = wire_get_bool(&reader);
		unit->policy_strings = read_list(&reader, arena);
		unit->mx_hosts = read_list(&reader, arena);
		ok = !reader.failed || err_set(err, ERR_SETUP, "a stored report is damaged");
		ok = ok && read_failures(store, row->day, row->id, (size_t)db_get_int(query, 8), arena, unit, err);
	}
	return db_end(query, ok ? err : NULL) && ok;
}

static bool read_head(struct store *store, int64_t id, struct arena *arena, struct stored_report *out, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT " ROW_COLUMNS ", p.extra, b.reason, coalesce((SELECT id FROM original WHERE id = a.original AND codec <> 2), 0), a.size,"
	                             " coalesce((SELECT q.id FROM report q WHERE p.state = 1 AND q.id <> p.id"
	                             "  AND (q.reporter, q.begin, q.end, q.rid) = (p.reporter, p.begin, p.end, p.rid)"
	                             "  ORDER BY q.trust, q.trusted_at DESC, q.id DESC LIMIT 1), 0)"
	                             " FROM report p" ROW_JOINS " LEFT JOIN arrival a ON a.id = p.arrival"
	                             " LEFT JOIN arrival b ON b.id = p.trust_arrival WHERE p.id = ?",
	                             DB_VALUES(db_int(id)), err);
	if (query == NULL)
		return false;
	bool found = db_next(query), ok = true;
	if (found) {
		read_row(query, arena, &out->row);
		ok = read_report_extra(db_get_blob(query, ROW_WIDTH), arena, &out->report, err);
		out->trust_reason = text_at(query, ROW_WIDTH + 1, arena);
		out->original_id = db_get_int(query, ROW_WIDTH + 2);
		out->original_bytes = (uint64_t)db_get_int(query, ROW_WIDTH + 3);
		out->superseded_by = db_get_int(query, ROW_WIDTH + 4);
	}
	if (!db_end(query, ok ? err : NULL))
		return false;
	return ok && (found || err_set(err, ERR_MISSING, "there is no report %" PRId64, id));
}

bool store_report(struct store *store, int64_t id, struct arena *arena, struct stored_report *out, struct err *err)
{
	struct filter all = FILTER_ALL;
	struct filter scoped = store_scoped(store, &all);
	bool own;

	*out = (struct stored_report){0};
	if (!store_read_begin(store, &own, err) ||
	    !store_read_end(store, own,
	                    read_head(store, id, arena, out, err) &&
	                        read_units(store, &out->row, &scoped, arena, &out->report, err) &&
	                        (scoped.tenant == 0 || narrow_one(store, scoped.tenant, arena, out, err))))
		return false;
	out->report.organization_name = out->row.organization_name;
	out->report.report_id = out->row.report_id;
	out->report.reporter = out->row.reporter;
	out->report.begin = out->row.begin;
	out->report.end = out->row.end;
	return true;
}

#define REPORTS_IN_ORIGINAL                                                                                            \
	"(SELECT report FROM arrival WHERE original = ?1 AND report <> 0 UNION SELECT x.report FROM arrival_report x"  \
	" JOIN arrival a ON a.id = x.arrival WHERE a.original = ?1)"

/* A tenant gets an original only when every unit in it is his, and all of it was read. */
static bool may_see_original(struct store *store, int64_t original_id, bool *out_may, struct err *err)
{
	int64_t own, others, unread;
	struct db_value values[] = {db_int(original_id), db_int(store->tenant)};

	if (!db_number(store->db,
	               "SELECT count(*) FROM " REPORTS_IN_ORIGINAL " r JOIN unit u ON u.report = r.report"
	               " WHERE u.domain IN (SELECT id FROM owned WHERE tenant = ?2)", values, 2, 0, &own, err) ||
	    !db_number(store->db,
	               "SELECT count(*) FROM " REPORTS_IN_ORIGINAL " r JOIN unit u ON u.report = r.report"
	               " WHERE u.domain NOT IN (SELECT id FROM owned WHERE tenant = ?2)", values, 2, 0,
	               &others, err) ||
	    !db_number(store->db,
	               "SELECT count(*) FROM arrival a JOIN quarantine q ON q.arrival = a.id WHERE a.original = ?", values, 1, 0,
	               &unread, err))
		return false;
	*out_may = own > 0 && others == 0 && unread == 0;
	return true;
}

bool store_original(struct store *store, int64_t original_id, struct buf *out, struct err *err)
{
	bool may = true;

	if (store->tenant != 0 && !may_see_original(store, original_id, &may, err))
		return false;
	if (!may)
		return err_set(err, ERR_MISSING, "there is no original %" PRId64, original_id);
	return original_get(store->originals, original_id, out, err);
}

bool store_report_came(struct store *store, struct str report_id, instant begin, bool *out_came, struct err *err)
{
	int64_t found;

	if (!db_number(store->db, "SELECT 1 FROM report WHERE begin = ? AND rid = ?", DB_VALUES(db_int(begin), db_text(report_id)), 0,
	               &found, err))
		return false;
	*out_came = found != 0;
	return true;
}
