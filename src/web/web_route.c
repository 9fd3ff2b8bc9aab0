/* SPDX-License-Identifier: ISC */
#include "web/web_route.h"

#include "base/attr.h"

struct row {
	struct str pattern;
	unsigned methods;
	enum web_right right;
};

static const struct row rows[] = {
#define X(id, pattern, methods, right) {STR(pattern), (methods), WEB_RIGHT_##right},
    ROUTES(X)
#undef X
};

static int hex_of(char c)
{
	return byte_is_digit(c) ? c - '0' : byte_lower(c) >= 'a' && byte_lower(c) <= 'f' ? byte_lower(c) - 'a' + 10 : -1;
}

/* False for "%zz", "%00" and the like. */
static bool decode(struct str piece, struct arena *arena, struct str *out)
{
	if (str_find_byte(piece, '%') == piece.len) {
		*out = piece;
		return true;
	}
	char *copy = arena_bytes(arena, piece.len);
	size_t n = 0;
	for (size_t i = 0; i < piece.len; i++) {
		char c = piece.p[i];
		if (c == '%') {
			int high = i + 2 < piece.len ? hex_of(piece.p[i + 1]) : -1;
			int low = high >= 0 ? hex_of(piece.p[i + 2]) : -1;
			if (low < 0 || high * 16 + low == 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		copy[n++] = c;
	}
	*out = str_make(copy, n);
	return true;
}

static bool matches(struct str pattern, struct str path, struct str parts[WEB_ROUTE_PARTS])
{
	size_t n = 0;

	while (pattern.len > 0 && path.len > 0) {
		size_t piece = str_find_byte(path, '/'), wanted = str_find_byte(pattern, '/');
		if (str_eq(str_upto(pattern, wanted), STR("*"))) {
			if (piece == 0)
				return false;
			parts[n++] = str_upto(path, piece);
		} else if (!str_eq(str_upto(pattern, wanted), str_upto(path, piece))) {
			return false;
		}
		/* Both end here, or both go on. */
		if ((wanted == pattern.len) != (piece == path.len))
			return false;
		pattern = str_from(pattern, wanted + 1);
		path = str_from(path, piece + 1);
		if (pattern.len == 0 || path.len == 0)
			return pattern.len == path.len;
	}
	return pattern.len == path.len;
}

struct web_match web_route_find(struct str path, unsigned method, struct arena *arena)
{
	struct web_match match = {.route = WEB_ROUTE_COUNT};

	for (unsigned i = 0; i < WEB_ROUTE_COUNT; i++) {
		struct str parts[WEB_ROUTE_PARTS] = {{0}};
		if (!matches(rows[i].pattern, path, parts))
			continue;
		match.methods |= rows[i].methods;
		if ((rows[i].methods & method) == 0 || match.route != WEB_ROUTE_COUNT)
			continue;
		for (size_t n = 0; n < WEB_ROUTE_PARTS; n++)
			if (!decode(parts[n], arena, &match.parts[n]))
				return (struct web_match){.route = WEB_ROUTE_COUNT};
		match.route = (enum web_route)i;
	}
	return match;
}

enum web_right web_route_right(enum web_route route)
{
	return rows[route].right;
}

const char *web_route_allow(unsigned methods)
{
	static const char *const texts[] = {
	    "",           "GET, HEAD",         "POST",              "GET, HEAD, POST",
	    "PUT",        "GET, HEAD, PUT",    "POST, PUT",         "GET, HEAD, POST, PUT",
	    "PATCH",      "GET, HEAD, PATCH",  "POST, PATCH",       "GET, HEAD, POST, PATCH",
	    "PUT, PATCH", "GET, HEAD, PUT, PATCH", "POST, PUT, PATCH", "GET, HEAD, POST, PUT, PATCH",
	    "DELETE",     "GET, HEAD, DELETE", "POST, DELETE",      "GET, HEAD, POST, DELETE",
	    "PUT, DELETE", "GET, HEAD, PUT, DELETE", "POST, PUT, DELETE", "GET, HEAD, POST, PUT, DELETE",
	    "PATCH, DELETE", "GET, HEAD, PATCH, DELETE", "POST, PATCH, DELETE", "GET, HEAD, POST, PATCH, DELETE",
	    "PUT, PATCH, DELETE", "GET, HEAD, PUT, PATCH, DELETE", "POST, PUT, PATCH, DELETE",
	    "GET, HEAD, POST, PUT, PATCH, DELETE"};

	_Static_assert(COUNT_OF(texts) == ROUTE_DELETE * 2, "one for each set of methods");
	return texts[methods];
}

struct str web_route_below(struct str path, struct str base)
{
	return base.len > 1 && str_starts_with(path, base) ? str_from(path, base.len - 1) : path;
}
