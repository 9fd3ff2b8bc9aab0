/* SPDX-License-Identifier: ISC */
#include "store/accounts.h"

#include "base/attr.h"
#include "store/inner.h"

#define ACCOUNTS_MOST 10000
#define ACCOUNT_COLUMNS                                                                                                \
	"SELECT a.id, a.name, a.full_name, a.is_site_admin, a.is_disabled, a.language, a.time_zone, a.theme, a.density,"   \
	" a.has_shortcuts, a.handle, a.password, a.totp, a.totp_step, a.created_at, a.last_seen_at,"  \
	" (SELECT count(*) FROM passkey WHERE account = a.id), (SELECT count(*) FROM recovery_code WHERE account = a.id),"  \
	" (SELECT issuer FROM account_sign_in WHERE account = a.id ORDER BY id LIMIT 1)"  \
	" FROM account a"
#define OF_TENANT "(?1 = 0 OR EXISTS (SELECT 1 FROM membership m WHERE m.account = a.id AND m.tenant = ?1))"

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return arena_str(arena, db_get_text(query, column));
}

static instant instant_at(struct query *query, int column)
{
	return db_is_null(query, column) ? INSTANT_NONE : db_get_int(query, column);
}

static void read_row(struct query *query, struct arena *arena, struct account *out)
{
	*out = (struct account){
	    .id = db_get_int(query, 0),
	    .name = text_at(query, 1, arena),
	    .full_name = text_at(query, 2, arena),
	    .is_site_admin = db_get_int(query, 3) != 0,
	    .is_disabled = db_get_int(query, 4) != 0,
	    .language = text_at(query, 5, arena),
	    .time_zone = text_at(query, 6, arena),
	    .theme = text_at(query, 7, arena),
	    .density = text_at(query, 8, arena),
	    .has_shortcuts = db_get_int(query, 9) != 0,
	    .handle = arena_str(arena, db_get_blob(query, 10)),
	    .password = text_at(query, 11, arena),
	    .totp = arena_str(arena, db_get_blob(query, 12)),
	    .totp_step = db_get_int(query, 13),
	    .created_at = db_get_int(query, 14),
	    .last_seen_at = instant_at(query, 15),
	    .passkeys = (uint64_t)db_get_int(query, 16),
	    .recovery_codes = (uint64_t)db_get_int(query, 17),
	    .issuer = text_at(query, 18, arena),
	};
}

static bool read_memberships(struct store *store, struct account *account, struct arena *arena, struct err *err)
{
	size_t room = 0;
	struct query *query =
	    db_ask(store->db,
	           "SELECT m.tenant, coalesce(t.name, ''), m.role, m.by_group FROM membership m LEFT JOIN tenant t ON t.id ="
	           " m.tenant WHERE m.account = ?1 AND (?2 = 0 OR m.tenant = ?2) ORDER BY coalesce(t.name, ''), m.tenant",
	           DB_VALUES(db_int(account->id), db_int(store->tenant)), err);

	while (query != NULL && db_next(query)) {
		struct membership *row =
		    arena_push(arena, (void **)&account->memberships, &account->membership_count, &room, sizeof *row);
		int64_t role = db_get_int(query, 2);
		*row = (struct membership){.tenant = db_get_int(query, 0),
		                           .tenant_name = text_at(query, 1, arena),
		                           .role = role > 0 && role < USER_ROLE_COUNT ? (enum user_role)role : USER_ROLE_NONE,
		                           .by_group = db_get_int(query, 3) != 0};
	}
	return db_end(query, err);
}

static bool read_one(struct store *store, struct query *query, struct arena *arena, struct account *out,
                     struct err *err)
{
	struct account account;
	bool found = query != NULL && db_next(query);

	if (found)
		read_row(query, arena, &account);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "there is no such user");
	if (!read_memberships(store, &account, arena, err))
		return false;
	*out = account;
	return true;
}

bool accounts_any(struct store *store, bool *out, struct err *err)
{
	int64_t any;

	if (!db_number(store->db, "SELECT EXISTS (SELECT 1 FROM account)", NULL, 0, 0, &any, err))
		return false;
	*out = any != 0;
	return true;
}

bool accounts_list(struct store *store, struct arena *arena, struct account_list *out, struct err *err)
{
	struct account_list list = {0};
	size_t room = 0;
	struct query *query = db_ask(store->db, ACCOUNT_COLUMNS " WHERE " OF_TENANT " ORDER BY a.name LIMIT ?2",
	                             DB_VALUES(db_int(store->tenant), db_int(ACCOUNTS_MOST)), err);

	while (query != NULL && db_next(query))
		read_row(query, arena, arena_push(arena, (void **)&list.rows, &list.count, &room, sizeof *list.rows));
	if (!db_end(query, err))
		return false;
	for (size_t i = 0; i < list.count; i++)
		if (!read_memberships(store, &list.rows[i], arena, err))
			return false;
	*out = list;
	return true;
}

bool accounts_load(struct store *store, int64_t id, struct arena *arena, struct account *out, struct err *err)
{
	return read_one(store,
	                db_ask(store->db, ACCOUNT_COLUMNS " WHERE " OF_TENANT " AND a.id = ?2",
	                       DB_VALUES(db_int(store->tenant), db_int(id)), err),
	                arena, out, err);
}

bool accounts_find(struct store *store, struct str name, struct arena *arena, struct account *out, struct err *err)
{
	return read_one(store,
	                db_ask(store->db, ACCOUNT_COLUMNS " WHERE " OF_TENANT " AND a.name = ?2",
	                       DB_VALUES(db_int(store->tenant), db_text(name)), err),
	                arena, out, err);
}

/* --- changes --- */

bool accounts_add(struct store *store, const struct account *account, instant now, int64_t *out_id, struct err *err)
{
	int64_t there, id = 0;

	if (!account_name_is_good(account->name))
		return err_set(err, ERR_INPUT, "a user's name has 1 to 64 of a-z, 0-9 and . _ - + @, and begins with a letter or digit");
	if (!store_begin(store, err))
		return false;
	bool ok = db_number(store->db, "SELECT count(*) FROM account WHERE name = ?", DB_VALUES(db_text(account->name)), 0,
	                    &there, err);
	if (ok && there != 0)
		ok = err_set(err, ERR_INPUT, "there is a user of this name already");
	ok = ok && db_run(store->db,
	                  "INSERT INTO account (name, full_name, is_site_admin, language, handle, created_at) VALUES (?, ?, ?, ?, ?, ?)",
	                  DB_VALUES(db_text(account->name), db_text(account->full_name.p == NULL ? STR("") : account->full_name),
	                            db_int(account->is_site_admin), db_text(account->language.p == NULL ? STR("") : account->language),
	                            db_blob(account->handle), db_int(now)),
	                  err);
	if (ok)
		id = db_last_id(store->db);
	if (!store_end(store, ok, err))
		return false;
	*out_id = id;
	return true;
}

static bool count_site_admins(struct store *store, int64_t *out, struct err *err)
{
	return db_number(store->db, "SELECT count(*) FROM account WHERE is_site_admin = 1 AND is_disabled = 0", NULL, 0, 0, out, err);
}

/* The last one who may do everything is not taken away by hand.  A group may have taken him: then there is none to lose. */
static bool keeps_site_admin(struct store *store, int64_t before, struct err *err)
{
	int64_t after;

	return count_site_admins(store, &after, err) &&
	       (before == 0 || after > 0 || err_set(err, ERR_INPUT, "this is the last site admin: name another one first"));
}

static bool shut_out(struct store *store, int64_t id, struct err *err)
{
	struct db_value values[] = {db_int(id)};

	return db_run(store->db, "DELETE FROM web_session WHERE account = ?", values, 1, err) &&
	       db_run(store->db, "DELETE FROM account_link WHERE account = ?", values, 1, err);
}

bool accounts_edit(struct store *store, const struct account *account, struct err *err)
{
	int64_t before;

	if (!store_begin(store, err))
		return false;
	bool ok = count_site_admins(store, &before, err) &&
	          db_run(store->db,
	                 "UPDATE account SET full_name = ?, language = ?, time_zone = ?, theme = ?, density = ?, has_shortcuts = ?,"
	                 " site_by_group = site_by_group AND is_site_admin = ?7, is_site_admin = ?7, is_disabled = ? WHERE id = ?",
	                 DB_VALUES(db_text(account->full_name), db_text(account->language), db_text(account->time_zone),
	                           db_text(account->theme), db_text(account->density), db_int(account->has_shortcuts),
	                           db_int(account->is_site_admin), db_int(account->is_disabled), db_int(account->id)),
	                 err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_MISSING, "there is no such user");
	ok = ok && keeps_site_admin(store, before, err) && (!account->is_disabled || shut_out(store, account->id, err));
	return store_end(store, ok, err);
}

bool accounts_remove(struct store *store, int64_t id, struct err *err)
{
	static const char *const tables[] = {
	    "DELETE FROM web_session WHERE account = ?",   "DELETE FROM api_token WHERE account = ?",
	    "DELETE FROM account_link WHERE account = ?",  "DELETE FROM passkey WHERE account = ?",
	    "DELETE FROM recovery_code WHERE account = ?", "DELETE FROM membership WHERE account = ?",
	    "DELETE FROM account_sign_in WHERE account = ?", "DELETE FROM saved_search WHERE account = ?",
	    "DELETE FROM account WHERE id = ?",
	};
	struct db_value values[] = {db_int(id)};

	if (id <= 0)
		return err_set(err, ERR_MISSING, "there is no such user");
	if (!store_begin(store, err))
		return false;
	int64_t left, before;
	bool ok = count_site_admins(store, &before, err);
	for (size_t i = 0; i < COUNT_OF(tables) && ok; i++)
		ok = db_run(store->db, tables[i], values, 1, err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_MISSING, "there is no such user");
	/* With the last user the house is open to loopback again, which is not to happen by accident. */
	ok = ok && db_number(store->db, "SELECT count(*) FROM account", NULL, 0, 0, &left, err) &&
	     (left > 0 || err_set(err, ERR_INPUT, "this is the last site admin: name another one first")) &&
	     keeps_site_admin(store, before, err);
	return store_end(store, ok, err);
}

static bool must_have_tenant(struct store *store, int64_t tenant, struct err *err)
{
	int64_t there;

	if (tenant == 0)
		return true;
	return db_number(store->db, "SELECT count(*) FROM tenant WHERE id = ?", DB_VALUES(db_int(tenant)), 0, &there, err) &&
	       (there != 0 || err_set(err, ERR_MISSING, "there is no such tenant"));
}

static bool must_have(struct store *store, int64_t id, struct err *err)
{
	int64_t there;

	return db_number(store->db, "SELECT count(*) FROM account WHERE id = ?", DB_VALUES(db_int(id)), 0, &there, err) &&
	       (there != 0 || err_set(err, ERR_MISSING, "there is no such user"));
}

bool accounts_set_role(struct store *store, int64_t id, int64_t tenant, enum user_role role, bool by_group,
                       struct err *err)
{
	struct db_value values[] = {db_int(id), db_int(tenant), db_int(role), db_int(by_group)};

	if (!store_begin(store, err))
		return false;
	bool ok = must_have(store, id, err) && must_have_tenant(store, tenant, err);
	if (role == USER_ROLE_NONE)
		ok = ok && db_run(store->db, "DELETE FROM membership WHERE account = ? AND tenant = ?", values, 2, err);
	else
		ok = ok && db_run(store->db,
		                  "INSERT INTO membership (account, tenant, role, by_group) VALUES (?, ?, ?, ?)"
		                  " ON CONFLICT DO UPDATE SET role = excluded.role, by_group = excluded.by_group",
		                  values, 4, err);
	return store_end(store, ok, err);
}

bool accounts_set_password(struct store *store, int64_t id, struct str hash, int64_t session, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = must_have(store, id, err) &&
	          db_run(store->db, "UPDATE account SET password = ? WHERE id = ?", DB_VALUES(db_text(hash), db_int(id)), err) &&
	          db_run(store->db, "DELETE FROM web_session WHERE account = ? AND id <> ?",
	                 DB_VALUES(db_int(id), db_int(session)), err);
	return store_end(store, ok, err);
}

bool accounts_set_totp(struct store *store, int64_t id, struct str secret, int64_t step, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = must_have(store, id, err) &&
	          db_run(store->db, "UPDATE account SET totp = ?, totp_step = ? WHERE id = ?",
	                 DB_VALUES(db_blob(secret), db_int(step), db_int(id)), err) &&
	          (secret.p != NULL ||
	           db_run(store->db, "DELETE FROM recovery_code WHERE account = ?", DB_VALUES(db_int(id)), err));
	return store_end(store, ok, err);
}

bool accounts_use_totp(struct store *store, int64_t id, int64_t step, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "UPDATE account SET totp_step = ?2 WHERE id = ?1 AND totp IS NOT NULL AND totp_step < ?2",
	                 DB_VALUES(db_int(id), db_int(step)), err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_DENIED, "this code was used before");
	return store_end(store, ok, err);
}

bool accounts_set_recovery(struct store *store, int64_t id, struct str hashes, struct err *err)
{
	if (hashes.len % ACCOUNT_HASH_BYTES != 0 || hashes.len > (size_t)ACCOUNT_RECOVERY_CODES * ACCOUNT_HASH_BYTES)
		return err_set(err, ERR_INPUT, "these are no recovery codes");
	if (!store_begin(store, err))
		return false;
	bool ok = must_have(store, id, err) &&
	          db_run(store->db, "DELETE FROM recovery_code WHERE account = ?", DB_VALUES(db_int(id)), err);
	for (; ok && hashes.len > 0; hashes = str_from(hashes, ACCOUNT_HASH_BYTES))
		ok = db_run(store->db, "INSERT INTO recovery_code (account, hash) VALUES (?, ?)",
		            DB_VALUES(db_int(id), db_blob(str_upto(hashes, ACCOUNT_HASH_BYTES))), err);
	return store_end(store, ok, err);
}

bool accounts_use_recovery(struct store *store, int64_t id, struct str hash, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "DELETE FROM recovery_code WHERE account = ? AND hash = ?",
	                 DB_VALUES(db_int(id), db_blob(hash)), err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_DENIED, "this is no recovery code, or it was used before");
	return store_end(store, ok, err);
}

/* --- links that open once --- */

bool accounts_link(struct store *store, struct str hash, instant now, struct account_link *out, struct err *err)
{
	struct query *query =
	    db_ask(store->db, "SELECT account, kind, expires_at FROM account_link WHERE hash = ? AND expires_at > ?",
	           DB_VALUES(db_blob(hash), db_int(now)), err);
	struct account_link link = {0};
	bool found = query != NULL && db_next(query);

	if (found)
		link = (struct account_link){.account = db_get_int(query, 0),
		                             .kind = (enum link_kind)db_get_int(query, 1),
		                             .expires_at = db_get_int(query, 2)};
	if (!db_end(query, err))
		return false;
	if (!found || (unsigned)link.kind >= LINK_KIND_COUNT)
		return err_set(err, ERR_MISSING, "this link was used, or is too old");
	*out = link;
	return true;
}

bool accounts_add_link(struct store *store, struct str hash, const struct account_link *link, instant now,
                       struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = (link->account == 0 || must_have(store, link->account, err)) &&
	          db_run(store->db, "DELETE FROM account_link WHERE account = ? OR expires_at <= ?",
	                 DB_VALUES(db_int(link->account), db_int(now)), err) &&
	          db_run(store->db, "INSERT INTO account_link (hash, account, kind, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
	                 DB_VALUES(db_blob(hash), db_int(link->account), db_int(link->kind), db_int(now), db_int(link->expires_at)),
	                 err);
	return store_end(store, ok, err);
}

bool accounts_use_link(struct store *store, struct str hash, instant now, struct account_link *out, struct err *err)
{
	struct account_link link;

	if (!store_begin(store, err))
		return false;
	bool ok = accounts_link(store, hash, now, &link, err) &&
	          db_run(store->db, "DELETE FROM account_link WHERE hash = ?", DB_VALUES(db_blob(hash)), err);
	if (!store_end(store, ok, err))
		return false;
	*out = link;
	return true;
}
