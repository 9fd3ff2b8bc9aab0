/* SPDX-License-Identifier: ISC */
#include "store/alert_outbox.h"

#include <assert.h>

#include "base/attr.h"
#include "store/inner.h"

#define DELIVERY_COLUMNS                                                                                               \
	"d.id, d.channel, d.alert, d.event, d.state, d.attempts, d.created_at, d.next_at, d.done_at, d.headline, d.words," \
	" c.name, d.again_of, d.again_by"
#define DELIVERY_FROM " FROM alert_delivery d JOIN alert_channel c ON c.id = d.channel"

static const char *const state_texts[] = {"waiting", "queued", "delivered", "failed", "merged", "suppressed"};
static_assert(COUNT_OF(state_texts) == DELIVERY_STATE_COUNT, "one each");

const char *alert_outbox_state_text(enum alert_delivery_state state)
{
	assert((unsigned)state < DELIVERY_STATE_COUNT);
	return state_texts[state];
}

bool alert_outbox_add(struct store *store, const struct alert_delivery *delivery, int64_t *out_id, struct err *err)
{
	bool is_over = delivery->state >= DELIVERY_DELIVERED;
	struct db_value done = is_over ? db_int(delivery->created_at) : db_null();

	if (!db_run(store->db,
	            "INSERT INTO alert_delivery (channel, alert, event, state, created_at, next_at, done_at, headline, words,"
	            " request, key, again_of, again_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	            DB_VALUES(db_int(delivery->channel), db_int(delivery->alert), db_int(delivery->event),
	                      db_int(delivery->state), db_int(delivery->created_at), db_int(delivery->next_at), done,
	                      db_text(str_make(delivery->headline.p == NULL ? "" : delivery->headline.p, delivery->headline.len)),
	                      db_text(str_make(delivery->words.p == NULL ? "" : delivery->words.p, delivery->words.len)),
	                      db_blob(delivery->request), db_text(delivery->key),
	                      delivery->again_of != 0 ? db_int(delivery->again_of) : db_null(), db_text(delivery->again_by)),
	            err))
		return false;
	*out_id = db_last_id(store->db);
	return true;
}

bool alert_outbox_compose(struct store *store, int64_t id, struct str headline, struct str request, instant next_at,
                          struct err *err)
{
	return db_run(store->db,
	              "UPDATE alert_delivery SET state = 1, headline = ?, request = ?, next_at = ? WHERE id = ? AND state < 2",
	              DB_VALUES(db_text(headline), db_blob(request), db_int(next_at), db_int(id)), err);
}

bool alert_outbox_end(struct store *store, int64_t id, enum alert_delivery_state state, struct str words, instant now,
                      struct err *err)
{
	return db_run(store->db, "UPDATE alert_delivery SET state = ?, words = ?, done_at = ? WHERE id = ?",
	              DB_VALUES(db_int(state), db_text(words), db_int(now), db_int(id)), err);
}

bool alert_outbox_again(struct store *store, int64_t id, struct str words, instant next_at, struct err *err)
{
	return db_run(store->db,
	              "UPDATE alert_delivery SET attempts = attempts + 1, words = ?, next_at = ? WHERE id = ? AND state = 1",
	              DB_VALUES(db_text(words), db_int(next_at), db_int(id)), err);
}

bool alert_outbox_tried(struct store *store, int64_t id, enum alert_delivery_state state, struct str words, instant now,
                        struct err *err)
{
	return db_run(store->db,
	              "UPDATE alert_delivery SET attempts = attempts + 1, state = ?, words = ?, done_at = ?"
	              " WHERE id = ? AND state = 1",
	              DB_VALUES(db_int(state), db_text(words), db_int(now), db_int(id)), err);
}

static void read_delivery(struct query *query, struct arena *arena, struct alert_delivery *out)
{
	int64_t state = db_get_int(query, 4);

	*out = (struct alert_delivery){
	    .id = db_get_int(query, 0),
	    .channel = db_get_int(query, 1),
	    .alert = db_get_int(query, 2),
	    .event = (unsigned)db_get_int(query, 3),
	    .state = state >= 0 && state < DELIVERY_STATE_COUNT ? (enum alert_delivery_state)state : DELIVERY_SUPPRESSED,
	    .attempts = (uint64_t)db_get_int(query, 5),
	    .created_at = db_get_int(query, 6),
	    .next_at = db_get_int(query, 7),
	    .done_at = db_is_null(query, 8) ? INSTANT_NONE : db_get_int(query, 8),
	    .headline = arena_str(arena, db_get_text(query, 9)),
	    .words = arena_str(arena, db_get_text(query, 10)),
	    .channel_name = arena_str(arena, db_get_text(query, 11)),
	    .again_of = db_is_null(query, 12) ? 0 : db_get_int(query, 12),
	    .again_by = arena_str(arena, db_get_text(query, 13)),
	};
}

static bool read_list(struct query *query, bool has_request, struct arena *arena, struct alert_delivery **out,
                      size_t *out_count, struct err *err)
{
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct alert_delivery *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		read_delivery(query, arena, row);
		if (has_request)
			row->request = arena_str(arena, db_get_blob(query, 14));
	}
	*out = rows;
	return db_end(query, err);
}

bool alert_outbox_due(struct store *store, instant now, size_t most, struct arena *arena, struct alert_delivery **out,
                      size_t *out_count, struct err *err)
{
	return read_list(db_ask(store->db,
	                        "SELECT " DELIVERY_COLUMNS ", d.request" DELIVERY_FROM
	                        " WHERE d.state = 1 AND d.next_at <= ? AND c.paused = 0 ORDER BY d.next_at, d.id LIMIT ?",
	                        DB_VALUES(db_int(now), db_uint(most)), err),
	                 true, arena, out, out_count, err);
}

bool alert_outbox_waiting(struct store *store, instant now, size_t most, struct arena *arena, struct alert_waiting **out,
                          size_t *out_count, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT d.id, d.channel, d.alert, a.rule FROM alert_delivery d JOIN alert a ON a.id = d.alert"
	                             " WHERE d.state = 0 AND d.next_at <= ? ORDER BY d.channel, a.rule, d.id LIMIT ?",
	                             DB_VALUES(db_int(now), db_uint(most)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct alert_waiting *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		*row = (struct alert_waiting){db_get_int(query, 0), db_get_int(query, 1), db_get_int(query, 2),
		                              db_get_int(query, 3)};
	}
	*out = rows;
	return db_end(query, err);
}

bool alert_outbox_told(struct store *store, int64_t channel, int64_t issue, unsigned kind, instant since, bool *out_told,
                       struct err *err)
{
	int64_t told;

	if (!db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM alert a JOIN alert_delivery d ON d.alert = a.id WHERE a.issue = ?"
	               " AND a.kind = ? AND a.at >= ? AND d.channel = ? AND d.state <> 5)",
	               DB_VALUES(db_int(issue), db_int(kind), db_int(since), db_int(channel)), 0, &told, err))
		return false;
	*out_told = told != 0;
	return true;
}

bool alert_outbox_next(struct store *store, instant now, instant *out_at, struct err *err)
{
	return db_number(store->db,
	                 "SELECT d.next_at" DELIVERY_FROM " WHERE d.state < 2 AND d.next_at > ? AND c.paused = 0"
	                 " ORDER BY d.next_at LIMIT 1",
	                 DB_VALUES(db_int(now)), INSTANT_NONE, out_at, err);
}

bool alert_outbox_forget(struct store *store, instant before, struct err *err)
{
	return db_run(store->db, "UPDATE alert_delivery SET request = NULL WHERE request IS NOT NULL AND done_at < ?",
	              DB_VALUES(db_int(before)), err);
}

bool alert_outbox_load(struct store *store, int64_t id, struct arena *arena, struct alert_delivery *out, struct err *err)
{
	struct query *query = db_ask(store->db, "SELECT " DELIVERY_COLUMNS DELIVERY_FROM " WHERE d.id = ?",
	                             DB_VALUES(db_int(id)), err);
	struct alert_delivery found;

	if (query == NULL)
		return false;
	bool is_there = db_next(query);
	if (is_there)
		read_delivery(query, arena, &found);
	if (!db_end(query, err))
		return false;
	if (!is_there)
		return err_set(err, ERR_MISSING, "there is no such message");
	*out = found;
	return true;
}

bool alert_outbox_list(struct store *store, const struct alert_outbox_filter *filter, struct arena *arena,
                       struct alert_delivery **out, size_t *out_count, struct err *err)
{
	int64_t limit = filter->limit == 0 ? INT64_MAX : (int64_t)filter->limit;

	/* Channels are the house's. */
	*out = NULL;
	*out_count = 0;
	if (store->tenant != 0)
		return true;
	return read_list(db_ask(store->db,
	                        "SELECT " DELIVERY_COLUMNS DELIVERY_FROM " WHERE (?1 = 0 OR d.channel = ?1)"
	                        " AND (?2 < 0 OR d.alert = ?2) AND (?4 = 0 OR d.id < ?4) ORDER BY d.id DESC LIMIT ?3",
	                        DB_VALUES(db_int(filter->channel), db_int(filter->alert), db_int(limit), db_int(filter->before)), err),
	                 false, arena, out, out_count, err);
}

bool alert_outbox_counts(struct store *store, instant since, uint64_t *out_open, uint64_t *out_failed, struct err *err)
{
	int64_t open, failed;

	if (!db_number(store->db, "SELECT count(*) FROM alert_delivery WHERE state = 1", NULL, 0, 0, &open, err) ||
	    !db_number(store->db, "SELECT count(*) FROM alert_delivery WHERE state = 3 AND done_at >= ?",
	               DB_VALUES(db_int(since)), 0, &failed, err))
		return false;
	*out_open = (uint64_t)open;
	*out_failed = (uint64_t)failed;
	return true;
}

bool alert_outbox_has(struct store *store, struct str key, bool *out_has, struct err *err)
{
	int64_t has;

	if (!db_number(store->db, "SELECT EXISTS (SELECT 1 FROM alert_delivery WHERE key = ?)", DB_VALUES(db_text(key)), 0, &has,
	               err))
		return false;
	*out_has = has != 0;
	return true;
}

bool alert_outbox_request(struct store *store, int64_t id, struct arena *arena, struct str *out, struct err *err)
{
	struct query *query = db_ask(store->db, "SELECT request FROM alert_delivery WHERE id = ? AND request IS NOT NULL",
	                             DB_VALUES(db_int(id)), err);

	if (query == NULL)
		return false;
	*out = db_next(query) ? arena_str(arena, db_get_blob(query, 0)) : STR("");
	return db_end(query, err);
}

bool alert_outbox_again_counts(struct store *store, const struct alert_delivery *delivery, instant same_since,
                               instant channel_since, uint64_t *out_same, uint64_t *out_channel, struct err *err)
{
	int64_t root = delivery->again_of != 0 ? delivery->again_of : delivery->id, same, all;

	if (!db_number(store->db, "SELECT count(*) FROM alert_delivery WHERE again_of = ? AND created_at > ?",
	               DB_VALUES(db_int(root), db_int(same_since)), 0, &same, err) ||
	    !db_number(store->db,
	               "SELECT count(*) FROM alert_delivery WHERE again_of IS NOT NULL AND created_at > ? AND channel = ?",
	               DB_VALUES(db_int(channel_since), db_int(delivery->channel)), 0, &all, err))
		return false;
	*out_same = (uint64_t)same;
	*out_channel = (uint64_t)all;
	return true;
}

bool alert_outbox_house(struct store *store, struct arena *arena, struct str *out, struct err *err)
{
	struct query *query = db_ask(store->db, "SELECT value FROM meta WHERE key = 'alert-house'", NULL, 0, err);

	if (query == NULL)
		return false;
	*out = db_next(query) ? arena_str(arena, db_get_text(query, 0)) : STR("0");
	return db_end(query, err);
}
