/* SPDX-License-Identifier: ISC */
#include "base/str.h"

static bool equal_nocase(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (byte_lower(a[i]) != byte_lower(b[i]))
			return false;
	return true;
}

bool str_eq_nocase(struct str a, struct str b)
{
	return a.len == b.len && equal_nocase(a.p, b.p, a.len);
}

int str_cmp(struct str a, struct str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter == 0 ? 0 : memcmp(a.p, b.p, shorter);

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts_with_nocase(struct str s, struct str prefix)
{
	return s.len >= prefix.len && equal_nocase(s.p, prefix.p, prefix.len);
}

bool str_ends_with(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_from(s, s.len - suffix.len), suffix);
}

bool str_ends_with_nocase(struct str s, struct str suffix)
{
	return s.len >= suffix.len && equal_nocase(s.p + (s.len - suffix.len), suffix.p, suffix.len);
}

size_t str_find(struct str s, struct str needle)
{
	if (needle.len == 0 || needle.len > s.len)
		return needle.len == 0 ? 0 : s.len;
	const char *at = memmem(s.p, s.len, needle.p, needle.len);
	return at == NULL ? s.len : (size_t)(at - s.p);
}

size_t str_find_nocase(struct str s, struct str needle)
{
	for (size_t i = 0; i + needle.len <= s.len; i++)
		if (equal_nocase(s.p + i, needle.p, needle.len))
			return i;
	return s.len;
}

struct str str_trim(struct str s)
{
	while (s.len > 0 && byte_is_space(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && byte_is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct str str_cut(struct str *rest, char separator)
{
	size_t at = str_find_byte(*rest, separator);
	struct str word = str_upto(*rest, at);

	*rest = at == rest->len ? STR_NONE : str_from(*rest, at + 1);
	return word;
}
