/* SPDX-License-Identifier: ISC */
#include "alert/alert_json.h"

#include "base/quote.h"

static void begin(struct alert_json *json, const char *key)
{
	if (json->needs_comma)
		buf_byte(json->out, ',');
	json->needs_comma = true;
	if (key != NULL) {
		quote_json(str_of(key), json->out);
		buf_byte(json->out, ':');
	}
}

void alert_json_open(struct alert_json *json, const char *key, char bracket)
{
	begin(json, key);
	buf_byte(json->out, bracket);
	json->needs_comma = false;
}

void alert_json_close(struct alert_json *json, char bracket)
{
	buf_byte(json->out, bracket);
	json->needs_comma = true;
}

void alert_json_str(struct alert_json *json, const char *key, struct str value)
{
	begin(json, key);
	if (value.p == NULL)
		buf_text(json->out, "null");
	else
		quote_json(value, json->out);
}

void alert_json_cut(struct alert_json *json, const char *key, struct str value, size_t most)
{
	struct buf cut;

	if (value.len <= most) {
		alert_json_str(json, key, str_make(value.p == NULL ? "" : value.p, value.len));
		return;
	}
	size_t len = most - 3;
	while (len > 0 && ((unsigned char)value.p[len] & 0xc0u) == 0x80u)
		len--;
	buf_init(&cut, most);
	buf_str(&cut, str_upto(value, len));
	buf_text(&cut, "...");
	alert_json_str(json, key, buf_view(&cut));
	buf_done(&cut);
}

void alert_json_uint(struct alert_json *json, const char *key, uint64_t value)
{
	begin(json, key);
	buf_uint(json->out, value);
}

void alert_json_bool(struct alert_json *json, const char *key, bool value)
{
	alert_json_raw(json, key, value ? "true" : "false");
}

void alert_json_instant(struct alert_json *json, const char *key, instant at)
{
	char text[INSTANT_TEXT_MAX];
	struct str shown = instant_format(at, text);
	alert_json_str(json, key, shown.len > 0 ? shown : STR_NONE);
}

void alert_json_raw(struct alert_json *json, const char *key, const char *text)
{
	begin(json, key);
	buf_text(json->out, text);
}
