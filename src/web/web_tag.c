/* SPDX-License-Identifier: ISC */
#include "web/web_tag.h"

static struct str without_quotes(struct str tag)
{
	if (str_starts_with(tag, STR("W/")))
		tag = str_from(tag, 2);
	return tag.len >= 2 && tag.p[0] == '"' && tag.p[tag.len - 1] == '"' ? str_upto(str_from(tag, 1), tag.len - 2) : tag;
}

bool web_tag_is_named(struct str header, struct str tag)
{
	while (header.p != NULL) {
		struct str one = str_trim(str_cut(&header, ','));
		if (str_eq(one, STR("*")) || str_eq(without_quotes(one), tag))
			return true;
	}
	return false;
}
