/* SPDX-License-Identifier: ISC */
#include "store/observations.h"

#include "base/limits.h"
#include "report/wire.h"
#include "store/inner.h"

#define LIST_MOST 500u
#define COLUMNS "o.id, o.kind, n.text, o.place, o.value, o.text, o.detail, o.first_seen, o.last_seen, o.gone_at"
/* The servers that a domain has or had: the lines of its MX sets, whose host stands behind the blank. */
#define SERVERS                                                                                                        \
	"WITH RECURSIVE line (host, rest) AS ("                                                                            \
	" SELECT '', value || char(10) FROM observation WHERE kind = 0 AND subject = (SELECT id FROM name WHERE text = ?1)" \
	" UNION SELECT substr(rest, instr(rest, ' ') + 1, instr(rest, char(10)) - instr(rest, ' ') - 1),"                 \
	" substr(rest, instr(rest, char(10)) + 1) FROM line WHERE rest <> ''),"                                           \
	" subjects (id) AS (SELECT id FROM name WHERE text = ?1"                                                          \
	" UNION SELECT id FROM name WHERE text IN (SELECT host FROM line WHERE host NOT IN ('', '.')))"

/* --- a row --- */

static void write_detail(const struct observation *row, struct buf *out)
{
	buf_clear(out);
	if (row->kind == OBSERVED_CERT) {
		wire_put_u64(out, (uint64_t)row->cert.not_before);
		wire_put_u64(out, (uint64_t)row->cert.not_after);
		wire_put_str(out, row->cert.names);
		wire_put_str(out, row->cert.issuer);
		wire_put_str(out, row->cert.key);
		wire_put_str(out, row->cert.key_sha256);
	} else if (row->kind == OBSERVED_FINDING) {
		wire_put_u8(out, row->severity);
	}
}

static bool read_detail(struct str bytes, struct arena *arena, struct observation *row)
{
	struct wire_reader reader = {.rest = bytes};

	if (row->kind == OBSERVED_CERT) {
		row->cert.not_before = (instant)wire_get_u64(&reader);
		row->cert.not_after = (instant)wire_get_u64(&reader);
		row->cert.names = arena_str(arena, wire_get_text(&reader, LIMIT_TEXT_BYTES));
		row->cert.issuer = arena_str(arena, wire_get_text(&reader, LIMIT_TEXT_BYTES));
		row->cert.key = arena_str(arena, wire_get_text(&reader, LIMIT_NAME_BYTES));
		row->cert.key_sha256 = arena_str(arena, wire_get_text(&reader, LIMIT_NAME_BYTES));
	} else if (row->kind == OBSERVED_FINDING) {
		row->severity = wire_get_u8(&reader);
	}
	return !reader.failed;
}

static bool read_rows(struct query *query, struct arena *arena, struct observation **out, size_t *out_count,
                      struct err *err)
{
	void *rows = NULL;
	size_t count = 0, room = 0;
	bool ok = query != NULL;

	while (ok && db_next(query)) {
		struct observation *row = arena_push(arena, &rows, &count, &room, sizeof *row);
		*row = (struct observation){.id = db_get_int(query, 0),
		                            .kind = (enum observation_kind)db_get_int(query, 1),
		                            .subject = arena_str(arena, db_get_text(query, 2)),
		                            .place = arena_str(arena, db_get_text(query, 3)),
		                            .value = arena_str(arena, db_get_text(query, 4)),
		                            .text = arena_str(arena, db_get_text(query, 5)),
		                            .first_seen = db_get_int(query, 7),
		                            .last_seen = db_get_int(query, 8),
		                            .gone_at = db_is_null(query, 9) ? INSTANT_NONE : db_get_int(query, 9)};
		ok = ((unsigned)row->kind < OBSERVATION_KIND_COUNT && read_detail(db_get_blob(query, 6), arena, row)) ||
		     err_set(err, ERR_SETUP, "a stored observation is damaged");
	}
	ok = db_end(query, ok ? err : NULL) && ok;
	if (ok) {
		*out = rows;
		*out_count = count;
	}
	return ok;
}

/* --- writing --- */

static bool insert(struct store *store, int64_t subject, const struct observation *row, instant at, struct err *err)
{
	struct buf detail;

	buf_init(&detail, KIB(256));
	write_detail(row, &detail);
	bool ok = db_run(store->db,
	                 "INSERT INTO observation (kind, subject, place, value, text, detail, first_seen, last_seen)"
	                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	                 DB_VALUES(db_int(row->kind), db_int(subject), db_text(row->place.len > 0 ? row->place : STR("")),
	                           db_text(row->value.len > 0 ? row->value : STR("")), db_text(row->text),
	                           detail.len > 0 ? db_blob(buf_view(&detail)) : db_null(), db_int(at), db_int(at)),
	                 err);
	buf_done(&detail);
	return ok;
}

/* The text may differ although the value does not: the latest is shown. */
static bool see_again(struct store *store, const struct observation *was, const struct observation *row, instant at,
                      struct err *err)
{
	struct buf detail;

	buf_init(&detail, KIB(256));
	write_detail(row, &detail);
	bool ok = db_run(store->db, "UPDATE observation SET last_seen = ?, text = ?, detail = ? WHERE id = ?",
	                 DB_VALUES(db_int(at), db_text(row->text), detail.len > 0 ? db_blob(buf_view(&detail)) : db_null(),
	                           db_int(was->id)),
	                 err);
	buf_done(&detail);
	return ok;
}

static const struct observation *find(const struct observation *rows, size_t n, const struct observation *like)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(rows[i].value, like->value) && str_eq(rows[i].place, like->place))
			return &rows[i];
	return NULL;
}

bool observations_put(struct store *store, const struct observations_seen *seen, struct arena *arena,
                      struct observation **out_gone, size_t *out_gone_count, size_t *out_new, struct err *err)
{
	struct observation *rows = NULL;
	size_t count = 0;
	int64_t subject;

	*out_gone = NULL;
	*out_gone_count = *out_new = 0;
	if (!names_put(store->names, seen->subject, &subject, err) ||
	    !read_rows(db_ask(store->db,
	                      "SELECT " COLUMNS " FROM observation o JOIN name n ON n.id = o.subject"
	                      " WHERE o.subject = ? AND o.kind = ? AND o.gone_at IS NULL",
	                      DB_VALUES(db_int(subject), db_int(seen->kind)), err),
	               arena, &rows, &count, err))
		return false;
	*out_gone = ARENA_ARRAY(arena, count + 1, struct observation);
	for (size_t i = 0; i < count; i++) {
		if (find(seen->rows, seen->count, &rows[i]) != NULL || !seen->is_gone(seen->context, &rows[i]))
			continue;
		rows[i].gone_at = seen->at;
		(*out_gone)[(*out_gone_count)++] = rows[i];
		if (!db_run(store->db, "UPDATE observation SET gone_at = ? WHERE id = ?",
		            DB_VALUES(db_int(seen->at), db_int(rows[i].id)), err))
			return false;
	}
	for (size_t i = 0; i < seen->count; i++) {
		const struct observation *was = find(rows, count, &seen->rows[i]);
		struct observation row = seen->rows[i];
		row.kind = seen->kind;
		if (find(seen->rows, i, &seen->rows[i]) != NULL)
			continue;
		*out_new += was == NULL;
		if (!(was == NULL ? insert(store, subject, &row, seen->at, err)
		                  : see_again(store, was, &row, seen->at, err)))
			return false;
	}
	return true;
}

/* --- views --- */

/* Facts of the DNS, but whose domains they are is not: a tenant sees his own. */
static bool may_see(struct store *store, struct str subject, bool *out_may, struct err *err)
{
	int64_t may = 1;

	if (store->tenant != 0 &&
	    !db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM owned o JOIN name n ON n.id = o.id WHERE n.text = ?1 AND o.tenant = ?2)",
	               DB_VALUES(db_text(subject), db_int(store->tenant)), 0, &may, err))
		return false;
	*out_may = may != 0;
	return true;
}

bool observations_list(struct store *store, const struct observations_filter *filter, struct arena *arena,
                       struct observation **out, size_t *out_count, struct err *err)
{
	bool may;

	if (!may_see(store, filter->subject, &may, err))
		return false;
	*out = NULL;
	*out_count = 0;
	return !may ||
	       read_rows(db_ask(store->db,
	                        "SELECT " COLUMNS " FROM observation o JOIN name n ON n.id = o.subject WHERE n.text = ?1"
	                        " AND ((?2 < 0 AND o.kind <> 6) OR o.kind = ?2) AND (?3 OR o.gone_at IS NULL)"
	                        " ORDER BY o.first_seen DESC, o.id DESC LIMIT ?4",
	                        DB_VALUES(db_text(filter->subject), db_int(filter->kind), db_int(filter->with_gone),
	                                  db_uint(filter->most > 0 ? filter->most : LIST_MOST)),
	                        err),
	                 arena, out, out_count, err);
}

bool observations_of_domain(struct store *store, struct str domain, bool with_gone, size_t most, struct arena *arena,
                            struct observation **out, size_t *out_count, struct err *err)
{
	bool may;

	if (!may_see(store, domain, &may, err))
		return false;
	*out = NULL;
	*out_count = 0;
	return !may || read_rows(db_ask(store->db,
	                                SERVERS " SELECT " COLUMNS " FROM observation o JOIN name n ON n.id = o.subject"
	                                        " WHERE o.subject IN (SELECT id FROM subjects) AND (o.kind <> 6 OR n.text = ?1)"
	                                        " AND (?2 OR o.gone_at IS NULL)"
	                                        " ORDER BY o.first_seen DESC, o.id DESC LIMIT ?3",
	                                DB_VALUES(db_text(domain), db_int(with_gone), db_uint(most > 0 ? most : LIST_MOST)),
	                                err),
	                         arena, out, out_count, err);
}

bool observations_found(struct store *store, struct str place, struct str code, uint64_t *out_count, struct err *err)
{
	int64_t count;

	if (!db_number(store->db,
	               "SELECT count(*) FROM observation WHERE kind = 6 AND gone_at IS NULL AND place = ? AND value = ?",
	               DB_VALUES(db_text(place), db_text(code)), 0, &count, err))
		return false;
	*out_count = (uint64_t)count;
	return true;
}

bool observations_domains(struct store *store, struct str place, struct arena *arena, struct str_list *out,
                          struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT DISTINCT n.text FROM observation o JOIN name n ON n.id = o.subject"
	                             " WHERE o.kind = 6 AND o.gone_at IS NULL AND o.place = ? ORDER BY n.text LIMIT 100",
	                             DB_VALUES(db_text(place)), err);
	void *items = NULL;
	size_t count = 0, room = 0;

	while (query != NULL && db_next(query))
		*(struct str *)arena_push(arena, &items, &count, &room, sizeof(struct str)) =
		    arena_str(arena, db_get_text(query, 0));
	*out = (struct str_list){.items = items, .count = count};
	return db_end(query, err);
}
