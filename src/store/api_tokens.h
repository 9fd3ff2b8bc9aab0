/* SPDX-License-Identifier: ISC */
#pragma once
/* Tokens of the API.  Under store_set_tenant() those of that tenant alone. */
#include "report/account.h"
#include "store/store.h"

struct api_token_list {
	struct api_token *rows; /* newest first */
	size_t count;
};
/* ERR_MISSING: there is none, it has run out, or its user is disabled. */
bool api_tokens_find(struct store *store, struct str hash, instant now, struct arena *arena, struct api_token *out,
                     struct err *err);
bool api_tokens_list(struct store *store, struct arena *arena, struct api_token_list *out, struct err *err);
bool api_tokens_load(struct store *store, int64_t id, struct arena *arena, struct api_token *out, struct err *err);

bool api_tokens_add(struct store *store, const struct api_token *token, struct str hash, int64_t *out_id, struct err *err);
/* Sets label, scopes, expires_at. */
bool api_tokens_edit(struct store *store, const struct api_token *token, struct err *err);
bool api_tokens_remove(struct store *store, int64_t id, struct err *err);
bool api_tokens_seen(struct store *store, int64_t id, instant at, struct str peer, struct err *err);
