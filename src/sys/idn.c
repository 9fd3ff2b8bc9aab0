/* SPDX-License-Identifier: ISC */
#include "sys/idn.h"

#include <idn2.h>

#define DOMAIN_BYTES 1020 /* 255 characters of up to four bytes */

bool idn_to_ascii(struct str domain, struct buf *out)
{
	char text[DOMAIN_BYTES + 1];
	char *ascii = NULL;

	if (domain.len > 0 && domain.p[domain.len - 1] == '.')
		domain.len--;
	if (domain.len == 0 || domain.len > DOMAIN_BYTES || str_find_byte(domain, '\0') < domain.len)
		return false;
	memcpy(text, domain.p, domain.len);
	text[domain.len] = '\0';
	if (idn2_to_ascii_8z(text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return false;
	for (const char *at = ascii; *at != '\0'; at++)
		buf_byte(out, byte_lower(*at));
	idn2_free(ascii);
	return true;
}
