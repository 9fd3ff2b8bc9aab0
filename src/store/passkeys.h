/* SPDX-License-Identifier: ISC */
#pragma once
/* Passkeys of users. */
#include "report/account.h"
#include "store/store.h"

#define PASSKEYS_MOST 20 /* of one user */

struct passkey_list {
	struct passkey *rows; /* oldest first */
	size_t count;
};
bool passkeys_list(struct store *store, int64_t account, struct arena *arena, struct passkey_list *out, struct err *err);
bool passkeys_find(struct store *store, struct str credential, struct arena *arena, struct passkey *out, struct err *err);

/* ERR_INPUT: it is known already, or there are too many. */
bool passkeys_add(struct store *store, const struct passkey *passkey, int64_t *out_id, struct err *err);
bool passkeys_rename(struct store *store, int64_t account, int64_t id, struct str label, struct err *err);
bool passkeys_remove(struct store *store, int64_t account, int64_t id, struct err *err);
/* ERR_DENIED: its counter went back, so it was copied. */
bool passkeys_used(struct store *store, int64_t id, uint32_t counter, instant now, struct err *err);
