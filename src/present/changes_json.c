/* SPDX-License-Identifier: ISC */
#include "present/changes_json.h"

struct str changes_json_line(const struct line_change *change, struct arena *arena)
{
	static const char signs[] = {[LINE_KEPT] = ' ', [LINE_GONE] = '-', [LINE_NEW] = '+'};

	return str_of(arena_format(arena, "%c %.*s", signs[change->sign], STR_ARGS(change->text)));
}

void changes_json(const char *key, const struct line_change *changes, size_t n, struct json_out *json)
{
	static const char *const signs[] = {[LINE_KEPT] = "kept", [LINE_GONE] = "gone", [LINE_NEW] = "new"};

	json_out_list(json, key);
	for (size_t i = 0; i < n; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "sign", str_of(signs[changes[i].sign]));
		json_out_str(json, "text", changes[i].text);
		json_out_end(json);
	}
	json_out_end(json);
}
