/* SPDX-License-Identifier: ISC */
#include "store/sign_ins.h"

#include "store/inner.h"

#define COLUMNS "SELECT id, account, issuer, subject, label, created_at, last_used_at FROM account_sign_in"

static void read_row(struct query *query, struct arena *arena, struct sign_in *out)
{
	*out = (struct sign_in){
	    .id = db_get_int(query, 0),
	    .account = db_get_int(query, 1),
	    .issuer = arena_str(arena, db_get_text(query, 2)),
	    .subject = arena_str(arena, db_get_text(query, 3)),
	    .label = arena_str(arena, db_get_text(query, 4)),
	    .created_at = db_get_int(query, 5),
	    .last_used_at = db_is_null(query, 6) ? INSTANT_NONE : db_get_int(query, 6),
	};
}

bool sign_ins_find(struct store *store, struct str issuer, struct str subject, struct arena *arena, struct sign_in *out,
                   struct err *err)
{
	struct query *query = db_ask(store->db, COLUMNS " WHERE issuer = ? AND subject = ?",
	                             DB_VALUES(db_text(issuer), db_text(subject)), err);
	struct sign_in sign_in;
	bool found = query != NULL && db_next(query);

	if (found)
		read_row(query, arena, &sign_in);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "nobody here has this sign-in");
	*out = sign_in;
	return true;
}

bool sign_ins_list(struct store *store, int64_t account, struct arena *arena, struct sign_in_list *out, struct err *err)
{
	struct sign_in_list list = {0};
	size_t room = 0;
	struct query *query = db_ask(store->db, COLUMNS " WHERE account = ? ORDER BY id", DB_VALUES(db_int(account)), err);

	while (query != NULL && db_next(query))
		read_row(query, arena, arena_push(arena, (void **)&list.rows, &list.count, &room, sizeof *list.rows));
	if (!db_end(query, err))
		return false;
	*out = list;
	return true;
}

bool sign_ins_add(struct store *store, const struct sign_in *sign_in, instant now, struct err *err)
{
	int64_t there = 0;

	if (!store_begin(store, err))
		return false;
	bool ok = db_number(store->db, "SELECT count(*) FROM account_sign_in WHERE issuer = ? AND subject = ?",
	                    DB_VALUES(db_text(sign_in->issuer), db_text(sign_in->subject)), 0, &there, err);
	if (ok && there != 0)
		ok = err_set(err, ERR_INPUT, "this sign-in is somebody's here already");
	ok = ok && db_run(store->db,
	                  "INSERT INTO account_sign_in (account, issuer, subject, label, created_at)"
	                  " SELECT id, ?, ?, ?, ? FROM account WHERE id = ?",
	                  DB_VALUES(db_text(sign_in->issuer), db_text(sign_in->subject), db_text(sign_in->label), db_int(now),
	                            db_int(sign_in->account)),
	                  err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_MISSING, "there is no such user");
	return store_end(store, ok, err);
}

bool sign_ins_used(struct store *store, int64_t id, struct str label, instant now, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "UPDATE account_sign_in SET label = ?, last_used_at = ? WHERE id = ?",
	                 DB_VALUES(db_text(label), db_int(now), db_int(id)), err);
	return store_end(store, ok, err);
}

bool sign_ins_remove(struct store *store, int64_t account, int64_t id, int64_t session, struct err *err)
{
	int64_t others = 0;

	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "DELETE FROM account_sign_in WHERE id = ? AND account = ?",
	                 DB_VALUES(db_int(id), db_int(account)), err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_MISSING, "there is no such sign-in");
	ok = ok && db_number(store->db,
	                     "SELECT (SELECT count(*) FROM account_sign_in WHERE account = ?1) + (SELECT count(*) FROM passkey WHERE"
	                     " account = ?1) + (SELECT count(*) FROM account WHERE id = ?1 AND password IS NOT NULL)",
	                     DB_VALUES(db_int(account)), 0, &others, err);
	if (ok && others == 0)
		ok = err_set(err, ERR_INPUT, "this is the only way in: add a passkey first");
	ok = ok && db_run(store->db, "DELETE FROM web_session WHERE account = ? AND method = ? AND id <> ?",
	                  DB_VALUES(db_int(account), db_int(SIGN_IN_OIDC), db_int(session)), err);
	return store_end(store, ok, err);
}

/* --- what groups give --- */

static bool set_site(struct store *store, int64_t account, bool is_site, struct err *err)
{
	/* Who is one by hand stays one. */
	return db_run(store->db,
	              is_site ? "UPDATE account SET is_site_admin = 1, site_by_group = 1 WHERE id = ? AND is_site_admin = 0"
	                      : "UPDATE account SET is_site_admin = 0, site_by_group = 0 WHERE id = ? AND site_by_group = 1",
	              DB_VALUES(db_int(account)), err);
}

static bool has_any(struct store *store, int64_t account, bool *out, struct err *err)
{
	int64_t any = 0;

	if (!db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM membership WHERE account = ?1) OR EXISTS (SELECT 1 FROM account WHERE id = ?1"
	               " AND is_site_admin = 1)",
	               DB_VALUES(db_int(account)), 0, &any, err))
		return false;
	*out = any != 0;
	return true;
}

bool sign_ins_set_roles(struct store *store, int64_t account, const struct sign_in_role *roles, size_t count, bool is_site,
                        bool *out_has_any, struct err *err)
{
	bool any = false;

	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "DELETE FROM membership WHERE account = ? AND by_group = 1", DB_VALUES(db_int(account)), err) &&
	          set_site(store, account, is_site, err);
	for (size_t i = 0; ok && i < count; i++)
		ok = db_run(store->db,
		            "INSERT INTO membership (account, tenant, role, by_group) VALUES (?, ?, ?, 1) ON CONFLICT DO NOTHING",
		            DB_VALUES(db_int(account), db_int(roles[i].tenant), db_int(roles[i].role)), err);
	ok = ok && has_any(store, account, &any, err);
	if (ok && !any)
		ok = db_run(store->db, "DELETE FROM web_session WHERE account = ?", DB_VALUES(db_int(account)), err);
	if (!store_end(store, ok, err))
		return false;
	*out_has_any = any;
	return true;
}
