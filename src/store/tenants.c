/* SPDX-License-Identifier: ISC */
#include "store/tenants.h"

#include "store/inner.h"
#include "store/original.h"
#include "sys/digest.h"

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return arena_str(arena, db_get_text(query, column));
}

bool tenants_settings(struct store *store, int64_t id, struct arena *arena, struct tenant_settings *out, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT t.id, name, title, logo_text, colour, language, most_domains, originals_days, token,"
	                             " (SELECT count(*) FROM domain WHERE tenant = ?1), coalesce(l.hash, '')"
	                             " FROM tenant t LEFT JOIN tenant_logo l ON l.tenant = t.id WHERE t.id = ?1 AND (?2 = 0 OR t.id = ?2)",
	                             DB_VALUES(db_int(id), db_int(store->tenant)), err);
	struct tenant_settings settings = {0};
	bool found = query != NULL && db_next(query);

	if (found)
		settings = (struct tenant_settings){.id = db_get_int(query, 0),
		                                    .name = text_at(query, 1, arena),
		                                    .title = text_at(query, 2, arena),
		                                    .logo_text = text_at(query, 3, arena),
		                                    .colour = text_at(query, 4, arena),
		                                    .language = text_at(query, 5, arena),
		                                    .most_domains = (uint64_t)db_get_int(query, 6),
		                                    .originals_days = (uint32_t)db_get_int(query, 7),
		                                    .token = text_at(query, 8, arena),
		                                    .domains = (uint64_t)db_get_int(query, 9),
		                                    .logo_hash = text_at(query, 10, arena)};
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "there is no such tenant");
	*out = settings;
	return true;
}

bool tenants_set(struct store *store, const struct tenant_settings *settings, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db,
	                 "UPDATE tenant SET title = ?, logo_text = ?, colour = ?, language = ?, most_domains = ?, originals_days = ?"
	                 " WHERE id = ?",
	                 DB_VALUES(db_text(settings->title), db_text(settings->logo_text), db_text(settings->colour),
	                           db_text(settings->language), db_uint(settings->most_domains),
	                           db_uint(settings->originals_days), db_int(settings->id)),
	                 err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_MISSING, "there is no such tenant");
	return store_end(store, ok, err);
}

bool tenants_set_token(struct store *store, int64_t id, struct str token, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	return store_end(store, db_run(store->db, "UPDATE tenant SET token = ? WHERE id = ?", DB_VALUES(db_text(token), db_int(id)), err), err);
}

bool tenants_of_token(struct store *store, struct str token, int64_t *out_id, struct err *err)
{
	int64_t id;

	if (token.len == 0)
		return err_set(err, ERR_MISSING, "there is no such address");
	if (!db_number(store->db, "SELECT id FROM tenant WHERE token = ?", DB_VALUES(db_text(token)), 0, &id, err))
		return false;
	if (id == 0)
		return err_set(err, ERR_MISSING, "there is no such address");
	*out_id = id;
	return true;
}

/* --- the logo --- */

bool tenants_logo(struct store *store, int64_t id, struct arena *arena, struct str *out, struct err *err)
{
	struct query *query = db_ask(store->db, "SELECT png FROM tenant_logo WHERE tenant = ?1 AND (?2 = 0 OR tenant = ?2)",
	                             DB_VALUES(db_int(id), db_int(store->tenant)), err);
	struct str png = STR("");

	if (query != NULL && db_next(query))
		png = arena_str(arena, db_get_blob(query, 0));
	if (!db_end(query, err))
		return false;
	*out = png;
	return true;
}

static bool put_logo(struct store *store, int64_t id, struct str png, struct err *err)
{
	unsigned char hash[DIGEST_SHA256_BYTES];

	digest_sha256(png, hash);
	return db_run(store->db, "INSERT INTO tenant_logo (tenant, hash, png) VALUES (?, lower(hex(?)), ?)",
	              DB_VALUES(db_int(id), db_blob(str_make((const char *)hash, sizeof hash)), db_blob(png)), err);
}

bool tenants_set_logo(struct store *store, int64_t id, struct str png, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "DELETE FROM tenant_logo WHERE tenant = ?", DB_VALUES(db_int(id)), err) &&
	          (png.len == 0 || put_logo(store, id, png, err));
	return store_end(store, ok, err);
}

/* --- originals of his own time --- */

struct sweep {
	struct store *store;
	int64_t tenant, at; /* the last arrival that was looked at */
	instant now, before;
	uint32_t deleted;
	struct err *err;
};

/* Whether nobody whose units stand in the reports of the arrival wants its original any more. */
static bool is_over(struct sweep *sweep, int64_t arrival, int64_t report, instant received_at, bool *out)
{
	int64_t wanted;

	if (!db_number(sweep->store->db,
	               "SELECT count(*) FROM (SELECT ?1 AS report UNION SELECT report FROM arrival_report WHERE arrival = ?2) r"
	               " JOIN unit u ON u.report = r.report WHERE NOT EXISTS (SELECT 1 FROM owned w JOIN tenant t ON t.id = w.tenant"
	               " WHERE w.id = u.domain AND t.originals_days > 0 AND ?3 < ?4 - t.originals_days * 86400)",
	               DB_VALUES(db_int(report), db_int(arrival), db_int(received_at), db_int(sweep->now)), 0, &wanted, sweep->err))
		return false;
	*out = wanted == 0;
	return true;
}

static bool look_at(struct sweep *sweep, int64_t arrival, int64_t original, int64_t report, instant received_at)
{
	int64_t freed;
	bool over;

	if (report == 0 || original == 0)
		return true;
	if (!is_over(sweep, arrival, report, received_at, &over))
		return false;
	if (!over)
		return true;
	if (!original_delete_one(sweep->store->originals, original, &freed, sweep->err))
		return false;
	sweep->store->counters.original_bytes -= freed;
	sweep->deleted += freed > 0;
	return true;
}

/* The next arrival, unless it is too young; `*out_end` when there is none. */
static bool step(struct sweep *sweep, bool *out_end)
{
	struct query *query = db_ask(sweep->store->db,
	                             "SELECT id, original, report, received_at FROM arrival WHERE id > ? ORDER BY id LIMIT 1",
	                             DB_VALUES(db_int(sweep->at)), sweep->err);
	int64_t id = 0, original = 0, report = 0;
	instant received_at = 0;

	*out_end = query == NULL || !db_next(query);
	if (!*out_end) {
		id = db_get_int(query, 0);
		original = db_get_int(query, 1);
		report = db_get_int(query, 2);
		received_at = db_get_int(query, 3);
	}
	if (!db_end(query, sweep->err))
		return false;
	*out_end = *out_end || received_at >= sweep->before;
	if (*out_end)
		return true;
	sweep->at = id;
	return look_at(sweep, id, original, report, received_at);
}

static bool sweep_one(struct sweep *sweep, uint32_t most, bool *out_more)
{
	bool end = false;

	for (uint32_t i = 0; i < most && !end; i++)
		if (!step(sweep, &end))
			return false;
	*out_more = *out_more || !end;
	return db_run(sweep->store->db, "UPDATE tenant SET originals_swept = ? WHERE id = ?",
	              DB_VALUES(db_int(sweep->at), db_int(sweep->tenant)), sweep->err);
}

/* The next tenant with days of his own, which are fewer than the house's: what the house lets go is gone for all. */
static bool next_tenant(struct sweep *sweep, bool *out_end)
{
	int64_t house = sweep->store->policy.originals_days == 0 ? INT32_MAX : (int64_t)sweep->store->policy.originals_days;
	struct query *query = db_ask(sweep->store->db,
	                             "SELECT id, originals_swept, originals_days FROM tenant WHERE id > ? AND originals_days > 0"
	                             " AND originals_days < ? ORDER BY id LIMIT 1",
	                             DB_VALUES(db_int(sweep->tenant), db_int(house)), sweep->err);

	*out_end = query == NULL || !db_next(query);
	if (!*out_end) {
		sweep->tenant = db_get_int(query, 0);
		sweep->at = db_get_int(query, 1);
		sweep->before = sweep->now - db_get_int(query, 2) * SECS_PER_DAY;
	}
	return db_end(query, sweep->err);
}

bool tenants_retain(struct store *store, instant now, uint32_t most, uint32_t *out_deleted, bool *out_more, struct err *err)
{
	struct sweep sweep = {.store = store, .now = now, .err = err};
	bool end = false, ok = true;

	*out_deleted = 0;
	*out_more = false;
	if (!store_begin(store, err))
		return false;
	while (ok && !end)
		ok = next_tenant(&sweep, &end) && (end || sweep_one(&sweep, most, out_more));
	*out_deleted = ok ? sweep.deleted : 0;
	return store_end(store, ok, err);
}
