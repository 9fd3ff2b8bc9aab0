/* SPDX-License-Identifier: ISC */
#include "store/published.h"

#include "base/limits.h"
#include "store/inner.h"

#define PLACE_AGAIN_SECS 60
#define PLACE_AGAIN_MOST_SECS 3600
#define PLACE_NOTED_SECS 86400 /* what is as it was is noted once a day */

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return arena_str(arena, db_get_text(query, column));
}

static struct str_list read_lines(struct str text, struct arena *arena)
{
	struct str_list list = {0};
	size_t room = 0;

	for (struct str rest = text; rest.p != NULL && text.len > 0;) {
		struct str line = str_cut(&rest, '\n');
		if (line.len > 0)
			*(struct str *)arena_push(arena, (void **)&list.items, &list.count, &room, sizeof line) = line;
	}
	return list;
}

/* ?1 is the tenant.  A domain takes its policies along to another tenant, but not who published them. */
#define COLUMNS "SELECT p.n, d.text, p.id, p.mode, p.max_age, p.mx, p.text, iif(?1 = 0 OR p.tenant = ?1, p.who, ''), p.at, p.wave," \
	" p.overruled FROM published p JOIN name d ON d.id = p.domain" \
	" WHERE (?1 = 0 OR p.domain IN (SELECT id FROM owned WHERE tenant = ?1))"

static void read_row(struct query *query, struct arena *arena, struct published *out)
{
	int64_t mode = db_get_int(query, 3);

	*out = (struct published){
	    .n = db_get_int(query, 0), .domain = text_at(query, 1, arena), .id = text_at(query, 2, arena),
	    .text = text_at(query, 6, arena), .who = text_at(query, 7, arena), .at = db_get_int(query, 8),
	    .wave = db_get_int(query, 9), .overruled = (unsigned)db_get_int(query, 10)};
	out->policy = (struct sts_policy){.is_valid = true,
	                                  .mode = mode < 0 || mode >= MODE_COUNT ? MODE_NOT_STATED : (enum sts_mode)mode,
	                                  .has_max_age = true,
	                                  .max_age_secs = (uint64_t)db_get_int(query, 4),
	                                  .mx = read_lines(text_at(query, 5, arena), arena)};
}

static bool read_rows(struct query *query, struct arena *arena, struct published_list *out, struct err *err)
{
	size_t room = 0;

	*out = (struct published_list){0};
	while (query != NULL && db_next(query))
		read_row(query, arena, arena_push(arena, (void **)&out->rows, &out->count, &room, sizeof *out->rows));
	return db_end(query, err);
}

bool published_history(struct store *store, struct str domain, struct arena *arena, struct published_list *out,
                       struct err *err)
{
	return read_rows(db_ask(store->db, COLUMNS " AND p.domain = (SELECT id FROM name WHERE text = ?2) ORDER BY p.n DESC",
	                        DB_VALUES(db_int(store->tenant), db_text(domain)), err),
	                 arena, out, err);
}

bool published_now(struct store *store, struct str domain, struct arena *arena, struct published *out, struct err *err)
{
	struct published_list list;

	if (!published_history(store, domain, arena, &list, err))
		return false;
	*out = list.count > 0 ? list.rows[0] : (struct published){0};
	return true;
}

bool published_all(struct store *store, struct arena *arena, struct published_list *out, struct err *err)
{
	return read_rows(db_ask(store->db,
	                        COLUMNS " AND p.n = (SELECT max(q.n) FROM published q WHERE q.domain = p.domain) ORDER BY d.text",
	                        DB_VALUES(db_int(store->tenant)), err),
	                 arena, out, err);
}

bool published_last_wave(struct store *store, int64_t *out_wave, struct err *err)
{
	return db_number(store->db, "SELECT max(wave) FROM published WHERE wave > 0 AND (?1 = 0 OR tenant = ?1)",
	                 DB_VALUES(db_int(store->tenant)), 0, out_wave, err);
}

bool published_version(struct store *store, int64_t *out_version, int64_t *out_places, struct err *err)
{
	struct query *query = db_ask(store->db, "SELECT version, places FROM shelf", NULL, 0, err);

	if (query != NULL && db_next(query)) {
		*out_version = db_get_int(query, 0);
		*out_places = db_get_int(query, 1);
	}
	return db_end(query, err);
}

bool published_shelf(struct store *store, struct arena *arena, struct shelf_row **out, size_t *out_count, struct err *err)
{
	void *rows = NULL;
	size_t count = 0, room = 0;
	struct query *query = db_ask(
	    store->db,
	    "SELECT n.text, p.text, l.leads, l.seen_at FROM published p JOIN domain d ON d.id = p.domain JOIN name n ON n.id = p.domain"
	    " LEFT JOIN policy_place l ON l.domain = p.domain"
	    " WHERE p.n = (SELECT max(q.n) FROM published q WHERE q.domain = p.domain) AND p.text <> ''"
	    " AND (d.proven > 0 OR (SELECT count(*) FROM tenant) < 2) ORDER BY n.text",
	    NULL, 0, err);

	while (query != NULL && db_next(query)) {
		struct shelf_row *row = arena_push(arena, &rows, &count, &room, sizeof *row);
		*row = (struct shelf_row){.domain = text_at(query, 0, arena),
		                          .text = text_at(query, 1, arena),
		                          .leads_here = db_get_int(query, 2) == PLACE_HERE,
		                          .seen_at = db_is_null(query, 3) ? INSTANT_NONE : db_get_int(query, 3)};
	}
	if (!db_end(query, err))
		return false;
	*out = rows;
	*out_count = count;
	return true;
}

bool published_place(struct store *store, struct str domain, enum place_leads *out_leads, instant *out_at, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT leads, seen_at FROM policy_place WHERE domain = (SELECT id FROM name WHERE text = ?1)"
	                             " AND (?2 = 0 OR domain IN (SELECT id FROM owned WHERE tenant = ?2))",
	                             DB_VALUES(db_text(domain), db_int(store->tenant)), err);

	*out_leads = PLACE_UNKNOWN;
	*out_at = INSTANT_NONE;
	if (query != NULL && db_next(query) && !db_is_null(query, 1)) {
		int64_t leads = db_get_int(query, 0);
		*out_leads = leads < 0 || leads >= PLACE_LEADS_COUNT ? PLACE_UNKNOWN : (enum place_leads)leads;
		*out_at = db_get_int(query, 1);
	}
	return db_end(query, err);
}

/* --- changes --- */

static bool find_listed(struct store *store, struct str name, int64_t *out_id, int64_t *out_tenant, struct err *err)
{
	int64_t proven = 0, tenants = 0;
	struct query *query = db_ask(store->db,
	                             "SELECT d.id, d.tenant, d.proven, (SELECT count(*) FROM tenant) FROM domain d"
	                             " JOIN name n ON n.id = d.id WHERE n.text = ?1 AND (?2 = 0 OR d.tenant = ?2)",
	                             DB_VALUES(db_text(name), db_int(store->tenant)), err);

	*out_id = 0;
	if (query != NULL && db_next(query)) {
		*out_id = db_get_int(query, 0);
		*out_tenant = db_get_int(query, 1);
		proven = db_get_int(query, 2);
		tenants = db_get_int(query, 3);
	}
	if (!db_end(query, err))
		return false;
	if (*out_id == 0)
		return err_set(err, ERR_MISSING, "this domain is not listed");
	return proven > 0 || tenants < 2 ||
	       err_set(err, ERR_DENIED, "there are several tenants, and nobody has proven that this domain is theirs");
}

static struct str join_lines(const struct str_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		buf_str(out, list->items[i]);
		buf_byte(out, '\n');
	}
	return buf_view(out);
}

static bool insert(struct store *store, const struct published *one, int64_t id, int64_t tenant, int64_t expected,
                   struct err *err)
{
	int64_t newest, used;
	struct buf mx;

	if (!db_number(store->db, "SELECT max(n) FROM published WHERE domain = ?", DB_VALUES(db_int(id)), 0, &newest, err) ||
	    !db_number(store->db, "SELECT 1 FROM published WHERE domain = ? AND id = ?",
	               DB_VALUES(db_int(id), db_text(one->id)), 0, &used, err))
		return false;
	if (newest != expected)
		return err_set(err, ERR_LATER, "somebody else has published a policy for this domain just now: look again");
	if (used != 0)
		return err_set(err, ERR_INPUT, "this id was used before");
	buf_init(&mx, STS_POLICY_MOST_BYTES);
	struct str lines = join_lines(&one->policy.mx, &mx);
	bool ok = db_run(store->db,
	                 "INSERT INTO published (domain, tenant, id, mode, max_age, mx, text, who, at, wave, overruled)"
	                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                 DB_VALUES(db_int(id), db_int(tenant), db_text(one->id), db_int(one->policy.mode),
	                           db_uint(one->policy.max_age_secs), db_text(lines), db_text(one->text), db_text(one->who),
	                           db_int(one->at), db_int(one->wave), db_int(one->overruled)),
	                 err);
	buf_done(&mx);
	return ok;
}

bool published_add(struct store *store, const struct published *one, int64_t expected, int64_t *out_n, struct err *err)
{
	int64_t id, tenant = 0, n = 0;

	if (!store_begin(store, err))
		return false;
	bool ok = find_listed(store, one->domain, &id, &tenant, err) && insert(store, one, id, tenant, expected, err);
	if (ok)
		ok = db_number(store->db, "SELECT max(n) FROM published WHERE domain = ?", DB_VALUES(db_int(id)), 0, &n, err);
	ok = store_end(store, ok, err);
	if (ok)
		*out_n = n;
	return ok;
}

/* --- where mta-sts.DOMAIN leads --- */

bool published_places_due(struct store *store, instant now, size_t most, struct arena *arena, struct str_list *out,
                          instant *out_next, struct err *err)
{
	size_t room = 0;
	int64_t next;
	struct query *query = db_ask(store->db,
	                             "SELECT n.text FROM policy_place l JOIN name n ON n.id = l.domain WHERE l.due_at <= ?"
	                             " ORDER BY l.due_at LIMIT ?",
	                             DB_VALUES(db_int(now), db_uint(most)), err);

	*out = (struct str_list){0};
	while (query != NULL && db_next(query))
		*(struct str *)arena_push(arena, (void **)&out->items, &out->count, &room, sizeof *out->items) =
		    text_at(query, 0, arena);
	if (!db_end(query, err) ||
	    !db_number(store->db, "SELECT min(due_at) FROM policy_place WHERE due_at > ?", DB_VALUES(db_int(now)), 0, &next, err))
		return false;
	*out_next = next == 0 ? INSTANT_NONE : next;
	return true;
}

bool published_place_told(struct store *store, struct str domain, enum place_leads leads, instant now, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	/* Elsewhere is asked for again soon, so that a name that is just being set up is found; then ever more rarely. */
	bool ok = db_run(store->db,
	                 "UPDATE policy_place SET tries = iif(?2 = 1, 0, min(tries + 1, 10)),"
	                 " due_at = ?3 + iif(?2 = 1, ?5, min(?5, ?4 << min(tries, 6)))"
	                 " WHERE domain = (SELECT id FROM name WHERE text = ?1)",
	                 DB_VALUES(db_text(domain), db_int(leads), db_int(now), db_int(PLACE_AGAIN_SECS),
	                           db_int(PLACE_AGAIN_MOST_SECS)),
	                 err);
	if (ok && leads != PLACE_UNKNOWN)
		ok = db_run(store->db,
		            "UPDATE policy_place SET leads = ?2, seen_at = ?3 WHERE domain = (SELECT id FROM name WHERE text = ?1)"
		            " AND (leads <> ?2 OR seen_at IS NULL OR seen_at <= ?3 - ?4)",
		            DB_VALUES(db_text(domain), db_int(leads), db_int(now), db_int(PLACE_NOTED_SECS)), err);
	return store_end(store, ok, err);
}
