/* SPDX-License-Identifier: ISC */
#pragma once
/* A change by the API: a verb to `keep`, in the name of whoever asks. */
#include "report/wire.h"
#include "role/api.h"
#include "role/snapshot.h"

struct api_change {
	struct api *api;
	struct buf body, answer;
	int64_t wait_ms; /* for the answer */
};

/* The actor and the verb; its arguments are then put into `body`.  `api_change_done` in any case. */
void api_change_begin(struct api *api, const char *verb, struct api_change *out);
/* For somebody who is not signed in yet: the account he will be. */
void api_change_begin_as(struct api *api, int64_t account, struct str name, const char *verb, struct api_change *out);
/* Blocks until it is committed; `out` reads what the verb gives, and may be NULL. */
bool api_change_send(struct api_change *change, struct wire_reader *out, struct err *err);
/* The same for what the verb makes: answers 201 with the id that it gives. */
bool api_change_send_made(struct api_change *change, struct err *err);
void api_change_done(struct api_change *change);

/* Gives the reader of the store back before something that takes its time, so that others may read; takes one again. */
void api_change_let_go(struct api *api);
bool api_change_take_again(struct api *api, struct err *err);

/* Where the thing has an ETag of its own (snapshot_tag), for If-Match of the next change. */
bool api_change_tag(struct api *api, const struct snapshot_key *key, struct err *err);
/* The same for what is looked at more often than changed: without, where it cannot be changed. */
void api_change_try_tag(struct api *api, const struct snapshot_key *key);

/* Tokens, users and passkeys are changed only by somebody who has signed in within the hour: ERR_DENIED, with api->wrong
 * untouched and the code "verify". */
bool api_change_is_fresh(struct api *api, struct err *err);
