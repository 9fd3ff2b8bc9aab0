/* SPDX-License-Identifier: ISC */
/* Stand in front of the libraries; see tape.h.  The names are the linker's (--wrap). */
#include <string.h>

#include "base/mem.h"
#include "bench/tape.h"
#include "bench/tape_wrap.h"

#define STATEMENTS 4096u

#define JSON_ROOM 64 /* SIMDJSON_PADDING */

static struct tape *recording;
static struct {
	sqlite3_stmt *handle;
	uint32_t number;
} statements[STATEMENTS];
static uint32_t statement_count;

void tape_record(struct tape *tape)
{
	recording = tape;
}

void tape_put(struct buf *out, struct tape_head head, const void *bytes)
{
	static const char zeros[8];
	buf_bytes(out, &head, sizeof(head));
	if (head.len > 0)
		buf_bytes(out, bytes, head.len);
	buf_bytes(out, zeros, (8 - head.len % 8) % 8);
}

static void note(struct buf *out, struct tape_head head, const void *bytes)
{
	recording->calls++;
	tape_put(out, head, bytes);
}

/* ---- statements by number ---- */

static uint32_t slot_of(sqlite3_stmt *handle)
{
	uint32_t at = (uint32_t)((uintptr_t)handle / 16 * UINT32_C(2654435761)) % STATEMENTS;
	while (statements[at].handle != NULL && statements[at].handle != handle)
		at = (at + 1) % STATEMENTS;
	return at;
}

static uint32_t number_of(sqlite3_stmt *handle)
{
	return statements[slot_of(handle)].number;
}

/* ---- SQLite ---- */

int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int len, unsigned flags, sqlite3_stmt **out,
                              const char **tail)
{
	int code = __real_sqlite3_prepare_v3(db, sql, len, flags, out, tail);
	if (recording != NULL && code == SQLITE_OK && *out != NULL) {
		uint32_t at = slot_of(*out);
		statements[at].handle = *out;
		statements[at].number = ++statement_count;
		note(&recording->sql,
		     (struct tape_head){.call = TAPE_SQL_PREPARE, .which = statement_count, .column = (int32_t)flags,
		                        .len = (uint32_t)strlen(sql) + 1},
		     sql);
	}
	return code;
}

int __wrap_sqlite3_bind_int64(sqlite3_stmt *stmt, int column, sqlite3_int64 value)
{
	if (recording != NULL)
		note(&recording->sql,
		     (struct tape_head){.call = TAPE_SQL_INT, .which = number_of(stmt), .column = column, .number = value},
		     NULL);
	return __real_sqlite3_bind_int64(stmt, column, value);
}

int __wrap_sqlite3_bind_text64(sqlite3_stmt *stmt, int column, const char *text, sqlite3_uint64 len,
                               void (*destroy)(void *), unsigned char encoding)
{
	if (recording != NULL)
		note(&recording->sql,
		     (struct tape_head){.call = TAPE_SQL_TEXT, .which = number_of(stmt), .column = column, .len = (uint32_t)len},
		     text);
	return __real_sqlite3_bind_text64(stmt, column, text, len, destroy, encoding);
}

int __wrap_sqlite3_bind_blob64(sqlite3_stmt *stmt, int column, const void *bytes, sqlite3_uint64 len,
                               void (*destroy)(void *))
{
	if (recording != NULL)
		note(&recording->sql,
		     (struct tape_head){.call = TAPE_SQL_BLOB, .which = number_of(stmt), .column = column, .len = (uint32_t)len},
		     bytes);
	return __real_sqlite3_bind_blob64(stmt, column, bytes, len, destroy);
}

int __wrap_sqlite3_bind_null(sqlite3_stmt *stmt, int column)
{
	if (recording != NULL)
		note(&recording->sql, (struct tape_head){.call = TAPE_SQL_NULL, .which = number_of(stmt), .column = column},
		     NULL);
	return __real_sqlite3_bind_null(stmt, column);
}

int __wrap_sqlite3_step(sqlite3_stmt *stmt)
{
	if (recording != NULL)
		note(&recording->sql, (struct tape_head){.call = TAPE_SQL_STEP, .which = number_of(stmt)}, NULL);
	return __real_sqlite3_step(stmt);
}

int __wrap_sqlite3_reset(sqlite3_stmt *stmt)
{
	if (recording != NULL)
		note(&recording->sql, (struct tape_head){.call = TAPE_SQL_RESET, .which = number_of(stmt)}, NULL);
	return __real_sqlite3_reset(stmt);
}

int __wrap_sqlite3_finalize(sqlite3_stmt *stmt)
{
	if (recording != NULL && stmt != NULL)
		note(&recording->sql, (struct tape_head){.call = TAPE_SQL_FINALIZE, .which = number_of(stmt)}, NULL);
	return __real_sqlite3_finalize(stmt);
}

int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*each)(void *, int, char **, char **), void *context,
                        char **message)
{
	if (recording != NULL)
		note(&recording->sql, (struct tape_head){.call = TAPE_SQL_EXEC, .len = (uint32_t)strlen(sql) + 1}, sql);
	return __real_sqlite3_exec(db, sql, each, context, message);
}

/* ---- the others ---- */

enum libdeflate_result __wrap_libdeflate_gzip_decompress_ex(struct libdeflate_decompressor *unpacker, const void *in,
                                                            size_t in_len, void *out, size_t out_len,
                                                            size_t *in_used, size_t *out_used)
{
	if (recording != NULL)
		note(&recording->inflate,
		     (struct tape_head){.call = TAPE_INFLATE, .len = (uint32_t)in_len, .number = (int64_t)out_len}, in);
	return __real_libdeflate_gzip_decompress_ex(unpacker, in, in_len, out, out_len, in_used, out_used);
}

ZSTD_CDict *__wrap_ZSTD_createCDict(const void *bytes, size_t len, int level)
{
	if (recording != NULL)
		note(&recording->pack, (struct tape_head){.call = TAPE_DICTIONARY, .which = (uint32_t)level, .len = (uint32_t)len},
		     bytes);
	return __real_ZSTD_createCDict(bytes, len, level);
}

size_t __wrap_ZSTD_compress_usingCDict(ZSTD_CCtx *packer, void *out, size_t out_len, const void *in, size_t in_len,
                                       const ZSTD_CDict *dictionary)
{
	if (recording != NULL)
		note(&recording->pack, (struct tape_head){.call = TAPE_PACK, .len = (uint32_t)in_len}, in);
	return __real_ZSTD_compress_usingCDict(packer, out, out_len, in, in_len, dictionary);
}

struct transfer_decoded __wrap_transfer_decode(enum transfer_encoding encoding, struct str body, size_t limit,
                                               struct arena *arena)
{
	if (recording != NULL && encoding == TRANSFER_BASE64)
		note(&recording->base64, (struct tape_head){.call = TAPE_BASE64, .len = (uint32_t)body.len}, body.p);
	return __real_transfer_decode(encoding, body, limit, arena);
}

bool __wrap_json_parse(struct json_parser *parser, struct str text, const struct json_limits *limits,
                       struct arena *arena, struct json_value *out_root, struct json_notes *out_notes,
                       struct json_fault *out_fault)
{
	if (recording != NULL) {
		/* simdjson reads beyond the end. */
		char *padded = mem_new(text.len + JSON_ROOM);
		memcpy(padded, text.p, text.len);
		note(&recording->json,
		     (struct tape_head){.call = TAPE_JSON, .len = (uint32_t)(text.len + JSON_ROOM), .number = (int64_t)text.len},
		     padded);
		mem_free(padded);
	}
	return __real_json_parse(parser, text, limits, arena, out_root, out_notes, out_fault);
}
