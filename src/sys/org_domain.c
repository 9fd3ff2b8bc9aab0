/* SPDX-License-Identifier: ISC */
#include "sys/org_domain.h"

#include <libpsl.h>

/* Host names alone reach the library: no NUL, no byte above 127, no empty label, no IPv4 address. */
static bool is_host_name(struct str name)
{
	size_t label = 0;
	bool is_number = true; /* the last label */

	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		if (c == '.' ? label == 0 : !(byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '_'))
			return false;
		label = c == '.' ? 0 : label + 1;
		is_number = c == '.' || (is_number && byte_is_digit(c));
	}
	return label > 0 && !is_number;
}

struct str org_domain(struct str name, char text[ORG_DOMAIN_MAX])
{
	if (name.len > 0 && name.p[name.len - 1] == '.')
		name.len--;
	if (name.len == 0 || name.len >= ORG_DOMAIN_MAX)
		return STR_NONE;
	for (size_t i = 0; i < name.len; i++)
		text[i] = byte_lower(name.p[i]);
	text[name.len] = '\0';
	const psl_ctx_t *list = psl_builtin();
	const char *found = list != NULL && is_host_name(name) ? psl_registrable_domain(list, text) : NULL;
	return found == NULL ? str_make(text, name.len) : str_of(found);
}

bool org_domain_same(struct str a, struct str b)
{
	char text_a[ORG_DOMAIN_MAX], text_b[ORG_DOMAIN_MAX];
	struct str org_a = org_domain(a, text_a), org_b = org_domain(b, text_b);

	return org_a.len > 0 && str_eq(org_a, org_b);
}
