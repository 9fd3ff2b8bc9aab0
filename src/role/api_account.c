/* SPDX-License-Identifier: ISC */
#include "role/api_account.h"

#include "base/base64.h"
#include "base/limits.h"
#include "decode/json_in.h"
#include "role/http_sign_in.h"
#include "web/passkey_data.h"

void api_account_put_bytes(struct api *api, const char *key, struct str bytes)
{
	struct buf text;

	buf_init(&text, KIB(64));
	base64_url_encode(bytes, &text);
	json_out_str(&api->json, key, buf_view(&text));
	buf_done(&text);
}

static bool read_client_data(struct str text, struct arena *arena, struct passkey_data *out)
{
	const struct json_limits limits = {.depth = 4, .nodes = 100, .memory_bytes = KIB(256)};
	struct json_parser *parser = json_parser_new();
	struct json_notes notes;
	struct json_fault fault;
	struct json_value root;

	*out = (struct passkey_data){0};
	bool ok = json_parse(parser, text, &limits, arena, &root, &notes, &fault) && json_kind(root) == JSON_OBJECT;
	if (ok) {
		for (struct json_walk walk = json_walk(root); json_next(&walk);) {
			struct str *member = str_eq(walk.name, STR("type"))        ? &out->type
			                     : str_eq(walk.name, STR("challenge")) ? &out->challenge
			                     : str_eq(walk.name, STR("origin"))    ? &out->origin
			                                                           : NULL;
			if (member != NULL && json_kind(walk.value) == JSON_STRING)
				*member = json_text(walk.value);
			if (str_eq(walk.name, STR("crossOrigin")) && json_kind(walk.value) == JSON_BOOL)
				out->is_cross_origin = json_bool(walk.value);
		}
	}
	json_parser_free(&parser);
	return ok;
}

bool api_account_client_data(struct api *api, struct str client_data, enum challenge_kind kind, int64_t owner, struct err *err)
{
	struct passkey_data data;
	struct buf key, note;

	if (!read_client_data(client_data, &api->arena, &data))
		return err_set(err, ERR_DENIED, "the passkey's answer is no JSON");
	buf_init(&key, KIB(1));
	buf_init(&note, KIB(1));
	/* The question that it names must be one of ours, asked of him, and not answered yet. */
	bool ok = base64_url_decode(data.challenge, &key) &&
	          http_desk_end(api->visit->door->desk, kind, buf_view(&key), owner, &note);
	buf_done(&key);
	buf_done(&note);
	if (!ok)
		return err_set(err, ERR_DENIED, "the passkey answers no question of ours, or too late");
	return passkey_data_check(&data, kind == CHALLENGE_PASSKEY_ADD, data.challenge,
	                          http_sign_in_origin(api->visit, &api->arena), err);
}
