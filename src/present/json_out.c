/* SPDX-License-Identifier: ISC */
#include "present/json_out.h"

#include <assert.h>

#include "base/json_text.h"
#include "base/quote.h"

void json_out_init(struct json_out *json, struct buf *out, bool is_pretty)
{
	*json = (struct json_out){.out = out, .is_pretty = is_pretty};
}

static void indent(struct json_out *json)
{
	if (!json->is_pretty)
		return;
	buf_byte(json->out, '\n');
	for (unsigned i = 0; i < json->depth; i++)
		buf_text(json->out, "  ");
}

/* The comma, the line and the key that stand before a value. */
static void begin(struct json_out *json, const char *key)
{
	if (json->depth == 0)
		return;
	unsigned level = json->depth - 1;
	assert(json->is_list[level] == (key == NULL));
	if (json->is_used[level])
		buf_byte(json->out, ',');
	json->is_used[level] = true;
	indent(json);
	if (key != NULL) {
		quote_json(str_of(key), json->out);
		buf_text(json->out, json->is_pretty ? ": " : ":");
	}
}

static void open(struct json_out *json, const char *key, bool is_list)
{
	assert(json->depth < JSON_OUT_DEPTH);
	begin(json, key);
	buf_byte(json->out, is_list ? '[' : '{');
	json->is_used[json->depth] = false;
	json->is_list[json->depth] = is_list;
	json->depth++;
}

void json_out_object(struct json_out *json, const char *key)
{
	open(json, key, false);
}

void json_out_list(struct json_out *json, const char *key)
{
	open(json, key, true);
}

void json_out_end(struct json_out *json)
{
	assert(json->depth > 0);
	json->depth--;
	if (json->is_used[json->depth])
		indent(json);
	buf_byte(json->out, json->is_list[json->depth] ? ']' : '}');
	if (json->depth == 0)
		buf_byte(json->out, '\n');
}

void json_out_null(struct json_out *json, const char *key)
{
	begin(json, key);
	buf_text(json->out, "null");
}

void json_out_str(struct json_out *json, const char *key, struct str value)
{
	if (value.p == NULL) {
		json_out_null(json, key);
		return;
	}
	begin(json, key);
	quote_json(value, json->out);
}

void json_out_text(struct json_out *json, const char *key, struct str text)
{
	if (!json_text_is_value(text)) {
		json_out_str(json, key, text);
		return;
	}
	begin(json, key);
	quote_json_text(text, json->out);
}

void json_out_uint(struct json_out *json, const char *key, uint64_t value)
{
	begin(json, key);
	buf_uint(json->out, value);
}

void json_out_int(struct json_out *json, const char *key, int64_t value)
{
	begin(json, key);
	buf_int(json->out, value);
}

void json_out_secs(struct json_out *json, const char *key, uint64_t millis)
{
	begin(json, key);
	buf_format(json->out, "%llu.%03u", (unsigned long long)(millis / 1000), (unsigned)(millis % 1000));
}

void json_out_bool(struct json_out *json, const char *key, bool value)
{
	begin(json, key);
	buf_text(json->out, value ? "true" : "false");
}

void json_out_instant(struct json_out *json, const char *key, instant at)
{
	char text[INSTANT_TEXT_MAX];
	json_out_str(json, key, at == INSTANT_NONE ? STR_NONE : instant_format(at, text));
}

void json_out_day(struct json_out *json, const char *key, int32_t day)
{
	char text[INSTANT_TEXT_MAX];
	json_out_str(json, key, day == DAY_NONE ? STR_NONE : day_format(day, text));
}
