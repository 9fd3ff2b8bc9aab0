/* SPDX-License-Identifier: ISC */
#include "decode/report_names.h"

#include <arpa/inet.h>

#include "base/buf.h"
#include "base/limits.h"
#include "sys/idn.h"

static bool is_label_byte(char c)
{
	return (c >= 'a' && c <= 'z') || byte_is_digit(c) || c == '-' || c == '_';
}

/* Lower case letters, digits, hyphens, underscores; labels of 1 to 63, 253 in all, at least one dot or a single label. */
static bool is_canonical(struct str s)
{
	size_t label = 0;

	if (s.len == 0 || s.len > 253)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!is_label_byte(s.p[i]) || ++label > 63) {
			return false;
		}
	}
	return label > 0;
}

struct str report_names_lower(struct str s, struct arena *arena)
{
	size_t i = 0;

	while (i < s.len && byte_lower(s.p[i]) == s.p[i])
		i++;
	if (i == s.len)
		return s;
	char *copy = arena_bytes(arena, s.len);
	for (i = 0; i < s.len; i++)
		copy[i] = byte_lower(s.p[i]);
	return str_make(copy, s.len);
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

bool report_names_domain(struct str text, bool wildcard, struct arena *arena, struct str *out)
{
	struct str s = str_trim(text);

	if (s.len > 1 && s.p[s.len - 1] == '.')
		s.len--;
	struct str name = report_names_lower(s, arena);
	struct str bare = wildcard && str_starts_with(name, STR("*.")) ? str_from(name, 2) : name;
	*out = name;
	if (is_canonical(bare))
		return true;
	if (is_ascii(bare))
		return false;
	struct buf ascii;
	buf_init(&ascii, 1024);
	if (bare.len < name.len)
		buf_text(&ascii, "*.");
	size_t front = ascii.len;
	bool ok = idn_to_ascii(bare, &ascii) && is_canonical(str_from(buf_view(&ascii), front));
	if (ok)
		*out = arena_str(arena, buf_view(&ascii));
	buf_done(&ascii);
	return ok;
}

/* Four numbers up to 255 without leading zeros. */
static bool is_plain_v4(struct str s)
{
	unsigned dots = 0, value = 0, digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '.') {
			if (digits == 0 || ++dots > 3)
				return false;
			value = digits = 0;
		} else if (byte_is_digit(s.p[i])) {
			if (digits > 0 && value == 0)
				return false;
			value = value * 10 + (unsigned)(s.p[i] - '0');
			if (value > 255)
				return false;
			digits++;
		} else {
			return false;
		}
	}
	return dots == 3 && digits > 0;
}

bool report_names_address(struct str text, struct arena *arena, struct str *out)
{
	struct str s = str_trim(text);
	struct in6_addr v6;
	char plain[INET6_ADDRSTRLEN];

	*out = s;
	if (is_plain_v4(s))
		return true;
	if (s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		s = str_make(s.p + 1, s.len - 2);
	if (str_starts_with_nocase(s, STR("IPv6:")))
		s = str_from(s, 5);
	if (s.len == 0 || s.len >= sizeof plain || memchr(s.p, '\0', s.len) != NULL)
		return false;
	memcpy(plain, s.p, s.len);
	plain[s.len] = '\0';
	if (is_plain_v4(s)) {
		*out = s;
		return true;
	}
	if (inet_pton(AF_INET6, plain, &v6) != 1 || inet_ntop(AF_INET6, &v6, plain, sizeof plain) == NULL)
		return false;
	*out = arena_str(arena, str_of(plain));
	return true;
}

struct str report_names_mail_domain(struct str address, struct arena *arena)
{
	struct str domain;
	size_t at = address.len;

	while (at > 0 && address.p[at - 1] != '@')
		at--;
	if (at == 0)
		return STR_NONE;
	domain = str_trim(str_from(address, at));
	size_t end = 0;
	while (end < domain.len && domain.p[end] != '>' && !byte_is_space(domain.p[end]))
		end++;
	domain = str_upto(domain, end);
	if (domain.len == 0 || domain.len > LIMIT_NAME_BYTES)
		return STR_NONE;
	(void)report_names_domain(domain, false, arena, &domain);
	return domain;
}

struct str report_names_cut(struct str text, size_t limit)
{
	if (text.len <= limit)
		return text;
	while (limit > 0 && ((unsigned char)text.p[limit] & 0xc0) == 0x80)
		limit--;
	return str_upto(text, limit);
}
