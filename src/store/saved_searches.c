/* SPDX-License-Identifier: ISC */
#include "store/saved_searches.h"

#include <assert.h>

#include "base/attr.h"
#include "store/inner.h"

static const char *const screen_texts[] = {"reports", "results", "senders", "issues", "domains"};
static_assert(COUNT_OF(screen_texts) == SAVED_SCREEN_COUNT, "one each");

const char *saved_search_screen_text(enum saved_search_screen screen)
{
	assert((unsigned)screen < SAVED_SCREEN_COUNT);
	return screen_texts[screen];
}

bool saved_search_screen_of(struct str text, enum saved_search_screen *out)
{
	for (unsigned i = 0; i < SAVED_SCREEN_COUNT; i++)
		if (str_eq(text, str_of(screen_texts[i]))) {
			*out = (enum saved_search_screen)i;
			return true;
		}
	return false;
}

static void read_row(struct query *query, struct arena *arena, struct saved_search *out)
{
	int64_t screen = db_get_int(query, 3);

	*out = (struct saved_search){
	    .id = db_get_int(query, 0),
	    .account = db_get_int(query, 1),
	    .tenant = db_get_int(query, 2),
	    .screen = screen >= 0 && screen < SAVED_SCREEN_COUNT ? (enum saved_search_screen)screen : SAVED_ON_REPORTS,
	    .name = arena_str(arena, db_get_text(query, 4)),
	    .query = arena_str(arena, db_get_text(query, 5)),
	    .created_at = db_get_int(query, 6),
	};
}

bool saved_searches_list(struct store *store, int64_t account, int64_t tenant, struct arena *arena,
                         struct saved_search_list *out, struct err *err)
{
	struct saved_search_list list = {0};
	size_t room = 0;
	struct query *query = db_ask(store->db,
	                             "SELECT id, account, tenant, screen, name, query, created_at FROM saved_search"
	                             " WHERE account = ? AND tenant = ? ORDER BY name COLLATE NOCASE, name",
	                             DB_VALUES(db_int(account), db_int(tenant)), err);

	while (query != NULL && db_next(query))
		read_row(query, arena, arena_push(arena, (void **)&list.rows, &list.count, &room, sizeof *list.rows));
	if (!db_end(query, err))
		return false;
	*out = list;
	return true;
}

static bool put(struct store *store, const struct saved_search *search, struct err *err)
{
	return db_run(store->db,
	              "INSERT INTO saved_search (account, tenant, screen, name, query, created_at) VALUES (?, ?, ?, ?, ?, ?)"
	              " ON CONFLICT (account, tenant, name) DO UPDATE SET screen = excluded.screen, query = excluded.query",
	              DB_VALUES(db_int(search->account), db_int(search->tenant), db_int(search->screen), db_text(search->name),
	                        db_text(search->query), db_int(search->created_at)),
	              err);
}

bool saved_searches_save(struct store *store, const struct saved_search *search, int64_t *out_id, struct err *err)
{
	int64_t count = 0;

	if (search->name.len == 0 || search->name.len > SAVED_SEARCH_NAME_BYTES)
		return err_set(err, ERR_INPUT, "a search is saved by a name of at most %d bytes", SAVED_SEARCH_NAME_BYTES);
	if (search->query.len == 0 || search->query.len > SAVED_SEARCH_QUERY_BYTES)
		return err_set(err, ERR_INPUT, "a search has at least one filter, and at most %d bytes", SAVED_SEARCH_QUERY_BYTES);
	if (!store_begin(store, err))
		return false;
	/* Of all his tenants; one that takes the place of another makes it no more. */
	bool ok = put(store, search, err) &&
	          db_number(store->db, "SELECT count(*) FROM saved_search WHERE account = ?", DB_VALUES(db_int(search->account)), 0,
	                    &count, err) &&
	          db_number(store->db, "SELECT id FROM saved_search WHERE account = ? AND tenant = ? AND name = ?",
	                    DB_VALUES(db_int(search->account), db_int(search->tenant), db_text(search->name)), 0, out_id, err);
	if (ok && count > SAVED_SEARCHES_MOST)
		ok = err_set(err, ERR_INPUT, "a user has at most %d saved searches: remove one first", SAVED_SEARCHES_MOST);
	return store_end(store, ok, err);
}

bool saved_searches_remove(struct store *store, int64_t account, int64_t id, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "DELETE FROM saved_search WHERE id = ? AND account = ?", DB_VALUES(db_int(id), db_int(account)),
	                 err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_MISSING, "there is no such saved search");
	return store_end(store, ok, err);
}
