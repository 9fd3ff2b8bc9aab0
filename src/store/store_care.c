/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "store/inner.h"

static bool next_original(struct store *store, int64_t after, int64_t *out_id, struct err *err)
{
	return db_number(store->db, "SELECT id FROM original WHERE id > ? AND codec <> 2 ORDER BY id LIMIT 1",
	                 DB_VALUES(db_int(after)), 0, out_id, err);
}

static bool verify_originals(struct store *store, struct err *err)
{
	struct buf bytes;
	bool ok = true;

	buf_init(&bytes, LIMIT_ARRIVAL_BYTES);
	for (int64_t id = 0; ok;) {
		ok = next_original(store, id, &id, err);
		if (!ok || id == 0)
			break;
		buf_clear(&bytes);
		ok = original_get(store->originals, id, &bytes, err) || err_prefix(err, "original %" PRId64, id);
	}
	buf_done(&bytes);
	return ok;
}

static bool none(struct store *store, const char *what, const char *sql, struct err *err)
{
	int64_t found;
	if (!db_number(store->db, sql, NULL, 0, 0, &found, err))
		return false;
	return found == 0 || err_set(err, ERR_SETUP, "%" PRId64 " %s", found, what);
}

static bool verify_counters(struct store *store, struct err *err)
{
	return none(store, "counters are wrong",
	            "SELECT (arrivals <> (SELECT count(*) FROM arrival)) +"
	            " (original_bytes <> (SELECT coalesce(sum(length(bytes)), 0) FROM original)) FROM counter",
	            err);
}

static bool verify_links(struct store *store, struct err *err)
{
	return none(store, "units belong to no report",
	            "SELECT count(*) FROM unit WHERE report NOT IN (SELECT id FROM report)", err) &&
	       none(store, "arrivals lack their original",
	            "SELECT count(*) FROM arrival WHERE original <> 0 AND original NOT IN (SELECT id FROM original)",
	            err) &&
	       none(store, "reports have no arrival",
	            "SELECT count(*) FROM report WHERE arrival NOT IN (SELECT id FROM arrival)", err) &&
	       none(store, "reports with more than one counted version",
	            "SELECT count(*) FROM (SELECT 1 FROM report WHERE state = 0 AND rid <> ''"
	            " GROUP BY reporter, begin, end, rid HAVING count(*) > 1)",
	            err);
}

bool store_verify(struct store *store, struct err *err)
{
	bool own;
	if (!store_must_be_house(store, err) || !store_read_begin(store, &own, err))
		return false;
	return store_read_end(store, own,
	                      db_check(store->db, true, err) && verify_links(store, err) &&
	                          verify_counters(store, err) && sums_verify(store, err) &&
	                          verify_originals(store, err));
}

bool store_backup(struct store *store, const char *path, struct err *err)
{
	if (!store_must_be_house(store, err))
		return false;
	/* A copy never replaces anything. */
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, errno == EEXIST ? ERR_INPUT : ERR_SETUP, "%s: %s", path, strerror(errno));
	file_close(&fd);
	if (db_backup(store->db, path, err))
		return true;
	(void)unlink(path);
	return err_prefix(err, "backup");
}

bool store_retain(struct store *store, instant now, uint32_t most, uint32_t *out_deleted, struct err *err)
{
	*out_deleted = 0;
	if (store->policy.originals_days == 0)
		return true;
	if (!store_begin(store, err))
		return false;
	instant before = now - (instant)store->policy.originals_days * SECS_PER_DAY;
	int64_t freed;
	if (original_delete(store->originals, before, most, out_deleted, &freed, err)) {
		store->counters.original_bytes -= freed;
		return store_commit(store, err);
	}
	store_rollback(store);
	return false;
}
