/* SPDX-License-Identifier: ISC */
#include "store/store_unread.h"

#include "store/inner.h"

bool store_unread_next(struct store *store, struct str version, int64_t *out_arrival, struct err *err)
{
	int64_t id;

	if (!db_number(store->db,
	               "SELECT coalesce((SELECT arrival FROM quarantine WHERE tried_by < ?1 ORDER BY tried_by, arrival LIMIT 1),"
	               " (SELECT arrival FROM quarantine WHERE tried_by > ?1 ORDER BY tried_by, arrival LIMIT 1))",
	               DB_VALUES(db_text(version)), 0, &id, err))
		return false;
	if (id == 0)
		return err_set(err, ERR_MISSING, "this version has tried all that cannot be read");
	*out_arrival = id;
	return true;
}

bool store_unread_reports(struct store *store, int64_t arrival, uint64_t *out_count, struct err *err)
{
	int64_t count;

	if (!db_number(store->db,
	               "SELECT count(*) FROM (SELECT report FROM arrival WHERE id = ?1 AND report <> 0"
	               " UNION SELECT report FROM arrival_report WHERE arrival = ?1)",
	               DB_VALUES(db_int(arrival)), 0, &count, err))
		return false;
	*out_count = (uint64_t)count;
	return true;
}

bool store_unread_tried(struct store *store, int64_t arrival, struct str version, uint64_t readable, struct err *err)
{
	return store_must_write(store, err) &&
	       db_run(store->db, "UPDATE quarantine SET tried_by = ?, readable = ? WHERE arrival = ?",
	              DB_VALUES(db_text(version), db_uint(readable), db_int(arrival)), err);
}

bool store_unread_readable(struct store *store, uint64_t *out_reports, struct err *err)
{
	int64_t count = 0;

	if (store->tenant == 0 &&
	    !db_number(store->db, "SELECT sum(readable) FROM quarantine WHERE readable > 0", NULL, 0, 0, &count, err))
		return false;
	*out_reports = (uint64_t)count;
	return true;
}

bool store_unread_list(struct store *store, size_t most, struct arena *arena, int64_t **out, size_t *out_count,
                       struct err *err)
{
	struct query *query = db_ask(store->db, "SELECT arrival FROM quarantine WHERE readable > 0 ORDER BY arrival LIMIT ?",
	                             DB_VALUES(db_uint(most)), err);
	void *ids = NULL;
	size_t room = 0;

	*out_count = 0;
	while (query != NULL && db_next(query))
		*(int64_t *)arena_push(arena, &ids, out_count, &room, sizeof(int64_t)) = db_get_int(query, 0);
	*out = ids;
	return db_end(query, err);
}
