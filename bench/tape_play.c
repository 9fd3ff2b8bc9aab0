/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "bench/tape.h"
#include "bench/tape_wrap.h"

#define TAPE_BYTES_MAX ((size_t)12 * 1024 * 1024 * 1024)
#define STATEMENTS 65536u

void tape_init(struct tape *tape)
{
	struct buf *parts[] = {&tape->base64, &tape->inflate, &tape->json, &tape->pack, &tape->sql};
	memset(tape, 0, sizeof(*tape));
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		buf_init(parts[i], TAPE_BYTES_MAX);
}

void tape_done(struct tape *tape)
{
	struct buf *parts[] = {&tape->base64, &tape->inflate, &tape->json, &tape->pack, &tape->sql};
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		buf_done(parts[i]);
}

static double cpu_seconds(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The next call, its bytes behind it; NULL at the end. */
static const char *next_call(const struct buf *tape, size_t *at, struct tape_head *head)
{
	if (*at >= tape->len)
		return NULL;
	memcpy(head, tape->p + *at, sizeof(*head));
	const char *bytes = tape->p + *at + sizeof(*head);
	*at += sizeof(*head) + (head->len + 7) / 8 * 8;
	return bytes;
}

static double play_base64(const struct buf *tape)
{
	struct tape_head head;
	struct arena arena;
	size_t at = 0;
	arena_init(&arena, LIMIT_DECODE_MEMORY_BYTES);
	double start = cpu_seconds();
	for (const char *bytes; (bytes = next_call(tape, &at, &head)) != NULL;) {
		arena_clear(&arena);
		(void)transfer_decode(TRANSFER_BASE64, str_make(bytes, head.len), LIMIT_ARRIVAL_BYTES, &arena);
	}
	double spent = cpu_seconds() - start;
	arena_done(&arena);
	return spent;
}

static double play_inflate(const struct buf *tape)
{
	struct libdeflate_decompressor *unpacker = libdeflate_alloc_decompressor();
	char *out = mem_new(LIMIT_INFLATED_BYTES + 1);
	struct tape_head head;
	size_t at = 0, used, made;
	double start = cpu_seconds();
	for (const char *bytes; (bytes = next_call(tape, &at, &head)) != NULL;) {
		size_t room = (size_t)head.number <= LIMIT_INFLATED_BYTES ? (size_t)head.number : LIMIT_INFLATED_BYTES;
		(void)libdeflate_gzip_decompress_ex(unpacker, bytes, head.len, out, room, &used, &made);
	}
	double spent = cpu_seconds() - start;
	mem_free(out);
	libdeflate_free_decompressor(unpacker);
	return spent;
}

static double play_json(const struct buf *tape)
{
	struct tape_head head;
	size_t at = 0;
	double start = cpu_seconds();
	for (const char *bytes; (bytes = next_call(tape, &at, &head)) != NULL;)
		(void)tape_json_parse(bytes, (size_t)head.number);
	return cpu_seconds() - start;
}

static double play_pack(const struct buf *tape)
{
	ZSTD_CCtx *packer = ZSTD_createCCtx();
	char *out = mem_new(ZSTD_compressBound(LIMIT_ARRIVAL_BYTES));
	struct tape_head head;
	size_t at = 0;
	double start = cpu_seconds();
	ZSTD_CDict *dictionary = NULL;
	for (const char *bytes; (bytes = next_call(tape, &at, &head)) != NULL;) {
		if (head.call == TAPE_DICTIONARY) {
			(void)ZSTD_freeCDict(dictionary);
			dictionary = ZSTD_createCDict(bytes, head.len, (int)head.which);
			continue;
		}
		(void)ZSTD_compress_usingCDict(packer, out, ZSTD_compressBound(head.len), bytes, head.len, dictionary);
	}
	double spent = cpu_seconds() - start;
	mem_free(out);
	(void)ZSTD_freeCDict(dictionary);
	(void)ZSTD_freeCCtx(packer);
	return spent;
}

static bool play_one(sqlite3 *db, sqlite3_stmt **statements, const struct tape_head *head, const char *bytes)
{
	sqlite3_stmt **stmt = &statements[head->which % STATEMENTS];
	switch ((enum tape_call)head->call) {
	case TAPE_SQL_PREPARE: return sqlite3_prepare_v3(db, bytes, -1, (unsigned)head->column, stmt, NULL) == SQLITE_OK;
	case TAPE_SQL_INT: return sqlite3_bind_int64(*stmt, head->column, head->number) == SQLITE_OK;
	case TAPE_SQL_TEXT:
		return sqlite3_bind_text64(*stmt, head->column, bytes, head->len, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
	case TAPE_SQL_BLOB: return sqlite3_bind_blob64(*stmt, head->column, bytes, head->len, SQLITE_STATIC) == SQLITE_OK;
	case TAPE_SQL_NULL: return sqlite3_bind_null(*stmt, head->column) == SQLITE_OK;
	case TAPE_SQL_STEP: {
		int code = sqlite3_step(*stmt);
		return code == SQLITE_ROW || code == SQLITE_DONE;
	}
	case TAPE_SQL_RESET: return sqlite3_reset(*stmt) == SQLITE_OK;
	case TAPE_SQL_FINALIZE: return sqlite3_finalize(*stmt) == SQLITE_OK;
	case TAPE_SQL_EXEC: return sqlite3_exec(db, bytes, NULL, NULL, NULL) == SQLITE_OK;
	case TAPE_BASE64:
	case TAPE_INFLATE:
	case TAPE_JSON:
	case TAPE_DICTIONARY:
	case TAPE_PACK: break;
	}
	return false;
}

static bool play_sql(const struct buf *tape, const char *database, double *out)
{
	sqlite3 *db = NULL;
	sqlite3_stmt **statements = mem_new_array(STATEMENTS, sizeof(*statements));
	struct tape_head head;
	size_t at = 0;
	double start = cpu_seconds();
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	bool ok = sqlite3_open_v2(database, &db, flags, NULL) == SQLITE_OK;
	const char *bytes = NULL;
	while (ok && (bytes = next_call(tape, &at, &head)) != NULL)
		ok = play_one(db, statements, &head, bytes);
	if (!ok)
		fprintf(stderr, "floor: %s\n", sqlite3_errmsg(db));
	(void)sqlite3_close_v2(db);
	*out = cpu_seconds() - start;
	mem_free(statements);
	return ok;
}

bool tape_play(const struct tape *tape, const char *database, struct tape_times *out)
{
	out->base64 = play_base64(&tape->base64);
	out->inflate = play_inflate(&tape->inflate);
	out->json = play_json(&tape->json);
	out->pack = play_pack(&tape->pack);
	return play_sql(&tape->sql, database, &out->sql);
}
