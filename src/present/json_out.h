/* SPDX-License-Identifier: ISC */
#pragma once
/* Writes one JSON text, member by member, without a tree in memory: `out` may be emptied between two calls, so a list of
 * any length streams.  Strings go through quote_json.  `key` is NULL inside a list. */
#include <stdint.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/str.h"

#define JSON_OUT_DEPTH 24

struct json_out {
	struct buf *out;
	bool is_pretty; /* indented by two blanks; else all in one line */
	unsigned depth;
	bool is_used[JSON_OUT_DEPTH]; /* something stands at this level already */
	bool is_list[JSON_OUT_DEPTH];
};

void json_out_init(struct json_out *json, struct buf *out, bool is_pretty);

void json_out_object(struct json_out *json, const char *key);
void json_out_list(struct json_out *json, const char *key);
void json_out_end(struct json_out *json); /* of the innermost object or list; the outermost is followed by LF */

void json_out_str(struct json_out *json, const char *key, struct str value); /* absent: null */
/* A JSON text as it is, where it is one whole value; else as a string. */
void json_out_text(struct json_out *json, const char *key, struct str text);
void json_out_uint(struct json_out *json, const char *key, uint64_t value);
void json_out_int(struct json_out *json, const char *key, int64_t value);
void json_out_secs(struct json_out *json, const char *key, uint64_t millis); /* 1.234 */
void json_out_bool(struct json_out *json, const char *key, bool value);
void json_out_null(struct json_out *json, const char *key);
void json_out_instant(struct json_out *json, const char *key, instant at); /* INSTANT_NONE: null */
void json_out_day(struct json_out *json, const char *key, int32_t day);    /* DAY_NONE: null */
