/* SPDX-License-Identifier: ISC */
#include "role/oidc_form.h"

void oidc_form_encode(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if (byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_byte(out, c);
		else
			buf_format(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void oidc_form_put(struct buf *out, const char *name, struct str value)
{
	if (out->len > 0 && out->p[out->len - 1] != '?' && out->p[out->len - 1] != '&')
		buf_byte(out, '&');
	buf_format(out, "%s=", name);
	oidc_form_encode(value, out);
}
