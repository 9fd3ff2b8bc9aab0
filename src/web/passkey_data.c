/* SPDX-License-Identifier: ISC */
#include "web/passkey_data.h"

#include "web/secret_text.h"

bool passkey_data_check(const struct passkey_data *data, bool is_new, struct str challenge, struct str own, struct err *err)
{
	if (!str_eq(data->type, is_new ? STR("webauthn.create") : STR("webauthn.get")))
		return err_set(err, ERR_DENIED, "the passkey was used for something else");
	if (challenge.len == 0 || !secret_same(data->challenge, challenge))
		return err_set(err, ERR_DENIED, "the passkey answers another question");
	if (!str_eq(data->origin, own) || data->is_cross_origin)
		return err_set(err, ERR_DENIED, "the passkey was used on another site");
	return true;
}

struct str passkey_data_site(struct str origin)
{
	size_t at = str_find(origin, STR("://"));

	if (at == origin.len)
		return STR_NONE;
	struct str host = str_from(origin, at + 3);
	host = str_upto(host, str_find_byte(host, ':'));
	bool has_letter = false;
	for (size_t i = 0; i < host.len; i++)
		has_letter |= byte_is_alpha(host.p[i]);
	return has_letter && host.p[0] != '[' ? host : STR_NONE;
}
