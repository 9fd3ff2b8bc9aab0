/* SPDX-License-Identifier: ISC */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* vsnprintf cuts anywhere; a text that ends in half a character would be refused by every JSON reader. */
static void cut_at_character(char *text, size_t size)
{
	size_t len = strnlen(text, size);
	size_t back = 0;

	while (back < 3 && back < len && ((unsigned char)text[len - 1 - back] & 0xc0u) == 0x80u)
		back++;
	if (back >= len)
		return;
	unsigned char lead = (unsigned char)text[len - 1 - back];
	size_t wants = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
	if (wants > back)
		text[len - 1 - back] = '\0';
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	if (err == NULL)
		return false;
	va_list args;
	va_start(args, format);
	err->kind = kind;
	(void)vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	cut_at_character(err->text, sizeof err->text);
	return false;
}

bool err_prefix(struct err *err, const char *format, ...)
{
	if (err == NULL)
		return false;
	char before[sizeof err->text];
	char whole[2 * sizeof err->text + 2];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(before, sizeof before, format, args);
	va_end(args);
	(void)snprintf(whole, sizeof whole, "%s: %s", before, err->text);
	memcpy(err->text, whole, sizeof err->text - 1);
	err->text[sizeof err->text - 1] = '\0';
	cut_at_character(err->text, sizeof err->text);
	return false;
}
