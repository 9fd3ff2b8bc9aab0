/* SPDX-License-Identifier: ISC */
#pragma once
/* The linker's names for what --wrap moved aside (__real) and for what stands there now (__wrap). */
#include <libdeflate.h>
#include <sqlite3.h>
#include <zstd.h>

#include "decode/json_in.h"
#include "decode/transfer_encoding.h"

#define TAPE_WRAPPED(type, name, ...)                                                                                  \
	type __real_##name(__VA_ARGS__);                                                                               \
	type __wrap_##name(__VA_ARGS__)

TAPE_WRAPPED(int, sqlite3_prepare_v3, sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);
TAPE_WRAPPED(int, sqlite3_bind_int64, sqlite3_stmt *, int, sqlite3_int64);
TAPE_WRAPPED(int, sqlite3_bind_text64, sqlite3_stmt *, int, const char *, sqlite3_uint64, void (*)(void *),
             unsigned char);
TAPE_WRAPPED(int, sqlite3_bind_blob64, sqlite3_stmt *, int, const void *, sqlite3_uint64, void (*)(void *));
TAPE_WRAPPED(int, sqlite3_bind_null, sqlite3_stmt *, int);
TAPE_WRAPPED(int, sqlite3_step, sqlite3_stmt *);
TAPE_WRAPPED(int, sqlite3_reset, sqlite3_stmt *);
TAPE_WRAPPED(int, sqlite3_finalize, sqlite3_stmt *);
TAPE_WRAPPED(int, sqlite3_exec, sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *, char **);
TAPE_WRAPPED(enum libdeflate_result, libdeflate_gzip_decompress_ex, struct libdeflate_decompressor *, const void *,
             size_t, void *, size_t, size_t *, size_t *);
TAPE_WRAPPED(size_t, ZSTD_compress_usingCDict, ZSTD_CCtx *, void *, size_t, const void *, size_t, const ZSTD_CDict *);
TAPE_WRAPPED(ZSTD_CDict *, ZSTD_createCDict, const void *, size_t, int);
TAPE_WRAPPED(struct transfer_decoded, transfer_decode, enum transfer_encoding, struct str, size_t, struct arena *);
TAPE_WRAPPED(bool, json_parse, struct json_parser *, struct str, const struct json_limits *, struct arena *,
             struct json_value *, struct json_notes *, struct json_fault *);
