/* SPDX-License-Identifier: ISC */
#include "store/alert_channels.h"

#include "base/limits.h"
#include "store/alert_outbox.h"
#include "store/inner.h"

#define CHANNEL_COLUMNS                                                                                                \
	"id, name, kind, address, target, secret, language, paused, local, mx, created_at, delivered_at, failed_at, failures," \
	" result"

static instant instant_at(struct query *query, int column)
{
	return db_is_null(query, column) ? INSTANT_NONE : db_get_int(query, column);
}

static void read_channel(struct query *query, struct arena *arena, struct alert_channel *out)
{
	int64_t kind = db_get_int(query, 2);

	*out = (struct alert_channel){.id = db_get_int(query, 0),
	                              .name = arena_str(arena, db_get_text(query, 1)),
	                              .kind = kind >= 0 && kind < CHANNEL_KIND_COUNT ? (enum alert_channel_kind)kind
	                                                                             : CHANNEL_KIND_COUNT,
	                              .address = arena_str(arena, db_get_text(query, 3)),
	                              .target = arena_str(arena, db_get_text(query, 4)),
	                              .secret = arena_str(arena, db_get_text(query, 5)),
	                              .language = arena_str(arena, db_get_text(query, 6)),
	                              .is_paused = db_get_int(query, 7) != 0,
	                              .may_be_local = db_get_int(query, 8) != 0,
	                              .mx = arena_str(arena, db_get_text(query, 9)),
	                              .created_at = db_get_int(query, 10),
	                              .delivered_at = instant_at(query, 11),
	                              .failed_at = instant_at(query, 12),
	                              .failures = (uint64_t)db_get_int(query, 13),
	                              .result = arena_str(arena, db_get_text(query, 14))};
}

bool alert_channels_list(struct store *store, struct arena *arena, struct alert_channel_list *out, struct err *err)
{
	if (!store_must_be_house(store, err))
		return false;
	struct query *query =
	    db_ask(store->db, "SELECT " CHANNEL_COLUMNS " FROM alert_channel WHERE removed = 0 ORDER BY name", NULL, 0, err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out = (struct alert_channel_list){0};
	while (db_next(query))
		read_channel(query, arena, arena_push(arena, &rows, &out->count, &room, sizeof(struct alert_channel)));
	out->rows = rows;
	return db_end(query, err);
}

static bool read_one(struct query *query, struct arena *arena, struct alert_channel *out, struct err *err)
{
	struct alert_channel channel;

	if (query == NULL)
		return false;
	bool found = db_next(query);
	if (found)
		read_channel(query, arena, &channel);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "there is no such channel");
	*out = channel;
	return true;
}

bool alert_channels_find(struct store *store, struct str name, struct arena *arena, struct alert_channel *out,
                         struct err *err)
{
	if (!store_must_be_house(store, err))
		return false;
	return read_one(db_ask(store->db, "SELECT " CHANNEL_COLUMNS " FROM alert_channel WHERE name = ? AND removed = 0",
	                       DB_VALUES(db_text(name)), err),
	                arena, out, err);
}

bool alert_channels_load(struct store *store, int64_t id, struct arena *arena, struct alert_channel *out, struct err *err)
{
	return read_one(db_ask(store->db, "SELECT " CHANNEL_COLUMNS " FROM alert_channel WHERE id = ?", DB_VALUES(db_int(id)),
	                       err),
	                arena, out, err);
}

/* --- behind what it watches --- */

/* Domains that are listed, or that reports were about where none are. */
static bool is_monitored_domain(struct store *store, struct str name, bool *out, struct err *err)
{
	int64_t is;
	if (!db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM domain JOIN name ON name.id = domain.id WHERE name.text = ?1)"
	               " OR (NOT EXISTS (SELECT 1 FROM domain)"
	               "  AND EXISTS (SELECT 1 FROM unit JOIN name ON name.id = unit.domain WHERE name.text = ?1))",
	               DB_VALUES(db_text(name)), 0, &is, err))
		return false;
	*out = is != 0;
	return true;
}

/* Servers of listed domains, or that are the subject of an issue. */
static bool is_monitored_host(struct store *store, struct str name, bool *out, struct err *err)
{
	int64_t is;
	if (!db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM domain_mx JOIN name ON name.id = domain_mx.host WHERE name.text = ?1)"
	               " OR EXISTS (SELECT 1 FROM issue JOIN name ON name.id = issue.subject"
	               "  WHERE name.text = ?1 AND issue.kind = 0)",
	               DB_VALUES(db_text(name)), 0, &is, err))
		return false;
	*out = is != 0;
	return true;
}

static struct str lower(struct arena *arena, struct str text)
{
	char *copy = arena_text(arena, text);
	for (size_t i = 0; i < text.len; i++)
		copy[i] = byte_lower(copy[i]);
	return str_make(copy, text.len);
}

bool alert_channels_behind(struct store *store, const struct alert_channel *channel, struct arena *arena, struct str *out,
                           struct err *err)
{
	struct str domain = lower(arena, alert_channel_domain(channel));
	struct str rest = channel->mx;
	bool is = false;

	*out = STR_NONE;
	if (domain.len == 0)
		return true;
	if (!is_monitored_domain(store, domain, &is, err))
		return false;
	if (is)
		*out = domain;
	while (rest.p != NULL && !is) {
		struct str host = str_cut(&rest, ' ');
		if (host.len > 0 && !is_monitored_host(store, host, &is, err))
			return false;
		if (is)
			*out = host;
	}
	return true;
}

bool alert_channels_status(struct store *store, struct arena *arena, struct store_status *out, struct err *err)
{
	struct alert_channel_list list;
	uint64_t failed;

	if (store->tenant != 0)
		return true;
	if (!alert_channels_list(store, arena, &list, err) ||
	    !alert_outbox_counts(store, 0, &out->alerts_queued, &failed, err))
		return false;
	out->alert_channels = list.count;
	for (size_t i = 0; i < list.count; i++) {
		const struct alert_channel *channel = &list.rows[i];
		struct str behind;
		if (!alert_channels_behind(store, channel, arena, &behind, err))
			return false;
		if (channel->failures > 0 && out->alert_failing.len == 0)
			out->alert_failing = channel->name;
		if (behind.len > 0 && out->alert_address.len == 0) {
			out->alert_address = channel->address;
			out->alert_address_behind = behind;
		}
	}
	return true;
}

/* --- writing --- */

bool alert_channels_add(struct store *store, const struct alert_channel *channel, int64_t *out_id, struct err *err)
{
	struct err fault = {0};

	if (!db_run(store->db,
	            "INSERT INTO alert_channel (name, kind, address, target, secret, language, paused, local, mx, created_at)"
	            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	            DB_VALUES(db_text(channel->name), db_int(channel->kind), db_text(channel->address),
	                      db_text(channel->target), db_text(channel->secret), db_text(channel->language),
	                      db_int(channel->is_paused), db_int(channel->may_be_local), db_text(channel->mx),
	                      db_int(channel->created_at)),
	            &fault)) {
		if (fault.kind == ERR_INPUT)
			return err_set(err, ERR_INPUT, "there is a channel of this name");
		if (err != NULL)
			*err = fault;
		return false;
	}
	*out_id = db_last_id(store->db);
	return true;
}

bool alert_channels_save(struct store *store, const struct alert_channel *channel, struct err *err)
{
	/* A channel that is resumed begins anew. */
	return db_run(store->db,
	              "UPDATE alert_channel SET address = ?, target = ?, secret = ?, language = ?, local = ?, mx = ?,"
	              " failures = iif(paused > ?7, 0, failures), paused = ?7 WHERE id = ?8",
	              DB_VALUES(db_text(channel->address), db_text(channel->target), db_text(channel->secret),
	                        db_text(channel->language), db_int(channel->may_be_local), db_text(channel->mx),
	                        db_int(channel->is_paused), db_int(channel->id)),
	              err);
}

bool alert_channels_remove(struct store *store, int64_t id, instant now, struct err *err)
{
	return db_run(store->db, "UPDATE alert_channel SET removed = 1, secret = '' WHERE id = ?", DB_VALUES(db_int(id)), err) &&
	       db_run(store->db,
	              "UPDATE alert_delivery SET state = 5, done_at = ?, request = NULL, words = 'channel-removed'"
	              " WHERE channel = ? AND state < 2",
	              DB_VALUES(db_int(now), db_int(id)), err);
}

bool alert_channels_note(struct store *store, int64_t id, bool is_delivered, bool is_gone, struct str words, instant now,
                         struct err *err)
{
	if (is_delivered)
		return db_run(store->db,
		              "UPDATE alert_channel SET delivered_at = ?, failures = 0, result = ?, told_at = NULL WHERE id = ?",
		              DB_VALUES(db_int(now), db_text(words), db_int(id)), err);
	return db_run(store->db,
	              "UPDATE alert_channel SET failed_at = ?, failures = failures + 1, result = ?, paused = max(paused, ?)"
	              " WHERE id = ?",
	              DB_VALUES(db_int(now), db_text(words), db_int(is_gone), db_int(id)), err);
}

bool alert_channels_must_tell(struct store *store, int64_t id, instant now, instant secs, bool *out_must, struct err *err)
{
	if (!db_run(store->db, "UPDATE alert_channel SET told_at = ?1 WHERE id = ?3 AND coalesce(told_at, ?2) <= ?2",
	            DB_VALUES(db_int(now), db_int(now - secs), db_int(id)), err))
		return false;
	*out_must = db_changes(store->db) > 0;
	return true;
}
