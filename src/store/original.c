/* SPDX-License-Identifier: ISC */
#include "store/original.h"

#include <zstd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "sys/digest.h"

#define LEVEL 1
#define DICTIONARY_ID 1 /* stands in each frame */

enum codec { CODEC_RAW, CODEC_ZSTD, CODEC_DELETED };

struct originals {
	struct db *db;
	ZSTD_CCtx *pack;
	ZSTD_CDict *pack_words;
	ZSTD_DCtx *unpack;
	ZSTD_DDict *unpack_words;
	struct buf packed;
};

struct originals *originals_new(struct db *db)
{
	struct originals *originals = mem_new(sizeof *originals);
	originals->db = db;
	buf_init(&originals->packed, LIMIT_ARRIVAL_BYTES + MIB(1));
	return originals;
}

void originals_free(struct originals **originals)
{
	if (*originals == NULL)
		return;
	(void)ZSTD_freeCCtx((*originals)->pack);
	(void)ZSTD_freeCDict((*originals)->pack_words);
	(void)ZSTD_freeDCtx((*originals)->unpack);
	(void)ZSTD_freeDDict((*originals)->unpack_words);
	buf_done(&(*originals)->packed);
	mem_free(*originals);
	*originals = NULL;
}

/* What is to be stored: packed when that is smaller. */
static struct str pack(struct originals *originals, struct str bytes, enum codec *out_codec)
{
	*out_codec = CODEC_RAW;
	if (originals->pack == NULL) {
		originals->pack = ZSTD_createCCtx();
		originals->pack_words = ZSTD_createCDict(original_dictionary, original_dictionary_len, LEVEL);
	}
	buf_clear(&originals->packed);
	size_t room = ZSTD_compressBound(bytes.len);
	char *at = buf_reserve(&originals->packed, room);
	if (originals->pack == NULL || originals->pack_words == NULL || at == NULL)
		return bytes;
	size_t len = ZSTD_compress_usingCDict(originals->pack, at, room, bytes.p, bytes.len, originals->pack_words);
	if (ZSTD_isError(len) || len >= bytes.len)
		return bytes;
	*out_codec = CODEC_ZSTD;
	return str_make(at, len);
}

bool original_put(struct originals *originals, struct str bytes, int64_t received_at, int64_t *out_id,
                  int64_t *out_grown, struct err *err)
{
	unsigned char hash[DIGEST_SHA256_BYTES];
	struct str key = str_make(hash, sizeof hash);
	enum codec codec;

	if (bytes.p == NULL)
		bytes = STR("");
	digest_sha256(bytes, hash);
	struct str stored = pack(originals, bytes, &codec);
	if (!db_run(originals->db,
	            "INSERT INTO original (sha256, size, codec, received_at, bytes) VALUES (?, ?, ?, ?, ?)"
	            " ON CONFLICT DO NOTHING",
	            DB_VALUES(db_blob(key), db_uint(bytes.len), db_int(codec), db_int(received_at), db_blob(stored)),
	            err))
		return false;
	if (db_changes(originals->db) > 0) {
		*out_id = db_last_id(originals->db);
		*out_grown = (int64_t)stored.len;
		return true;
	}
	/* The same bytes are there, or were. */
	bool ok = db_number(originals->db, "SELECT id FROM original WHERE sha256 = ?", DB_VALUES(db_blob(key)), 0,
	                    out_id, err) &&
	          db_run(originals->db,
	                 "UPDATE original SET codec = ?, received_at = ?, bytes = ? WHERE id = ? AND codec = 2",
	                 DB_VALUES(db_int(codec), db_int(received_at), db_blob(stored), db_int(*out_id)), err);
	*out_grown = ok && db_changes(originals->db) > 0 ? (int64_t)stored.len : 0;
	return ok;
}

static bool unpack(struct originals *originals, struct str stored, size_t size, struct buf *out, struct err *err)
{
	if (originals->unpack == NULL) {
		originals->unpack = ZSTD_createDCtx();
		originals->unpack_words = ZSTD_createDDict(original_dictionary, original_dictionary_len);
	}
	char *at = buf_reserve(out, size);
	if (at == NULL)
		return err_set(err, ERR_TOO_BIG, "the original has %zu bytes", size);
	if (originals->unpack == NULL || originals->unpack_words == NULL)
		return err_set(err, ERR_LATER, "out of memory");
	unsigned words = ZSTD_getDictID_fromFrame(stored.p, stored.len);
	if (words != 0 && words != DICTIONARY_ID)
		return err_set(err, ERR_SETUP, "the original needs dictionary %u, which this program does not have",
		               words);
	size_t len = words == 0 ? ZSTD_decompressDCtx(originals->unpack, at, size, stored.p, stored.len)
	                        : ZSTD_decompress_usingDDict(originals->unpack, at, size, stored.p, stored.len,
	                                                     originals->unpack_words);
	if (ZSTD_isError(len) || len != size)
		return err_set(err, ERR_SETUP, "the stored original is damaged");
	buf_advance(out, len);
	return true;
}

static bool read_row(struct originals *originals, struct query *query, struct buf *out, struct err *err)
{
	size_t size = (size_t)db_get_int(query, 0), before = out->len;
	struct str stored = db_get_blob(query, 2);
	unsigned char hash[DIGEST_SHA256_BYTES];

	if (db_get_int(query, 1) == CODEC_DELETED)
		return err_set(err, ERR_MISSING, "the original was deleted after its time");
	if (size > LIMIT_ARRIVAL_BYTES)
		return err_set(err, ERR_SETUP, "the stored original is damaged");
	if (db_get_int(query, 1) == CODEC_RAW)
		buf_str(out, stored);
	else if (!unpack(originals, stored, size, out, err))
		return false;
	if (out->failed)
		return err_set(err, ERR_TOO_BIG, "the original has %zu bytes", size);
	digest_sha256(str_make(out->p == NULL ? "" : out->p + before, out->len - before), hash);
	if (!str_eq(str_make(hash, sizeof hash), db_get_blob(query, 3)))
		return err_set(err, ERR_SETUP, "the stored original is not what it was");
	return true;
}

bool original_get(struct originals *originals, int64_t id, struct buf *out, struct err *err)
{
	struct query *query = db_ask(originals->db, "SELECT size, codec, bytes, sha256 FROM original WHERE id = ?",
	                             DB_VALUES(db_int(id)), err);
	if (query == NULL)
		return false;
	bool found = db_next(query);
	bool ok = found && read_row(originals, query, out, err);
	if (!db_end(query, err))
		return false;
	return ok || (!found ? err_set(err, ERR_MISSING, "there is no such original") : false);
}

static bool let_go(struct originals *originals, int64_t id, int64_t *out_freed, struct err *err)
{
	return db_number(originals->db, "SELECT length(bytes) FROM original WHERE id = ?", DB_VALUES(db_int(id)), 0, out_freed, err) &&
	       db_run(originals->db, "UPDATE original SET codec = 2, bytes = x'' WHERE id = ?", DB_VALUES(db_int(id)), err);
}

bool original_delete(struct originals *originals, int64_t before, uint32_t most, uint32_t *out_deleted,
                     int64_t *out_freed, struct err *err)
{
	*out_deleted = 0;
	*out_freed = 0;
	for (int64_t id; *out_deleted < most; (*out_deleted)++) {
		int64_t size;
		if (!db_number(originals->db,
		               "SELECT id FROM original WHERE codec <> 2 AND received_at < ? AND id NOT IN"
		               " (SELECT a.original FROM quarantine q JOIN arrival a ON a.id = q.arrival)"
		               " ORDER BY received_at LIMIT 1",
		               DB_VALUES(db_int(before)), 0, &id, err))
			return false;
		if (id == 0)
			return true;
		if (!let_go(originals, id, &size, err))
			return false;
		*out_freed += size;
	}
	return true;
}

bool original_delete_one(struct originals *originals, int64_t id, int64_t *out_freed, struct err *err)
{
	int64_t there;

	*out_freed = 0;
	if (!db_number(originals->db,
	               "SELECT count(*) FROM original o WHERE id = ? AND codec <> 2 AND NOT EXISTS"
	               " (SELECT 1 FROM quarantine q JOIN arrival a ON a.id = q.arrival WHERE a.original = o.id)",
	               DB_VALUES(db_int(id)), 0, &there, err))
		return false;
	return there == 0 || let_go(originals, id, out_freed, err);
}
