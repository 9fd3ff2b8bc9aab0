/* SPDX-License-Identifier: ISC */
#pragma once
/* Users, their roles, and the links that open once.  The looks work with STORE_READ; each change is a transaction of its
 * own, or part of the one that store_joint_begin() began.  Under store_set_tenant() only the users of that tenant are
 * there, with what they are in it and no more. */
#include "report/account.h"
#include "store/store.h"

#define ACCOUNT_HASH_BYTES 32 /* SHA-256 of what is shown once */
#define ACCOUNT_RECOVERY_CODES 10

/* Whether there is any user: until then whoever can reach the loopback address may read. */
bool accounts_any(struct store *store, bool *out, struct err *err);
bool accounts_list(struct store *store, struct arena *arena, struct account_list *out, struct err *err);
bool accounts_load(struct store *store, int64_t id, struct arena *arena, struct account *out, struct err *err); /* ERR_MISSING */
bool accounts_find(struct store *store, struct str name, struct arena *arena, struct account *out, struct err *err);

/* `account`: name, full_name, is_site_admin, language, handle.  ERR_INPUT: the name is taken. */
bool accounts_add(struct store *store, const struct account *account, instant now, int64_t *out_id, struct err *err);
/* Sets full_name, language, time_zone, theme, density, has_shortcuts, is_site_admin, is_disabled.  Whoever is disabled is
 * signed out, and his tokens are dead.  ERR_INPUT: nobody would be left who may do everything. */
bool accounts_edit(struct store *store, const struct account *account, struct err *err);
bool accounts_remove(struct store *store, int64_t id, struct err *err);
/* USER_ROLE_NONE takes the role away. */
bool accounts_set_role(struct store *store, int64_t id, int64_t tenant, enum user_role role, bool by_group,
                       struct err *err);
/* Absent: none any more.  All sessions but `session` (0: none) end. */
bool accounts_set_password(struct store *store, int64_t id, struct str hash, int64_t session, struct err *err);
/* A new secret; absent: none, and no recovery codes either. */
bool accounts_set_totp(struct store *store, int64_t id, struct str secret, int64_t step, struct err *err);
/* ERR_DENIED: this step, or a later one, was used before. */
bool accounts_use_totp(struct store *store, int64_t id, int64_t step, struct err *err);
/* Replaces them: `count` hashes one after the other. */
bool accounts_set_recovery(struct store *store, int64_t id, struct str hashes, struct err *err);
/* ERR_DENIED: it is none of them, or was used. */
bool accounts_use_recovery(struct store *store, int64_t id, struct str hash, struct err *err);

struct account_link {
	int64_t account; /* 0: makes the first site admin */
	enum link_kind kind;
	instant expires_at;
};
/* ERR_MISSING: there is none, it was used, or is too old. */
bool accounts_link(struct store *store, struct str hash, instant now, struct account_link *out, struct err *err);
/* One link of a kind for an account: an older one is dead. */
bool accounts_add_link(struct store *store, struct str hash, const struct account_link *link, instant now, struct err *err);
bool accounts_use_link(struct store *store, struct str hash, instant now, struct account_link *out, struct err *err);
