/* SPDX-License-Identifier: ISC */
#include "decode/transfer_encoding.h"

#include <stdint.h>

/* The one word of the header, without the comments that RFC 2045 section 6.1 allows around it. */
static struct str encoding_word(struct str value)
{
	value = str_trim(value);
	while (value.len > 0 && value.p[0] == '(')
		value = str_trim(str_from(value, str_find_byte(value, ')') + 1));
	value = str_upto(value, str_find_byte(value, '('));
	return str_trim(str_upto(value, str_find_byte(value, ';')));
}

enum transfer_encoding transfer_encoding_of(struct str value)
{
	value = encoding_word(value);
	if (value.len > 2 && value.p[0] == '"' && value.p[value.len - 1] == '"')
		value = str_make(value.p + 1, value.len - 2);
	if (str_eq_nocase(value, STR("base64")))
		return TRANSFER_BASE64;
	if (str_eq_nocase(value, STR("quoted-printable")))
		return TRANSFER_QUOTED_PRINTABLE;
	if (value.len == 0 || str_eq_nocase(value, STR("7bit")) || str_eq_nocase(value, STR("8bit")) ||
	    str_eq_nocase(value, STR("binary")))
		return TRANSFER_IDENTITY;
	return TRANSFER_UNKNOWN;
}

/* 0x80 marks what is no letter of the alphabet. */
#define BLANK 0x81u
#define PAD 0x82u
#define URL62 0x83u
#define URL63 0x84u

/* Value of each byte in base64, or one of the marks above. */
static const uint8_t alphabet[256] = {
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x81, 0x81, 0x80, 0x80, 0x81, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x3e, 0x80, 0x83, 0x80, 0x3f,
    0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x80, 0x80, 0x80, 0x82, 0x80, 0x80,
    0x80, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e,
    0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x80, 0x80, 0x80, 0x80, 0x84,
    0x80, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
    0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
};

static void note_odd(struct transfer_decoded *decoded, size_t at)
{
	if (decoded->odd_bytes++ == 0)
		decoded->odd_at = at;
}

/* Whole groups of four letters, as far as they go: all but blanks and the end. */
static size_t base64_groups(const uint8_t *in, size_t len, uint8_t **out)
{
	size_t i = 0;
	uint8_t *to = *out;

	while (len - i >= 4) {
		unsigned a = alphabet[in[i]], b = alphabet[in[i + 1]], c = alphabet[in[i + 2]], d = alphabet[in[i + 3]];
		if ((a | b | c | d) & 0x80u)
			break;
		uint32_t group = a << 18 | b << 12 | c << 6 | d;
		to[0] = (uint8_t)(group >> 16);
		to[1] = (uint8_t)(group >> 8);
		to[2] = (uint8_t)group;
		to += 3;
		i += 4;
	}
	*out = to;
	return i;
}

static void base64_tail(struct str body, size_t at, struct transfer_decoded *decoded)
{
	for (; at < body.len; at++)
		if (body.p[at] != '=' && !byte_is_space(body.p[at]))
			note_odd(decoded, at);
}

static struct transfer_decoded decode_base64(struct str body, size_t limit, struct arena *arena)
{
	struct transfer_decoded decoded = {.bytes = STR("")};
	size_t most = body.len / 4 * 3 + 3;

	if (most > limit + 3) {
		/* Three bytes of slack: a group is written whole. */
		most = limit + 3;
	}
	uint8_t *start = (uint8_t *)arena_bytes(arena, most + 1);
	uint8_t *to = start;
	const uint8_t *in = (const uint8_t *)body.p;
	uint32_t group = 0;
	unsigned letters = 0;
	size_t i = 0;

	while (i < body.len && (size_t)(to - start) < limit) {
		if (letters == 0) {
			size_t room = (limit - (size_t)(to - start)) / 3 * 4;
			size_t left = body.len - i;
			i += base64_groups(in + i, left < room ? left : room, &to);
			if (i >= body.len)
				break;
		}
		unsigned value = alphabet[in[i]];
		if (value == PAD)
			break;
		if (value == URL62 || value == URL63) {
			note_odd(&decoded, i);
			value = value - URL62 + 62;
		}
		if (value < 64) {
			group = group << 6 | value;
			if (++letters == 4) {
				*to++ = (uint8_t)(group >> 16);
				*to++ = (uint8_t)(group >> 8);
				*to++ = (uint8_t)group;
				letters = 0;
				group = 0;
			}
		} else if (value != BLANK) {
			note_odd(&decoded, i);
		}
		i++;
	}
	if (letters >= 2) {
		group <<= 6 * (4 - letters);
		*to++ = (uint8_t)(group >> 16);
		if (letters == 3)
			*to++ = (uint8_t)(group >> 8);
	} else if (letters == 1) {
		note_odd(&decoded, i == 0 ? 0 : i - 1);
	}
	/* What stands behind the end is a footer: odd, but it breaks nothing. */
	decoded.is_broken = decoded.odd_bytes > body.len / 100 + 4;
	base64_tail(body, i, &decoded);
	size_t len = (size_t)(to - start);
	decoded.bytes = str_make(start, len < limit ? len : limit);
	return decoded;
}

static int hex_value(char c)
{
	if (byte_is_digit(c))
		return c - '0';
	c = byte_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The offset behind the line end at `at` with blanks before it, or `at` if something else stands there. */
static size_t skip_line_end(struct str body, size_t at)
{
	size_t i = at;

	while (i < body.len && byte_is_blank(body.p[i]))
		i++;
	if (i >= body.len)
		return i;
	if (body.p[i] == '\r' && i + 1 < body.len && body.p[i + 1] == '\n')
		return i + 2;
	return body.p[i] == '\n' ? i + 1 : at;
}

static struct transfer_decoded decode_quoted_printable(struct str body, size_t limit, struct arena *arena)
{
	struct transfer_decoded decoded = {.bytes = STR("")};
	char *start = arena_bytes(arena, (body.len < limit ? body.len : limit) + 1);
	char *to = start;
	char *line_blank = NULL; /* where the blanks begin that end this line, so far */
	size_t i = 0;

	while (i < body.len && (size_t)(to - start) < limit) {
		char c = body.p[i];
		if (c == '=') {
			size_t next = skip_line_end(body, i + 1);
			int high = i + 1 < body.len ? hex_value(body.p[i + 1]) : -1;
			int low = i + 2 < body.len ? hex_value(body.p[i + 2]) : -1;
			line_blank = NULL;
			if (next > i + 1 || i + 1 >= body.len) {
				i = next;
			} else if (high >= 0 && low >= 0) {
				*to++ = (char)(high * 16 + low);
				i += 3;
			} else {
				note_odd(&decoded, i);
				*to++ = c;
				i++;
			}
			continue;
		}
		if (byte_is_blank(c)) {
			if (line_blank == NULL)
				line_blank = to;
		} else if (c == '\n' || (c == '\r' && i + 1 < body.len && body.p[i + 1] == '\n')) {
			if (line_blank != NULL)
				to = line_blank;
			line_blank = NULL;
		} else {
			line_blank = NULL;
		}
		*to++ = c;
		i++;
		if (c == '\r' && i < body.len && body.p[i] == '\n' && (size_t)(to - start) < limit) {
			*to++ = '\n';
			i++;
		}
	}
	if (line_blank != NULL)
		to = line_blank;
	decoded.is_broken = false; /* every odd byte is kept as it stands */
	decoded.bytes = str_make(start, (size_t)(to - start));
	return decoded;
}

struct transfer_decoded transfer_decode(enum transfer_encoding encoding, struct str body, size_t limit,
                                        struct arena *arena)
{
	if (encoding == TRANSFER_BASE64)
		return decode_base64(body, limit, arena);
	if (encoding == TRANSFER_QUOTED_PRINTABLE)
		return decode_quoted_printable(body, limit, arena);
	return (struct transfer_decoded){.bytes = str_upto(body, limit)};
}
