/* SPDX-License-Identifier: ISC */
#include "store/audit.h"

#include "store/inner.h"

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return arena_str(arena, db_get_text(query, column));
}

static void read_row(struct query *query, struct arena *arena, struct audit_row *out)
{
	int64_t kind = db_get_int(query, 2);

	*out = (struct audit_row){
	    .id = db_get_int(query, 0),
	    .at = db_get_int(query, 1),
	    .actor_kind = kind >= 0 && kind < ACTOR_KIND_COUNT ? (enum actor_kind)kind : ACTOR_HOUSE,
	    .actor = db_get_int(query, 3),
	    .actor_name = text_at(query, 4, arena),
	    .tenant = db_get_int(query, 5),
	    .tenant_name = text_at(query, 6, arena),
	    .peer = text_at(query, 7, arena),
	    .action = text_at(query, 8, arena),
	    .object = text_at(query, 9, arena),
	    .before = text_at(query, 10, arena),
	    .after = text_at(query, 11, arena),
	};
}

bool audit_list(struct store *store, const struct audit_filter *filter, struct arena *arena, struct audit_list *out,
                struct err *err)
{
	struct audit_list list = {0};
	size_t room = 0;
	struct query *query = db_ask(
	    store->db,
	    "SELECT u.id, u.at, u.actor_kind, u.actor, u.actor_name, u.tenant, coalesce(t.name, ''), u.peer, u.action, u.object,"
	    " u.before, u.after FROM audit u LEFT JOIN tenant t ON t.id = u.tenant WHERE (?1 = 0 OR u.tenant = ?1)"
	    " AND (?2 = 0 OR u.id < ?2) AND (?3 IS NULL OR u.actor_name = ?3) AND (?4 IS NULL OR substr(u.action, 1, length(?4)) = ?4)"
	    " AND (?5 IS NULL OR substr(u.object, 1, length(?5)) = ?5) ORDER BY u.id DESC LIMIT ?6",
	    DB_VALUES(db_int(store->tenant), db_int(filter->before_id), db_text(filter->actor), db_text(filter->action),
	              db_text(filter->object), db_uint(filter->limit + 1)),
	    err);

	while (query != NULL && db_next(query)) {
		if (list.count == filter->limit) {
			list.next = list.count > 0 ? list.rows[list.count - 1].id : 0;
			break;
		}
		read_row(query, arena, arena_push(arena, (void **)&list.rows, &list.count, &room, sizeof *list.rows));
	}
	if (!db_end(query, err))
		return false;
	*out = list;
	return true;
}

static struct str short_enough(struct str text)
{
	return text.len <= AUDIT_TEXT_BYTES ? text : STR("{\"left_out\":\"too long\"}");
}

bool audit_add(struct store *store, const struct audit_row *row, struct err *err)
{
	return db_run(store->db,
	              "INSERT INTO audit (at, actor_kind, actor, actor_name, tenant, peer, action, object, before, after)"
	              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	              DB_VALUES(db_int(row->at), db_int(row->actor_kind), db_int(row->actor), db_text(row->actor_name),
	                        db_int(row->tenant), db_text(row->peer), db_text(row->action), db_text(row->object),
	                        db_text(short_enough(row->before)), db_text(short_enough(row->after))),
	              err);
}

bool audit_tidy(struct store *store, instant now, uint32_t most, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	bool ok = db_run(store->db, "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT ?)",
	                 DB_VALUES(db_int(now - (instant)AUDIT_DAYS * SECS_PER_DAY), db_int(most)), err);
	return store_end(store, ok, err);
}
