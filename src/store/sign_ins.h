/* SPDX-License-Identifier: ISC */
#pragma once
/* Who a user is at other servers (OpenID Connect), and the roles that their groups give him.  The looks work with STORE_READ;
 * each change is a transaction of its own, or part of the one that store_joint_begin() began. */
#include "report/account.h"
#include "store/store.h"

struct sign_in {
	int64_t id, account;
	struct str issuer, subject, label;
	instant created_at, last_used_at;
};
struct sign_in_list {
	struct sign_in *rows; /* oldest first */
	size_t count;
};

/* ERR_MISSING: nobody here. */
bool sign_ins_find(struct store *store, struct str issuer, struct str subject, struct arena *arena, struct sign_in *out,
                   struct err *err);
bool sign_ins_list(struct store *store, int64_t account, struct arena *arena, struct sign_in_list *out, struct err *err);

/* ERR_INPUT: it is somebody's already. */
bool sign_ins_add(struct store *store, const struct sign_in *sign_in, instant now, struct err *err);
bool sign_ins_used(struct store *store, int64_t id, struct str label, instant now, struct err *err);
/* Ends the sessions that were begun by another server, but not `session`.  ERR_MISSING: the account has no such one; ERR_INPUT:
 * it is his only way in. */
bool sign_ins_remove(struct store *store, int64_t account, int64_t id, int64_t session, struct err *err);

/* What groups give, in place of what they gave before; what was given by hand in a tenant stays as it is.  Sets whether anything
 * is left to the user; where nothing is, his sessions end. */
struct sign_in_role {
	int64_t tenant; /* 0: the whole house */
	enum user_role role;
};
bool sign_ins_set_roles(struct store *store, int64_t account, const struct sign_in_role *roles, size_t count, bool is_site,
                        bool *out_has_any, struct err *err);
