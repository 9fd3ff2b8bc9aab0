/* SPDX-License-Identifier: ISC */
#include "publish/policy_id.h"

static struct str id_of(instant at, struct arena *arena)
{
	char text[INSTANT_TEXT_MAX];
	struct str time = instant_format(at, text);
	char *id = arena_bytes(arena, time.len);
	size_t len = 0;

	for (size_t i = 0; i < time.len; i++)
		if (byte_is_digit(time.p[i]) || byte_is_alpha(time.p[i]))
			id[len++] = time.p[i];
	return str_make(id, len);
}

static bool is_used(struct str id, const struct str_list *used)
{
	for (size_t i = 0; i < used->count; i++)
		if (str_eq_nocase(id, used->items[i]))
			return true;
	return false;
}

struct str policy_id(instant at, const struct str_list *used, struct arena *arena)
{
	struct str id = id_of(at, arena);

	while (is_used(id, used))
		id = id_of(++at, arena);
	return id;
}
