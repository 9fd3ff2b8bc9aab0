/* SPDX-License-Identifier: ISC */
#include "base/utf8.h"

/* Length of the ASCII run at the front of `s`, eight bytes at a time: nearly all of what is checked is ASCII. */
static size_t ascii_len(struct str s)
{
	size_t at = 0;
	for (; at + 8 <= s.len; at += 8) {
		uint64_t eight;
		memcpy(&eight, s.p + at, 8);
		if ((eight & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (at < s.len && (unsigned char)s.p[at] < 0x80)
		at++;
	return at;
}

size_t utf8_decode(struct str s, uint32_t *out_char)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	if (s.len == 0)
		return 0;
	unsigned char lead = (unsigned char)s.p[0];
	if (lead < 0x80) {
		*out_char = lead;
		return 1;
	}
	size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	if (lead < 0xc2 || lead > 0xf4 || len > s.len)
		return 0;
	uint32_t character = lead & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		unsigned char next = (unsigned char)s.p[i];
		if ((next & 0xc0u) != 0x80u)
			return 0;
		character = character << 6 | (next & 0x3fu);
	}
	if (character < least[len] || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
		return 0;
	*out_char = character;
	return len;
}

size_t utf8_check(struct str s)
{
	uint32_t character;
	size_t at = ascii_len(s);

	while (at < s.len) {
		size_t len = utf8_decode(str_from(s, at), &character);
		if (len == 0)
			return at;
		at += len;
		at += ascii_len(str_from(s, at));
	}
	return at;
}

bool utf8_repair(struct str s, struct buf *out)
{
	bool changed = false;
	uint32_t character;

	for (size_t at = 0; at < s.len;) {
		struct str rest = str_from(s, at);
		size_t plain = ascii_len(rest);
		if (plain > 0 && memchr(rest.p, 0, plain) == NULL) {
			buf_bytes(out, rest.p, plain);
			at += plain;
			continue;
		}
		size_t len = utf8_decode(rest, &character);
		if (len == 0) {
			buf_text(out, "\xef\xbf\xbd");
			changed = true;
			at++;
			continue;
		}
		if (character == 0)
			changed = true;
		else
			buf_bytes(out, s.p + at, len);
		at += len;
	}
	return changed;
}

void utf8_encode(uint32_t c, struct buf *out)
{
	if (c < 0x80) {
		buf_byte(out, (char)c);
	} else if (c < 0x800) {
		buf_byte(out, (char)(0xc0 | c >> 6));
		buf_byte(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_byte(out, (char)(0xe0 | c >> 12));
		buf_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_byte(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_byte(out, (char)(0xf0 | c >> 18));
		buf_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_byte(out, (char)(0x80 | (c & 0x3f)));
	}
}

struct range {
	uint32_t first, last;
};

static bool within(uint32_t c, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static size_t width_of(uint32_t c)
{
	static const struct range none[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
	                                    {0x64b, 0x65f},   {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064},
	                                    {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}};
	static const struct range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
	                                    {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},
	                                    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
	                                    {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
	                                    {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

	if (c < 0x300)
		return 1;
	if (within(c, none, COUNT_OF(none)))
		return 0;
	return within(c, wide, COUNT_OF(wide)) ? 2 : 1;
}

size_t utf8_width(struct str s)
{
	size_t width = 0;
	uint32_t character;

	for (size_t at = 0; at < s.len;) {
		size_t len = utf8_decode(str_from(s, at), &character);
		width += len == 0 ? 1 : width_of(character);
		at += len == 0 ? 1 : len;
	}
	return width;
}
