/* SPDX-License-Identifier: ISC */
#include "store/web_sessions.h"

#include "store/inner.h"

#define COLUMNS "SELECT s.id, s.account, s.method, s.created_at, s.last_used_at, s.peer, s.agent FROM web_session s"

static void read_row(struct query *query, struct arena *arena, struct web_session *out)
{
	int64_t method = db_get_int(query, 2);

	*out = (struct web_session){
	    .id = db_get_int(query, 0),
	    .account = db_get_int(query, 1),
	    .method = method >= 0 && method < SIGN_IN_METHOD_COUNT ? (enum sign_in_method)method : SIGN_IN_LINK,
	    .created_at = db_get_int(query, 3),
	    .last_used_at = db_get_int(query, 4),
	    .peer = arena_str(arena, db_get_text(query, 5)),
	    .agent = arena_str(arena, db_get_text(query, 6)),
	};
}

bool web_sessions_find(struct store *store, struct str hash, struct web_session_limits limits, instant now,
                       struct arena *arena, struct web_session *out, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             COLUMNS " JOIN account a ON a.id = s.account WHERE s.hash = ? AND a.is_disabled = 0"
	                                     " AND s.created_at > CASE WHEN s.method = ? THEN ? ELSE ? END AND s.last_used_at > ?",
	                             DB_VALUES(db_blob(hash), db_int(SIGN_IN_OIDC),
	                                       db_int(now - (limits.oidc_secs > 0 ? limits.oidc_secs : limits.whole_secs)),
	                                       db_int(now - limits.whole_secs), db_int(now - limits.idle_secs)),
	                             err);
	struct web_session session;
	bool found = query != NULL && db_next(query);

	if (found)
		read_row(query, arena, &session);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "nobody is signed in");
	*out = session;
	return true;
}

bool web_sessions_list(struct store *store, int64_t account, struct arena *arena, struct web_session_list *out,
                       struct err *err)
{
	struct web_session_list list = {0};
	size_t room = 0;
	struct query *query = db_ask(store->db, COLUMNS " WHERE s.account = ? ORDER BY s.last_used_at DESC, s.id DESC",
	                             DB_VALUES(db_int(account)), err);

	while (query != NULL && db_next(query))
		read_row(query, arena, arena_push(arena, (void **)&list.rows, &list.count, &room, sizeof *list.rows));
	if (!db_end(query, err))
		return false;
	*out = list;
	return true;
}

bool web_sessions_add(struct store *store, const struct web_session *session, struct str hash, int64_t *out_id,
                      struct err *err)
{
	int64_t id = 0;

	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db,
	                 "INSERT INTO web_session (hash, account, method, created_at, last_used_at, peer, agent)"
	                 " SELECT ?, id, ?, ?, ?, ?, ? FROM account WHERE id = ? AND is_disabled = 0",
	                 DB_VALUES(db_blob(hash), db_int(session->method), db_int(session->created_at),
	                           db_int(session->last_used_at), db_text(session->peer), db_text(session->agent),
	                           db_int(session->account)),
	                 err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_DENIED, "this user may not sign in");
	if (ok)
		id = db_last_id(store->db);
	ok = ok && db_run(store->db,
	                  "DELETE FROM web_session WHERE account = ?1 AND id NOT IN (SELECT id FROM web_session WHERE account = ?1"
	                  " ORDER BY last_used_at DESC, id DESC LIMIT ?2)",
	                  DB_VALUES(db_int(session->account), db_int(WEB_SESSIONS_MOST)), err) &&
	     db_run(store->db, "UPDATE account SET last_seen_at = ? WHERE id = ?",
	            DB_VALUES(db_int(session->created_at), db_int(session->account)), err);
	if (!store_end(store, ok, err))
		return false;
	*out_id = id;
	return true;
}

bool web_sessions_end(struct store *store, int64_t account, int64_t id, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "DELETE FROM web_session WHERE id = ? AND account = ?",
	                 DB_VALUES(db_int(id), db_int(account)), err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_MISSING, "there is no such session");
	return store_end(store, ok, err);
}

bool web_sessions_end_others(struct store *store, int64_t account, int64_t id, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	return store_end(store, db_run(store->db, "DELETE FROM web_session WHERE account = ? AND id <> ?",
	                            DB_VALUES(db_int(account), db_int(id)), err), err);
}

bool web_sessions_seen(struct store *store, int64_t id, instant at, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "UPDATE web_session SET last_used_at = max(last_used_at, ?2) WHERE id = ?1",
	                 DB_VALUES(db_int(id), db_int(at)), err) &&
	          db_run(store->db,
	                 "UPDATE account SET last_seen_at = max(coalesce(last_seen_at, 0), ?2)"
	                 " WHERE id = (SELECT account FROM web_session WHERE id = ?1)",
	                 DB_VALUES(db_int(id), db_int(at)), err);
	return store_end(store, ok, err);
}

bool web_sessions_tidy(struct store *store, struct web_session_limits limits, instant now, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "DELETE FROM web_session WHERE created_at <= ? OR last_used_at <= ?",
	                 DB_VALUES(db_int(now - limits.whole_secs), db_int(now - limits.idle_secs)), err) &&
	          db_run(store->db, "DELETE FROM account_link WHERE expires_at <= ?", DB_VALUES(db_int(now)), err);
	return store_end(store, ok, err);
}
