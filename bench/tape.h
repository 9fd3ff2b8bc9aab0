/* SPDX-License-Identifier: ISC */
#pragma once
/* What the house asks of its libraries, noted call by call and played again with nothing around it.
 *
 * The linker puts the functions of tape_wrap.c in front of the libraries' own (--wrap, see meson.build); while a tape
 * is set they note each call with its bytes.  So the floor is exactly what the program itself asks for, also after the
 * program changes. */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum tape_call {
	TAPE_BASE64,
	TAPE_INFLATE,
	TAPE_JSON,
	TAPE_DICTIONARY, /* zstd */
	TAPE_PACK,
	TAPE_SQL_PREPARE,
	TAPE_SQL_INT,
	TAPE_SQL_TEXT,
	TAPE_SQL_BLOB,
	TAPE_SQL_NULL,
	TAPE_SQL_STEP,
	TAPE_SQL_RESET,
	TAPE_SQL_FINALIZE,
	TAPE_SQL_EXEC,
};

/* One tape a library, so that each is timed for itself. */
struct tape {
	struct buf base64, inflate, json, pack, sql;
	uint64_t calls;
};

void tape_init(struct tape *tape);
void tape_done(struct tape *tape);

/* NULL: stop. */
void tape_record(struct tape *tape);

/* CPU seconds of each, playing the whole tape.  `database` is a path that does not exist yet. */
struct tape_times {
	double base64, inflate, json, pack, sql;
};
bool tape_play(const struct tape *tape, const char *database, struct tape_times *out);

/* The frame of one call: a head, then `len` bytes padded to 8. */
struct tape_head {
	uint32_t call;
	uint32_t which; /* statement, or level */
	int32_t column;
	uint32_t len;
	int64_t number;
};
void tape_put(struct buf *out, struct tape_head head, const void *bytes);

/* floor_json.cc: simdjson alone.  `room` bytes behind the text may be read. */
#ifdef __cplusplus
extern "C" {
#endif
bool tape_json_parse(const char *text, size_t len);
#ifdef __cplusplus
}
#endif
