/* SPDX-License-Identifier: ISC */
#include "web/request_origin.h"

struct str request_cookie(struct str header, bool is_secure)
{
	return request_cookie_named(header, is_secure ? COOKIE_SECURE : COOKIE_PLAIN);
}

struct str request_cookie_named(struct str header, const char *name_wanted)
{
	struct str wanted = str_of(name_wanted), found = STR_NONE;

	while (header.p != NULL) {
		struct str pair = str_trim(str_cut(&header, ';'));
		struct str name = str_cut(&pair, '=');
		if (pair.p == NULL || !str_eq(name, wanted))
			continue;
		if (found.p != NULL)
			return STR_NONE;
		found = pair;
	}
	return found;
}

void request_set_cookie(struct str value, bool is_secure, uint32_t seconds, struct buf *out)
{
	request_set_cookie_named(is_secure ? COOKIE_SECURE : COOKIE_PLAIN, value, is_secure, seconds, out);
}

void request_set_cookie_named(const char *name, struct str value, bool is_secure, uint32_t seconds, struct buf *out)
{
	buf_format(out, "%s=", name);
	buf_str(out, value);
	buf_format(out, "; Path=/; HttpOnly; SameSite=Lax; Max-Age=%u%s", value.len == 0 ? 0 : seconds,
	           is_secure ? "; Secure" : "");
}

bool request_is_ours(struct str fetch_site, struct str origin, struct str own)
{
	if (fetch_site.p == NULL && origin.p == NULL)
		return false;
	return (fetch_site.p == NULL || str_eq(fetch_site, STR("same-origin"))) &&
	       (origin.p == NULL || str_eq_nocase(origin, own));
}

struct str request_next(struct str path)
{
	if (path.len == 0 || path.len > 2000 || path.p[0] != '/')
		return STR_NONE;
	if (path.len > 1 && (path.p[1] == '/' || path.p[1] == '\\'))
		return STR_NONE;
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.p[i] <= ' ' || path.p[i] == '\\' || (unsigned char)path.p[i] >= 0x7f)
			return STR_NONE;
	return path;
}
