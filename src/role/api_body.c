/* SPDX-License-Identifier: ISC */
#include "role/api_body.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/utf8.h"

#define DEPTH 4
#define NODES 2000

static bool is_json(struct str type)
{
	type = str_trim(str_upto(type, str_find_byte(type, ';')));
	return str_eq_nocase(type, STR("application/json"));
}

bool api_body_read(struct api *api, struct api_body *out, struct err *err)
{
	const struct httpd_request *request = api->visit->request;
	const struct json_limits limits = {.depth = DEPTH, .nodes = NODES, .memory_bytes = MIB(1)};
	struct json_notes notes;
	struct json_fault fault;

	*out = (struct api_body){.api = api};
	if (request->body.len == 0)
		return true;
	/* A form of a page elsewhere can send text/plain, but not this. */
	if (!is_json(httpd_header(request, "Content-Type")))
		return api_wrong(api, "Content-Type", "the body is application/json", err);
	if (request->body.len > API_BODY_BYTES)
		return err_set(err, ERR_TOO_BIG, "the body is larger than any that makes sense here");
	out->parser = json_parser_new();
	if (!json_parse(out->parser, request->body, &limits, &api->arena, &out->root, &notes, &fault) ||
	    json_kind(out->root) != JSON_OBJECT)
		return api_wrong(api, "", "the body is one JSON object", err);
	out->is_there = true;
	return true;
}

void api_body_done(struct api_body *body)
{
	if (body->parser != NULL)
		json_parser_free(&body->parser);
}

bool api_body_wrong(struct api_body *body, const char *name, const char *sentence)
{
	if (body->failed)
		return false;
	body->failed = true;
	body->api->wrong = arena_format(&body->api->arena, "/%s", name);
	return err_set(&body->err, ERR_INPUT, "%s", sentence);
}

/* False where it is missing or null; twice is wrong. */
static bool find(struct api_body *body, const char *name, struct json_value *out)
{
	bool found = false;

	if (body->asked_count < API_BODY_MEMBERS)
		body->asked[body->asked_count++] = name;
	if (!body->is_there)
		return false;
	for (struct json_walk walk = json_walk(body->root); json_next(&walk);) {
		if (!str_eq(walk.name, str_of(name)))
			continue;
		if (found)
			return api_body_wrong(body, name, "it stands there twice");
		found = true;
		*out = walk.value;
	}
	return found && json_kind(*out) != JSON_NULL;
}

bool api_body_has(struct api_body *body, const char *name)
{
	struct json_value value;
	return find(body, name, &value);
}

static bool has_controls(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (((unsigned char)text.p[i] < ' ' && text.p[i] != '\n' && text.p[i] != '\t') || text.p[i] == 0x7f)
			return true;
	return false;
}

struct str api_body_text(struct api_body *body, const char *name, size_t most)
{
	struct json_value value;

	if (!find(body, name, &value))
		return STR_NONE;
	if (json_kind(value) != JSON_STRING) {
		(void)api_body_wrong(body, name, "it is a text");
		return STR_NONE;
	}
	struct str text = json_text(value);
	if (text.len > most || has_controls(text)) {
		(void)api_body_wrong(body, name, text.len > most ? "it is too long" : "it holds control characters");
		return STR_NONE;
	}
	return str_trim(text);
}

struct str api_body_text_or(struct api_body *body, const char *name, size_t most, struct str fallback)
{
	struct str text = api_body_text(body, name, most);
	return text.p != NULL ? text : fallback;
}

struct str api_body_secret(struct api_body *body, const char *name, size_t most)
{
	struct json_value value;

	if (!find(body, name, &value))
		return STR_NONE;
	if (json_kind(value) != JSON_STRING || json_text(value).len > most) {
		(void)api_body_wrong(body, name, "it is a text, and not too long");
		return STR_NONE;
	}
	return json_text(value);
}

bool api_body_bool(struct api_body *body, const char *name, bool fallback)
{
	struct json_value value;

	if (!find(body, name, &value))
		return fallback;
	if (json_kind(value) != JSON_BOOL)
		return api_body_wrong(body, name, "it is true or false");
	return json_bool(value);
}

uint64_t api_body_uint(struct api_body *body, const char *name, uint64_t fallback)
{
	struct json_value value;

	if (!find(body, name, &value))
		return fallback;
	struct json_number number = json_kind(value) == JSON_NUMBER ? json_number(value) : (struct json_number){JSON_NUMBER_TEXT, 0, 0, 0, STR_NONE};
	if (number.kind != JSON_NUMBER_UINT || number.uint > INT64_MAX) {
		(void)api_body_wrong(body, name, "it is a number without a sign or a point");
		return fallback;
	}
	return number.uint;
}

instant api_body_instant(struct api_body *body, const char *name)
{
	struct str text = api_body_text(body, name, 64);
	instant at = INSTANT_NONE;
	unsigned odd;

	if (text.p != NULL && (!instant_parse(text, &at, &odd) || odd != INSTANT_ODD_NONE)) {
		(void)api_body_wrong(body, name, "it is a moment such as 2026-11-30T12:00:00Z");
		return INSTANT_NONE;
	}
	return at;
}

struct str api_body_bytes(struct api_body *body, const char *name, size_t most)
{
	struct str text = api_body_text(body, name, (most * 4 + 2) / 3);
	struct str bytes = STR_NONE;
	struct buf out;

	if (text.p == NULL)
		return STR_NONE;
	buf_init(&out, most);
	if (base64_url_decode(text, &out))
		bytes = arena_str(&body->api->arena, buf_view(&out));
	else
		(void)api_body_wrong(body, name, "it is base64url");
	buf_done(&out);
	return bytes;
}

bool api_body_list(struct api_body *body, const char *name, size_t most, struct str_list *out)
{
	struct json_value value;
	struct str_list list = {0};

	*out = list;
	if (!find(body, name, &value))
		return false;
	if (json_kind(value) != JSON_LIST || json_count(value) > most)
		return api_body_wrong(body, name, "it is a list, and not too long");
	list.items = ARENA_ARRAY(&body->api->arena, json_count(value) + 1, struct str);
	for (struct json_walk walk = json_walk(value); json_next(&walk);) {
		if (json_kind(walk.value) != JSON_STRING || json_text(walk.value).len > LIMIT_NAME_BYTES ||
		    has_controls(json_text(walk.value)))
			return api_body_wrong(body, name, "its elements are short texts");
		list.items[list.count++] = json_text(walk.value);
	}
	*out = list;
	return true;
}

static bool was_asked(const struct api_body *body, struct str name)
{
	for (size_t i = 0; i < body->asked_count; i++)
		if (str_eq(name, str_of(body->asked[i])))
			return true;
	return false;
}

bool api_body_end(struct api_body *body, struct err *err)
{
	if (body->is_there && !body->failed)
		for (struct json_walk walk = json_walk(body->root); json_next(&walk);)
			if (!was_asked(body, walk.name))
				(void)api_body_wrong(body, "", "it has a member that means nothing here");
	return !body->failed || err_set(err, body->err.kind, "%s", body->err.text);
}

bool api_body_with(struct api *api, bool (*send)(struct api *, int64_t, struct api_body *, struct err *), int64_t id, struct err *err)
{
	struct api_body body;

	bool ok = api_body_read(api, &body, err) && send(api, id, &body, err);
	api_body_done(&body);
	return ok;
}
