/* SPDX-License-Identifier: ISC */
#include "web/secret_text.h"

#include <stdint.h>

#include "base/crc32.h"

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/* Without those that are mistaken for one another. */
static const char recovery[] = "abcdefghjkmnpqrstuvwxyz23456789";

static void put_sum(struct str body, char out[6])
{
	uint32_t crc = crc32_of(body);

	for (unsigned i = 6; i-- > 0; crc /= 62)
		out[i] = base62[crc % 62];
}

void secret_link(const unsigned char random[SECRET_RANDOM_BYTES], char out[SECRET_LINK_LEN + 1])
{
	for (unsigned i = 0; i < SECRET_LINK_LEN; i++)
		out[i] = base62[random[i] % 62];
	out[SECRET_LINK_LEN] = '\0';
}

bool secret_link_is_sound(struct str text)
{
	if (text.len != SECRET_LINK_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!byte_is_alpha(text.p[i]) && !byte_is_digit(text.p[i]))
			return false;
	return true;
}

void secret_token(const unsigned char random[SECRET_RANDOM_BYTES], char out[SECRET_TOKEN_LEN + 1])
{
	size_t at = sizeof SECRET_TOKEN_PREFIX - 1;

	memcpy(out, SECRET_TOKEN_PREFIX, at);
	secret_link(random, out + at);
	out[at + SECRET_LINK_LEN] = '_';
	put_sum(str_make(out + at, SECRET_LINK_LEN), out + at + SECRET_LINK_LEN + 1);
	out[SECRET_TOKEN_LEN] = '\0';
}

bool secret_token_is_sound(struct str text)
{
	struct str body = str_upto(str_from(text, sizeof SECRET_TOKEN_PREFIX - 1), SECRET_LINK_LEN);
	char sum[6];

	if (text.len != SECRET_TOKEN_LEN || !str_starts_with(text, STR(SECRET_TOKEN_PREFIX)) || !secret_link_is_sound(body) ||
	    text.p[SECRET_TOKEN_LEN - 7] != '_')
		return false;
	put_sum(body, sum);
	return memcmp(text.p + SECRET_TOKEN_LEN - 6, sum, 6) == 0;
}

static void group(const char letters[12], char out[SECRET_RECOVERY_LEN + 1])
{
	for (unsigned i = 0, n = 0; i < 12; i++) {
		if (i > 0 && i % 4 == 0)
			out[n++] = '-';
		out[n++] = letters[i];
	}
	out[SECRET_RECOVERY_LEN] = '\0';
}

void secret_recovery(const unsigned char random[SECRET_RANDOM_BYTES], char out[SECRET_RECOVERY_LEN + 1])
{
	char letters[12];

	for (unsigned i = 0; i < sizeof letters; i++)
		letters[i] = recovery[random[i] % (sizeof recovery - 1)];
	group(letters, out);
}

bool secret_recovery_read(struct str typed, char out[SECRET_RECOVERY_LEN + 1])
{
	char letters[12];
	size_t n = 0;

	for (size_t i = 0; i < typed.len; i++) {
		char c = byte_lower(typed.p[i]);
		if (byte_is_space(c) || c == '-')
			continue;
		if (n == sizeof letters || (!byte_is_alpha(c) && !byte_is_digit(c)))
			return false;
		letters[n++] = c;
	}
	if (n != sizeof letters)
		return false;
	group(letters, out);
	return true;
}

bool secret_same(struct str a, struct str b)
{
	unsigned char difference = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		difference |= (unsigned char)(a.p[i] ^ b.p[i]);
	return difference == 0;
}
