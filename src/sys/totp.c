/* SPDX-License-Identifier: ISC */
#include "sys/totp.h"

#include <liboath/oath.h>

#define DIGITS 6u

/* False unless it is six digits. */
static bool read_code(struct str code, char out[DIGITS])
{
	size_t n = 0;

	for (size_t i = 0; i < code.len; i++) {
		if (byte_is_space(code.p[i]))
			continue;
		if (!byte_is_digit(code.p[i]) || n == DIGITS)
			return false;
		out[n++] = code.p[i];
	}
	return n == DIGITS;
}

static bool is_code_of(struct str secret, int64_t step, const char typed[DIGITS])
{
	char made[DIGITS + 1];
	unsigned char difference = 0;

	if (oath_hotp_generate(secret.p, secret.len, (uint64_t)step, DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION, made) !=
	    OATH_OK)
		return false;
	for (unsigned i = 0; i < DIGITS; i++)
		difference |= (unsigned char)(made[i] ^ typed[i]);
	return difference == 0;
}

bool totp_check(struct str secret, struct str code, instant now, int64_t *out_step)
{
	char typed[DIGITS];
	int64_t at = now / TOTP_STEP_SECS, found = -1;

	if (secret.len == 0 || now < 0 || !read_code(code, typed))
		return false;
	/* All are tried, whichever it is. */
	for (int64_t step = at - TOTP_STEPS_OFF; step <= at + TOTP_STEPS_OFF; step++)
		if (step >= 0 && is_code_of(secret, step, typed))
			found = step;
	if (found < 0)
		return false;
	*out_step = found;
	return true;
}

void totp_secret_text(struct str secret, struct buf *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t bits = 0;
	unsigned count = 0;

	for (size_t i = 0; i < secret.len; i++) {
		bits = bits << 8 | (unsigned char)secret.p[i];
		for (count += 8; count >= 5; count -= 5)
			buf_byte(out, letters[bits >> (count - 5) & 31]);
		bits &= 0xff;
	}
	if (count > 0)
		buf_byte(out, letters[bits << (5 - count) & 31]);
}

static void percent(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if (byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_byte(out, c);
		else
			buf_format(out, "%%%02X", (unsigned char)c);
	}
}

void totp_uri(struct str secret, struct str issuer, struct str account, struct buf *out)
{
	buf_text(out, "otpauth://totp/");
	percent(issuer, out);
	buf_byte(out, ':');
	percent(account, out);
	buf_text(out, "?secret=");
	totp_secret_text(secret, out);
	buf_text(out, "&issuer=");
	percent(issuer, out);
	buf_text(out, "&algorithm=SHA1&digits=6&period=30");
}
