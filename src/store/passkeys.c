/* SPDX-License-Identifier: ISC */
#include "store/passkeys.h"

#include "store/inner.h"

#define COLUMNS                                                                                                        \
	"SELECT id, account, label, credential, public_key, algorithm, counter, created_at, last_used_at FROM passkey"

static void read_row(struct query *query, struct arena *arena, struct passkey *out)
{
	*out = (struct passkey){
	    .id = db_get_int(query, 0),
	    .account = db_get_int(query, 1),
	    .label = arena_str(arena, db_get_text(query, 2)),
	    .credential = arena_str(arena, db_get_blob(query, 3)),
	    .public_key = arena_str(arena, db_get_blob(query, 4)),
	    .algorithm = db_get_int(query, 5),
	    .counter = (uint32_t)db_get_int(query, 6),
	    .created_at = db_get_int(query, 7),
	    .last_used_at = db_is_null(query, 8) ? INSTANT_NONE : db_get_int(query, 8),
	};
}

bool passkeys_list(struct store *store, int64_t account, struct arena *arena, struct passkey_list *out, struct err *err)
{
	struct passkey_list list = {0};
	size_t room = 0;
	struct query *query = db_ask(store->db, COLUMNS " WHERE account = ? ORDER BY id", DB_VALUES(db_int(account)), err);

	while (query != NULL && db_next(query))
		read_row(query, arena, arena_push(arena, (void **)&list.rows, &list.count, &room, sizeof *list.rows));
	if (!db_end(query, err))
		return false;
	*out = list;
	return true;
}

bool passkeys_find(struct store *store, struct str credential, struct arena *arena, struct passkey *out, struct err *err)
{
	struct query *query = db_ask(store->db, COLUMNS " WHERE credential = ?", DB_VALUES(db_blob(credential)), err);
	struct passkey passkey;
	bool found = query != NULL && db_next(query);

	if (found)
		read_row(query, arena, &passkey);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "there is no such passkey");
	*out = passkey;
	return true;
}

bool passkeys_add(struct store *store, const struct passkey *passkey, int64_t *out_id, struct err *err)
{
	int64_t known = 0, there = 0, id = 0;

	if (passkey->label.len == 0 || passkey->label.len > 200)
		return err_set(err, ERR_INPUT, "a passkey needs a name of at most 200 bytes");
	if (!store_begin(store, err))
		return false;
	bool ok = db_number(store->db, "SELECT count(*) FROM passkey WHERE credential = ?",
	                    DB_VALUES(db_blob(passkey->credential)), 0, &known, err) &&
	          db_number(store->db, "SELECT count(*) FROM passkey WHERE account = ?", DB_VALUES(db_int(passkey->account)), 0,
	                    &there, err);
	if (ok && known != 0)
		ok = err_set(err, ERR_INPUT, "this passkey is known already");
	if (ok && there >= PASSKEYS_MOST)
		ok = err_set(err, ERR_INPUT, "a user has at most %d passkeys", PASSKEYS_MOST);
	ok = ok && db_run(store->db,
	                  "INSERT INTO passkey (account, label, credential, public_key, algorithm, counter, created_at)"
	                  " VALUES (?, ?, ?, ?, ?, ?, ?)",
	                  DB_VALUES(db_int(passkey->account), db_text(passkey->label), db_blob(passkey->credential),
	                            db_blob(passkey->public_key), db_int(passkey->algorithm), db_int(passkey->counter),
	                            db_int(passkey->created_at)),
	                  err);
	if (ok)
		id = db_last_id(store->db);
	if (!store_end(store, ok, err))
		return false;
	*out_id = id;
	return true;
}

static bool must_change(struct store *store, bool ok, struct err *err)
{
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_MISSING, "there is no such passkey");
	return store_end(store, ok, err);
}

bool passkeys_rename(struct store *store, int64_t account, int64_t id, struct str label, struct err *err)
{
	if (label.len == 0 || label.len > 200)
		return err_set(err, ERR_INPUT, "a passkey needs a name of at most 200 bytes");
	if (!store_begin(store, err))
		return false;
	return must_change(store,
	                   db_run(store->db, "UPDATE passkey SET label = ? WHERE id = ? AND account = ?",
	                          DB_VALUES(db_text(label), db_int(id), db_int(account)), err),
	                   err);
}

bool passkeys_remove(struct store *store, int64_t account, int64_t id, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	return must_change(store,
	                   db_run(store->db, "DELETE FROM passkey WHERE id = ? AND account = ?",
	                          DB_VALUES(db_int(id), db_int(account)), err),
	                   err);
}

bool passkeys_used(struct store *store, int64_t id, uint32_t counter, instant now, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	/* WebAuthn 7.2, step 22: an authenticator that counts never says the same number twice. */
	bool ok = db_run(store->db,
	                 "UPDATE passkey SET counter = ?2, last_used_at = ?3 WHERE id = ?1 AND (counter < ?2 OR (counter = 0 AND ?2 = 0))",
	                 DB_VALUES(db_int(id), db_int(counter), db_int(now)), err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_DENIED, "the counter of this passkey went back: there is a copy of it");
	return store_end(store, ok, err);
}
