/* SPDX-License-Identifier: ISC */
#pragma once
/* What a browser says about the use of a passkey (WebAuthn Level 2, 5.8.1), read out of its JSON by the caller. */
#include "base/err.h"
#include "base/str.h"

struct passkey_data {
	struct str type, challenge, origin; /* challenge: base64url, as it stands there */
	bool is_cross_origin;
};

/* 7.1 and 7.2, steps 7 to 10.  `challenge` is ours in the same form, `own` our origin.  ERR_DENIED. */
bool passkey_data_check(const struct passkey_data *data, bool is_new, struct str challenge, struct str own, struct err *err);

/* The name by which passkeys know a site: the host of an origin, without the port.  Absent where it can be none (an
 * address of IPv6 or IPv4). */
struct str passkey_data_site(struct str origin);
