/* SPDX-License-Identifier: ISC */
#include "store/store_domains.h"

#include <assert.h>

#include "base/limits.h"
#include "store/inner.h"
#include "sys/org_domain.h"

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return db_is_null(query, column) ? STR_NONE : arena_str(arena, db_get_text(query, column));
}

/* --- what belongs to whom, and what counts --- */

/* Out of the sums and in again, by the list as it is now. */
static bool settle_reports(struct store *store, const char *sql, const struct db_value *values, size_t n,
                           struct err *err)
{
	struct arena arena;
	int64_t *ids = NULL;
	size_t count = 0, room = 0;

	arena_init(&arena, MIB(512));
	struct query *query = db_ask(store->db, sql, values, n, err);
	while (query != NULL && db_next(query))
		*(int64_t *)arena_push(&arena, (void **)&ids, &count, &room, sizeof *ids) = db_get_int(query, 0);
	bool ok = db_end(query, err);
	for (size_t i = 0; ok && i < count; i++) {
		struct version version;
		bool found;
		ok = settle_read(store, ids[i], &version, &found, err);
		if (!ok || !found || version.state != REPORT_COUNTED)
			continue;
		ok = settle_set_state(store, &version, REPORT_TWIN, err) && settle_identity(store, ids[i], err);
	}
	arena_done(&arena);
	return ok;
}

static bool settle_all(struct store *store, struct err *err)
{
	return settle_reports(store, "SELECT id FROM report WHERE state = 0", NULL, 0, err);
}

static bool settle_name(struct store *store, int64_t name, struct err *err)
{
	return settle_reports(store, "SELECT DISTINCT report FROM unit WHERE domain = ?", DB_VALUES(db_int(name)), err);
}

static bool count_units(struct store *store, uint64_t *out_units, uint64_t *out_successful, uint64_t *out_failed,
                        struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT coalesce(sum(units), 0), coalesce(sum(successful), 0), coalesce(sum(failed), 0)"
	                             " FROM series WHERE ?1 = 0 OR domain IN (SELECT id FROM owned WHERE tenant = ?1)",
	                             DB_VALUES(db_int(store->tenant)), err);
	if (query != NULL && db_next(query)) {
		*out_units = (uint64_t)db_get_int(query, 0);
		*out_successful = (uint64_t)db_get_int(query, 1);
		*out_failed = (uint64_t)db_get_int(query, 2);
	}
	return db_end(query, err);
}

static bool count_listed(struct store *store, struct err *err)
{
	return db_number(store->db, "SELECT count(*) FROM domain", NULL, 0, 0, &store->listed_domains, err);
}

/* Ends the transaction of a change: kept, or only looked at. */
static bool finish(struct store *store, bool ok, bool dry_run, struct err *err)
{
	if (ok && !dry_run && sums_owners(store, err))
		return store_commit(store, err);
	store_rollback(store);
	return ok && dry_run;
}

static bool find_domain(struct store *store, struct str name, int64_t *out_id, struct err *err)
{
	int64_t listed = 0;

	if (!names_find(store->names, name, out_id, err) ||
	    (*out_id > 0 && !db_number(store->db, "SELECT 1 FROM domain WHERE id = ?1 AND (?2 = 0 OR tenant = ?2)",
	                               DB_VALUES(db_int(*out_id), db_int(store->tenant)), 0, &listed, err)))
		return false;
	return listed != 0 || err_set(err, ERR_MISSING, "this domain is not listed");
}

static bool insert_domain(struct store *store, const struct domain_row *row, int64_t *out_id, struct err *err)
{
	int64_t owner;

	if (!names_put(store->names, row->name, out_id, err) ||
	    !db_number(store->db, "SELECT tenant FROM domain WHERE id = ?", DB_VALUES(db_int(*out_id)), -1, &owner, err))
		return false;
	if (owner >= 0 && store->tenant != 0 && owner != store->tenant)
		return err_set(err, ERR_DENIED, "this domain cannot be added; who runs this house knows why");
	if (owner >= 0)
		return err_set(err, ERR_INPUT, "this domain is listed already");
	if (store->tenant != 0 && row->tenant != store->tenant)
		return err_set(err, ERR_DENIED, "a tenant adds domains to his own alone");
	return db_run(store->db, "INSERT INTO domain (id, tenant, token, nonce, created_at) VALUES (?, ?, ?, ?, ?)",
	              DB_VALUES(db_int(*out_id), db_int(row->tenant), db_text(row->token), db_text(row->nonce),
	                        db_int(row->created_at)), err);
}

bool store_domain_add(struct store *store, const struct domain_row *row, bool dry_run, struct domain_change *out,
                      struct err *err)
{
	struct domain_change change = {0};
	int64_t id = 0;

	if (row->name.len == 0 || row->token.len == 0)
		return err_set(err, ERR_INPUT, "a domain needs a name and a token");
	if (!store_begin(store, err))
		return false;
	bool is_first = store->listed_domains == 0;
	bool ok = count_units(store, &change.counted_before, &change.successful_before, &change.failed_before, err) &&
	          insert_domain(store, row, &id, err) && count_listed(store, err) &&
	          (is_first ? settle_all(store, err) : settle_name(store, id, err)) &&
	          count_units(store, &change.counted_after, &change.successful_after, &change.failed_after, err);
	ok = finish(store, ok, dry_run, err);
	if (ok)
		*out = change;
	return ok;
}

/* The names whose units this domain brings in: its own, and its MX hosts. */
static bool settle_domain(struct store *store, int64_t id, struct err *err)
{
	return settle_reports(store,
	                      "SELECT DISTINCT report FROM unit WHERE domain = ?1"
	                      " OR domain IN (SELECT host FROM domain_mx WHERE domain = ?1)",
	                      DB_VALUES(db_int(id)), err);
}

static bool remove_listed(struct store *store, int64_t id, struct err *err)
{
	struct arena arena;
	int64_t *hosts = NULL;
	size_t count = 0, room = 0;

	arena_init(&arena, MIB(16));
	struct query *query = db_ask(store->db, "SELECT host FROM domain_mx WHERE domain = ?", DB_VALUES(db_int(id)), err);
	while (query != NULL && db_next(query))
		*(int64_t *)arena_push(&arena, (void **)&hosts, &count, &room, sizeof *hosts) = db_get_int(query, 0);
	bool ok = db_end(query, err) && db_run(store->db, "DELETE FROM domain_mx WHERE domain = ?", DB_VALUES(db_int(id)), err) &&
	          db_run(store->db, "DELETE FROM domain WHERE id = ?", DB_VALUES(db_int(id)), err) &&
	          count_listed(store, err);
	if (ok && store->listed_domains == 0)
		ok = settle_all(store, err);
	else
		ok = ok && settle_name(store, id, err);
	for (size_t i = 0; ok && i < count; i++)
		ok = settle_name(store, hosts[i], err);
	arena_done(&arena);
	return ok;
}

bool store_domain_remove(struct store *store, struct str name, bool dry_run, struct domain_change *out,
                         struct err *err)
{
	struct domain_change change = {0};
	int64_t id;

	if (!store_begin(store, err))
		return false;
	bool ok = find_domain(store, name, &id, err) &&
	          count_units(store, &change.counted_before, &change.successful_before, &change.failed_before, err) &&
	          remove_listed(store, id, err) &&
	          count_units(store, &change.counted_after, &change.successful_after, &change.failed_after, err);
	ok = finish(store, ok, dry_run, err);
	if (ok)
		*out = change;
	return ok;
}

bool store_domain_edit(struct store *store, const struct domain_row *row, struct err *err)
{
	int64_t id;

	if (store->tenant != 0 && row->tenant != store->tenant)
		return err_set(err, ERR_DENIED, "a domain is given to another tenant by the house alone");
	if (!store_begin(store, err))
		return false;
	bool ok = find_domain(store, row->name, &id, err) &&
	          db_run(store->db, "UPDATE domain SET tenant = ?, token = ?, state = ? WHERE id = ?",
	                 DB_VALUES(db_int(row->tenant), db_text(row->token), db_int(row->is_paused), db_int(id)), err);
	return finish(store, ok, false, err);
}

bool store_domain_prove(struct store *store, struct str name, enum domain_proof proof, instant at, struct err *err)
{
	int64_t id;

	if (proof == DOMAIN_PROVEN_OPERATOR && !store_must_be_house(store, err))
		return false;
	if (!store_begin(store, err))
		return false;
	bool ok = find_domain(store, name, &id, err) &&
	          db_run(store->db, "UPDATE domain SET proven = ?, proven_at = ? WHERE id = ?",
	                 DB_VALUES(db_int(proof), proof == DOMAIN_UNPROVEN ? db_null() : db_int(at), db_int(id)), err);
	return finish(store, ok, false, err);
}

static bool insert_hosts(struct store *store, int64_t id, struct str name, const struct str_list *hosts,
                         struct err *err)
{
	for (size_t i = 0; i < hosts->count; i++) {
		int64_t host;
		if (hosts->items[i].len == 0)
			continue;
		if (!names_put(store->names, hosts->items[i], &host, err) ||
		    !db_run(store->db, "INSERT INTO domain_mx (domain, host, own) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		            DB_VALUES(db_int(id), db_int(host), db_int(org_domain_same(name, hosts->items[i]))), err))
			return false;
	}
	return true;
}

bool store_domain_set_mx(struct store *store, struct str name, const struct str_list *hosts, struct domain_change *out,
                         struct err *err)
{
	struct domain_change change = {0};
	int64_t id;

	if (!store_begin(store, err))
		return false;
	/* The reports of the hosts before and after are settled, each by the list as it is at the end. */
	bool ok = find_domain(store, name, &id, err) &&
	          count_units(store, &change.counted_before, &change.successful_before, &change.failed_before, err) &&
	          db_run(store->db, "CREATE TEMP TABLE IF NOT EXISTS host_before (host INTEGER)", NULL, 0, err) &&
	          db_run(store->db, "DELETE FROM host_before", NULL, 0, err) &&
	          db_run(store->db, "INSERT INTO host_before SELECT host FROM domain_mx WHERE domain = ?",
	                 DB_VALUES(db_int(id)), err) &&
	          db_run(store->db, "DELETE FROM domain_mx WHERE domain = ?", DB_VALUES(db_int(id)), err) &&
	          insert_hosts(store, id, name, hosts, err) && settle_domain(store, id, err) &&
	          settle_reports(store, "SELECT DISTINCT report FROM unit WHERE domain IN (SELECT host FROM host_before)", NULL,
	                         0, err) &&
	          count_units(store, &change.counted_after, &change.successful_after, &change.failed_after, err);
	ok = finish(store, ok, false, err);
	if (ok)
		*out = change;
	return ok;
}

/* --- lists --- */

#define DOMAIN_COLUMNS                                                                                                 \
	"SELECT n.text, d.tenant, coalesce(t.name, ''), d.token, d.nonce, d.proven, d.proven_at, d.state, d.created_at, d.id, coalesce(t.token, '')" \
	" FROM domain d JOIN name n ON n.id = d.id LEFT JOIN tenant t ON t.id = d.tenant"

static void read_domain(struct query *query, struct arena *arena, struct domain_row *out, int64_t *out_id)
{
	int64_t proof = db_get_int(query, 5);

	*out = (struct domain_row){
	    .name = text_at(query, 0, arena), .tenant = db_get_int(query, 1), .tenant_name = text_at(query, 2, arena),
	    .token = text_at(query, 3, arena), .nonce = text_at(query, 4, arena),
	    .proof = proof < 0 || proof >= DOMAIN_PROOF_COUNT ? DOMAIN_UNPROVEN : (enum domain_proof)proof,
	    .proven_at = db_is_null(query, 6) ? INSTANT_NONE : db_get_int(query, 6),
	    .is_paused = db_get_int(query, 7) != 0, .created_at = db_get_int(query, 8), .tenant_token = text_at(query, 10, arena)};
	*out_id = db_get_int(query, 9);
}

static bool read_hosts(struct store *store, int64_t id, struct arena *arena, struct str_list *out, struct err *err)
{
	size_t room = 0;
	struct query *query = db_ask(store->db,
	                             "SELECT n.text FROM domain_mx m JOIN name n ON n.id = m.host WHERE m.domain = ?"
	                             " ORDER BY n.text", DB_VALUES(db_int(id)), err);
	while (query != NULL && db_next(query))
		*(struct str *)arena_push(arena, (void **)&out->items, &out->count, &room, sizeof *out->items) =
		    text_at(query, 0, arena);
	return db_end(query, err);
}

static bool read_numbers(struct store *store, int64_t id, struct arena *arena, struct domain_row *out, struct err *err)
{
	if (!read_hosts(store, id, arena, &out->mx_hosts, err))
		return false;
	struct query *query = db_ask(store->db,
	                             "SELECT coalesce(sum(units), 0), coalesce(sum(successful), 0), coalesce(sum(failed), 0)"
	                             " FROM series WHERE domain = ?", DB_VALUES(db_int(id)), err);
	if (query != NULL && db_next(query)) {
		out->reports = (uint64_t)db_get_int(query, 0);
		out->successful = (uint64_t)db_get_int(query, 1);
		out->failed = (uint64_t)db_get_int(query, 2);
	}
	return db_end(query, err);
}

bool store_domain_list(struct store *store, int64_t tenant, struct arena *arena, struct domain_list *out,
                       struct err *err)
{
	size_t room = 0, id_room = 0, count = 0;
	int64_t *ids = NULL;

	*out = (struct domain_list){0};
	tenant = store->tenant != 0 ? store->tenant : tenant;
	struct query *query = db_ask(store->db, DOMAIN_COLUMNS " WHERE ?1 = 0 OR d.tenant = ?1 ORDER BY n.text",
	                             DB_VALUES(db_int(tenant)), err);
	while (query != NULL && db_next(query)) {
		struct domain_row *row = arena_push(arena, (void **)&out->rows, &out->count, &room, sizeof *row);
		read_domain(query, arena, row, arena_push(arena, (void **)&ids, &count, &id_room, sizeof *ids));
	}
	if (!db_end(query, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!read_numbers(store, ids[i], arena, &out->rows[i], err))
			return false;
	return true;
}

static bool read_one(struct store *store, struct query *query, struct arena *arena, struct domain_row *out,
                     struct err *err)
{
	int64_t id = 0;

	if (query == NULL)
		return false;
	bool found = db_next(query);
	if (found)
		read_domain(query, arena, out, &id);
	if (!db_end(query, err))
		return false;
	if (!found || (store->tenant != 0 && out->tenant != store->tenant))
		return err_set(err, ERR_MISSING, "this domain is not listed");
	return read_numbers(store, id, arena, out, err);
}

bool store_domain(struct store *store, struct str name, struct arena *arena, struct domain_row *out, struct err *err)
{
	return read_one(store, db_ask(store->db, DOMAIN_COLUMNS " WHERE n.text = ?", DB_VALUES(db_text(name)), err), arena, out,
	                err);
}

bool store_domain_owned(struct store *store, struct str name, bool *out_owned, struct err *err)
{
	int64_t owned = 1;

	if (store->tenant != 0 &&
	    !db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM owned o JOIN name n ON n.id = o.id WHERE n.text = ? AND o.tenant = ?)",
	               DB_VALUES(db_text(name), db_int(store->tenant)), 0, &owned, err))
		return false;
	*out_owned = owned != 0;
	return true;
}

bool store_domain_of_token(struct store *store, struct str token, struct arena *arena, struct domain_row *out,
                           struct err *err)
{
	if (token.len == 0)
		return err_set(err, ERR_MISSING, "there is no such address");
	return read_one(store, db_ask(store->db, DOMAIN_COLUMNS " WHERE d.token = ?", DB_VALUES(db_text(token)), err), arena,
	                out, err);
}

bool store_foreign(struct store *store, struct arena *arena, struct foreign_list *out, struct err *err)
{
	size_t room = 0;

	*out = (struct foreign_list){0};
	if (store->tenant != 0)
		return true;
	struct query *query =
	    db_ask(store->db,
	           "SELECT n.text, count(DISTINCT u.report), sum(u.successful), sum(u.failed), max(u.day) FROM unit u"
	           " INDEXED BY unit_foreign CROSS JOIN report p ON p.id = u.report CROSS JOIN name n ON n.id = u.domain WHERE u.aside = 1 AND p.state = 0"
	           " GROUP BY u.domain ORDER BY sum(u.successful) + sum(u.failed) DESC, n.text LIMIT 1000", NULL, 0, err);
	while (query != NULL && db_next(query)) {
		struct foreign_row *row = arena_push(arena, (void **)&out->rows, &out->count, &room, sizeof *row);
		row->name = text_at(query, 0, arena);
		row->reports = (uint64_t)db_get_int(query, 1);
		row->successful = (uint64_t)db_get_int(query, 2);
		row->failed = (uint64_t)db_get_int(query, 3);
		row->last_day = day_start((int32_t)db_get_int(query, 4));
	}
	return db_end(query, err);
}

/* --- tenants --- */

bool store_tenant_list(struct store *store, struct arena *arena, struct tenant_list *out, struct err *err)
{
	size_t room = 0;

	*out = (struct tenant_list){0};
	struct query *query = db_ask(store->db,
	                             "SELECT t.id, t.name, t.created_at, (SELECT count(*) FROM domain WHERE tenant = t.id)"
	                             " FROM tenant t WHERE ?1 = 0 OR t.id = ?1 ORDER BY t.name",
	                             DB_VALUES(db_int(store->tenant)), err);
	while (query != NULL && db_next(query)) {
		struct tenant_row *row = arena_push(arena, (void **)&out->rows, &out->count, &room, sizeof *row);
		row->id = db_get_int(query, 0);
		row->name = text_at(query, 1, arena);
		row->created_at = db_get_int(query, 2);
		row->domains = (uint64_t)db_get_int(query, 3);
	}
	return db_end(query, err);
}

bool store_tenant_find(struct store *store, struct str name, int64_t *out_id, struct err *err)
{
	if (!db_number(store->db, "SELECT id FROM tenant WHERE name = ?", DB_VALUES(db_text(name)), 0, out_id, err))
		return false;
	return *out_id != 0 || err_set(err, ERR_MISSING, "there is no such tenant");
}

bool store_tenant_add(struct store *store, struct str name, instant at, struct err *err)
{
	int64_t there;

	if (name.len == 0 || name.len > 200)
		return err_set(err, ERR_INPUT, "a tenant needs a name of at most 200 bytes");
	if (!store_must_be_house(store, err) || !store_begin(store, err))
		return false;
	bool ok = db_number(store->db, "SELECT id FROM tenant WHERE name = ?", DB_VALUES(db_text(name)), 0, &there, err);
	if (ok && there != 0)
		ok = err_set(err, ERR_INPUT, "there is a tenant of this name already");
	ok = ok && db_run(store->db, "INSERT INTO tenant (name, created_at) VALUES (?, ?)",
	                  DB_VALUES(db_text(name), db_int(at)), err);
	return finish(store, ok, false, err);
}

bool store_tenant_rename(struct store *store, struct str name, struct str new_name, struct err *err)
{
	int64_t id, there;

	if (new_name.len == 0 || new_name.len > 200)
		return err_set(err, ERR_INPUT, "a tenant needs a name of at most 200 bytes");
	if (!store_must_be_house(store, err) || !store_begin(store, err))
		return false;
	bool ok = store_tenant_find(store, name, &id, err) &&
	          db_number(store->db, "SELECT id FROM tenant WHERE name = ?", DB_VALUES(db_text(new_name)), 0, &there, err);
	if (ok && there != 0)
		ok = err_set(err, ERR_INPUT, "there is a tenant of this name already");
	ok = ok && db_run(store->db, "UPDATE tenant SET name = ? WHERE id = ?", DB_VALUES(db_text(new_name), db_int(id)), err);
	return finish(store, ok, false, err);
}

bool store_tenant_remove(struct store *store, struct str name, struct err *err)
{
	int64_t id, domains;

	if (!store_must_be_house(store, err) || !store_begin(store, err))
		return false;
	bool ok = store_tenant_find(store, name, &id, err) &&
	          db_number(store->db, "SELECT count(*) FROM domain WHERE tenant = ?", DB_VALUES(db_int(id)), 0, &domains, err);
	if (ok && domains != 0)
		ok = err_set(err, ERR_INPUT, "it still has domains: give them to another tenant, or remove them");
	ok = ok && db_run(store->db, "DELETE FROM tenant WHERE id = ?", DB_VALUES(db_int(id)), err);
	return finish(store, ok, false, err);
}

bool store_must_be_house(const struct store *store, struct err *err)
{
	return store->tenant == 0 || err_set(err, ERR_DENIED, "this is for the whole house to decide, not for one tenant");
}

void store_set_deadline(struct store *store, int64_t deadline_ms)
{
	db_set_deadline(store->db, deadline_ms);
}

void store_set_tenant(struct store *store, int64_t tenant)
{
	store->tenant = tenant;
}

int64_t store_tenant(const struct store *store)
{
	return store->tenant;
}
