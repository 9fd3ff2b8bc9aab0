/* SPDX-License-Identifier: ISC */
#include "store/api_tokens.h"

#include "store/inner.h"

#define COLUMNS                                                                                                        \
	"SELECT k.id, k.account, k.tenant, k.hint, k.label, coalesce(a.name, ''), coalesce(t.name, ''), k.last_peer,"      \
	" k.scopes, k.created_at, k.expires_at, k.last_used_at FROM api_token k LEFT JOIN account a ON a.id = k.account"   \
	" LEFT JOIN tenant t ON t.id = k.tenant"

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return arena_str(arena, db_get_text(query, column));
}

static void read_row(struct query *query, struct arena *arena, struct api_token *out)
{
	*out = (struct api_token){
	    .id = db_get_int(query, 0),
	    .account = db_get_int(query, 1),
	    .tenant = db_get_int(query, 2),
	    .hint = text_at(query, 3, arena),
	    .label = text_at(query, 4, arena),
	    .account_name = text_at(query, 5, arena),
	    .tenant_name = text_at(query, 6, arena),
	    .last_peer = text_at(query, 7, arena),
	    .scopes = (unsigned)db_get_int(query, 8) & TOKEN_SCOPES_ALL,
	    .created_at = db_get_int(query, 9),
	    .expires_at = db_get_int(query, 10),
	    .last_used_at = db_is_null(query, 11) ? INSTANT_NONE : db_get_int(query, 11),
	};
}

static bool read_one(struct query *query, struct arena *arena, struct api_token *out, struct err *err)
{
	struct api_token token;
	bool found = query != NULL && db_next(query);

	if (found)
		read_row(query, arena, &token);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "there is no such token");
	*out = token;
	return true;
}

bool api_tokens_find(struct store *store, struct str hash, instant now, struct arena *arena, struct api_token *out,
                     struct err *err)
{
	return read_one(db_ask(store->db,
	                       COLUMNS " WHERE k.hash = ? AND k.expires_at > ? AND (k.account = 0 OR a.is_disabled = 0)",
	                       DB_VALUES(db_blob(hash), db_int(now)), err),
	                arena, out, err);
}

bool api_tokens_list(struct store *store, struct arena *arena, struct api_token_list *out, struct err *err)
{
	struct api_token_list list = {0};
	size_t room = 0;
	struct query *query = db_ask(store->db, COLUMNS " WHERE ?1 = 0 OR k.tenant = ?1 ORDER BY k.id DESC LIMIT 10000",
	                             DB_VALUES(db_int(store->tenant)), err);

	while (query != NULL && db_next(query))
		read_row(query, arena, arena_push(arena, (void **)&list.rows, &list.count, &room, sizeof *list.rows));
	if (!db_end(query, err))
		return false;
	*out = list;
	return true;
}

bool api_tokens_load(struct store *store, int64_t id, struct arena *arena, struct api_token *out, struct err *err)
{
	return read_one(db_ask(store->db, COLUMNS " WHERE (?1 = 0 OR k.tenant = ?1) AND k.id = ?2",
	                       DB_VALUES(db_int(store->tenant), db_int(id)), err),
	                arena, out, err);
}

bool api_tokens_add(struct store *store, const struct api_token *token, struct str hash, int64_t *out_id, struct err *err)
{
	int64_t id = 0, there = 1;

	if (token->label.len == 0 || token->label.len > 200)
		return err_set(err, ERR_INPUT, "a token needs a label of at most 200 bytes");
	if (token->scopes == 0)
		return err_set(err, ERR_INPUT, "a token needs a scope");
	if (token->expires_at <= token->created_at)
		return err_set(err, ERR_INPUT, "a token must run out in the future");
	if (!store_begin(store, err))
		return false;
	bool ok = token->tenant == 0 || db_number(store->db, "SELECT count(*) FROM tenant WHERE id = ?",
	                                          DB_VALUES(db_int(token->tenant)), 0, &there, err);
	if (ok && there == 0)
		ok = err_set(err, ERR_MISSING, "there is no such tenant");
	ok = ok && db_run(store->db,
	                  "INSERT INTO api_token (hash, hint, label, account, tenant, scopes, created_at, expires_at)"
	                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	                  DB_VALUES(db_blob(hash), db_text(token->hint), db_text(token->label), db_int(token->account),
	                            db_int(token->tenant), db_int(token->scopes), db_int(token->created_at),
	                            db_int(token->expires_at)),
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
		ok = err_set(err, ERR_MISSING, "there is no such token");
	return store_end(store, ok, err);
}

bool api_tokens_edit(struct store *store, const struct api_token *token, struct err *err)
{
	if (token->label.len == 0 || token->label.len > 200)
		return err_set(err, ERR_INPUT, "a token needs a label of at most 200 bytes");
	if (!store_begin(store, err))
		return false;
	return must_change(store,
	                   db_run(store->db, "UPDATE api_token SET label = ?, scopes = ?, expires_at = ? WHERE id = ?",
	                          DB_VALUES(db_text(token->label), db_int(token->scopes), db_int(token->expires_at),
	                                    db_int(token->id)),
	                          err),
	                   err);
}

bool api_tokens_remove(struct store *store, int64_t id, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	return must_change(store, db_run(store->db, "DELETE FROM api_token WHERE id = ?", DB_VALUES(db_int(id)), err), err);
}

bool api_tokens_seen(struct store *store, int64_t id, instant at, struct str peer, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	return store_end(store, db_run(store->db, "UPDATE api_token SET last_used_at = ?, last_peer = ? WHERE id = ?",
	                            DB_VALUES(db_int(at), db_text(peer), db_int(id)), err), err);
}
