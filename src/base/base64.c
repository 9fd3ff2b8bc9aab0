/* SPDX-License-Identifier: ISC */
#include "base/base64.h"

#include <stdint.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (byte_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct str text, struct buf *out)
{
	size_t before = out->len, count = 0, padding = 0;
	uint32_t bits = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if (byte_is_space(c))
			continue;
		int value = digit_value(c);
		if (c == '=' ? ++padding > 2 : value < 0 || padding > 0)
			goto broken;
		if (c == '=')
			continue;
		bits = bits << 6 | (uint32_t)value;
		if (++count % 4 == 0) {
			char three[3] = {(char)(unsigned char)(bits >> 16), (char)(unsigned char)(bits >> 8),
			                 (char)(unsigned char)bits};
			buf_bytes(out, three, 3);
			bits = 0;
		}
	}
	size_t odd = count % 4;
	if (odd == 1 || (padding > 0 && odd + padding != 4))
		goto broken;
	if (odd == 2)
		buf_byte(out, (char)(unsigned char)(bits >> 4));
	if (odd == 3) {
		buf_byte(out, (char)(unsigned char)(bits >> 10));
		buf_byte(out, (char)(unsigned char)(bits >> 2));
	}
	if (!out->failed)
		return true;
broken:
	out->len = before;
	return false;
}

void base64_encode(struct str bytes, struct buf *out)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t bits = 0;
		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (j < n ? (unsigned char)bytes.p[i + j] : 0u);
		for (size_t j = 0; j < 4; j++)
			buf_byte(out, j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=');
	}
}

static int url_digit_value(char c)
{
	return c == '-' ? 62 : c == '_' ? 63 : c == '+' || c == '/' ? -1 : digit_value(c);
}

bool base64_url_decode(struct str text, struct buf *out)
{
	size_t before = out->len;
	uint32_t bits = 0;
	unsigned count = 0;
	bool ok = text.len % 4 != 1;

	for (size_t i = 0; i < text.len && ok; i++) {
		int value = url_digit_value(text.p[i]);
		ok = value >= 0;
		bits = bits << 6 | ((uint32_t)value & 63u);
		count += 6;
		if (ok && count >= 8) {
			count -= 8;
			buf_byte(out, (char)(unsigned char)(bits >> count));
			bits &= (1u << count) - 1;
		}
	}
	/* What is left over must be nothing: else two texts would mean the same bytes. */
	if (ok && bits == 0 && !out->failed)
		return true;
	out->len = before;
	return false;
}

void base64_url_encode(struct str bytes, struct buf *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t bits = 0;
		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (j < n ? (unsigned char)bytes.p[i + j] : 0u);
		for (size_t j = 0; j <= n; j++)
			buf_byte(out, letters[bits >> (18 - 6 * j) & 63]);
	}
}
