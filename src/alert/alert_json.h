/* SPDX-License-Identifier: ISC */
#pragma once
/* The JSON of messages, in one line.  `key` is NULL inside a list. */
#include "base/buf.h"
#include "base/instant.h"

struct alert_json {
	struct buf *out;
	bool needs_comma;
};

void alert_json_open(struct alert_json *json, const char *key, char bracket); /* '{' or '[' */
void alert_json_close(struct alert_json *json, char bracket);                 /* '}' or ']' */
void alert_json_str(struct alert_json *json, const char *key, struct str value); /* absent: null */
/* At most `most` bytes of it, ending in "..." where something is missing. */
void alert_json_cut(struct alert_json *json, const char *key, struct str value, size_t most);
void alert_json_uint(struct alert_json *json, const char *key, uint64_t value);
void alert_json_bool(struct alert_json *json, const char *key, bool value);
void alert_json_instant(struct alert_json *json, const char *key, instant at);
/* Bytes that are JSON already. */
void alert_json_raw(struct alert_json *json, const char *key, const char *text);
