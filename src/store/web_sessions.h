/* SPDX-License-Identifier: ISC */
#pragma once
/* Who is signed in: the server's side of the cookie. */
#include "report/account.h"
#include "store/store.h"

#define WEB_SESSIONS_MOST 50 /* of one user; then the one that was used longest ago ends */

struct web_session_limits {
	uint32_t idle_secs, whole_secs;
	uint32_t oidc_secs; /* in place of whole_secs for SIGN_IN_OIDC; 0: the same */
};

/* ERR_MISSING: there is none, it is too old, was not used for too long, or its user is disabled. */
bool web_sessions_find(struct store *store, struct str hash, struct web_session_limits limits, instant now,
                       struct arena *arena, struct web_session *out, struct err *err);
struct web_session_list {
	struct web_session *rows; /* newest use first */
	size_t count;
};
bool web_sessions_list(struct store *store, int64_t account, struct arena *arena, struct web_session_list *out,
                       struct err *err);

bool web_sessions_add(struct store *store, const struct web_session *session, struct str hash, int64_t *out_id,
                      struct err *err);
/* ERR_MISSING: the account has no such session. */
bool web_sessions_end(struct store *store, int64_t account, int64_t id, struct err *err);
bool web_sessions_end_others(struct store *store, int64_t account, int64_t id, struct err *err); /* 0: all */
bool web_sessions_seen(struct store *store, int64_t id, instant at, struct err *err);
/* Deletes what has run out. */
bool web_sessions_tidy(struct store *store, struct web_session_limits limits, instant now, struct err *err);
