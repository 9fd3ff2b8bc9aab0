/* SPDX-License-Identifier: ISC */
#pragma once
/* Users, what they may, and how it is called. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/str.h"
#include "facts/user_roles.h"

enum user_role {
#define X(id, text, what) USER_ROLE_##id,
	USER_ROLES(X)
#undef X
	    USER_ROLE_COUNT
};

enum token_scope {
#define X(id, text, bit, what) TOKEN_SCOPE_##id = (bit),
	TOKEN_SCOPES(X)
#undef X
};
#define TOKEN_SCOPES_ALL 15u

enum link_kind {
#define X(id, text) LINK_##id,
	LINK_KINDS(X)
#undef X
	    LINK_KIND_COUNT
};

enum sign_in_method {
#define X(id, text) SIGN_IN_##id,
	SIGN_IN_METHODS(X)
#undef X
	    SIGN_IN_METHOD_COUNT
};

enum actor_kind {
#define X(id, text) ACTOR_##id,
	ACTOR_KINDS(X)
#undef X
	    ACTOR_KIND_COUNT
};

const char *user_role_text(enum user_role role);
bool user_role_of(struct str text, enum user_role *out);
const char *link_kind_text(enum link_kind kind);
const char *sign_in_method_text(enum sign_in_method method);
const char *actor_kind_text(enum actor_kind kind);
/* "reports:read,issues:write": false for a word that is none, or for none at all. */
bool token_scopes_of(struct str text, unsigned *out_scopes);
/* The names of a set, one after the other: `*left` is the set, emptied bit by bit; NULL at its end. */
const char *token_scopes_next(unsigned *left);

/* 1 to 64 of a-z 0-9 . _ - + @, beginning with a letter or digit: what one types to come in. */
bool account_name_is_good(struct str name);

struct membership {
	int64_t tenant; /* 0: the whole house */
	struct str tenant_name;
	enum user_role role;
	bool by_group;
};

struct account {
	int64_t id;
	struct str name, full_name, language, time_zone, theme, density;
	bool is_site_admin, is_disabled, has_shortcuts;
	struct str handle;   /* 32 bytes */
	struct str password; /* crypt(5); absent: none */
	struct str totp;     /* the shared secret; absent: none */
	int64_t totp_step;
	struct str issuer; /* of the first server that he may sign in by; absent: none */
	instant created_at, last_seen_at;
	struct membership *memberships; /* by tenant name */
	size_t membership_count;
	uint64_t passkeys, recovery_codes;
};

struct account_list {
	struct account *rows; /* by name */
	size_t count;
};

struct passkey {
	int64_t id, account;
	struct str label, credential, public_key;
	int64_t algorithm;
	uint32_t counter;
	instant created_at, last_used_at;
};

struct web_session {
	int64_t id, account;
	enum sign_in_method method;
	instant created_at, last_used_at;
	struct str peer, agent;
};

struct api_token {
	int64_t id, account, tenant;
	struct str hint, label, account_name, tenant_name, last_peer;
	unsigned scopes;
	instant created_at, expires_at, last_used_at;
};

struct audit_row {
	int64_t id, actor, tenant;
	instant at;
	enum actor_kind actor_kind;
	struct str actor_name, tenant_name, peer, action, object, before, after;
};
