/* SPDX-License-Identifier: ISC */
#pragma once
/* What the http role remembers between requests about those who sign in: failed tries, what was begun and not ended, and who
 * was seen when.  For any number of threads.  A restart forgets it. */
#include "base/instant.h"
#include "role/keep_link.h"
#include "web/challenge_desk.h"

struct http_desk;

struct http_desk *http_desk_new(void);
void http_desk_free(struct http_desk **desk);

/* Seconds until this name may be tried again from this network (absent: this machine). */
uint32_t http_desk_wait(struct http_desk *desk, struct str name, struct str network);
void http_desk_tried(struct http_desk *desk, struct str name, struct str network, bool was_right);

/* A new random key, and what belongs to it. */
bool http_desk_begin(struct http_desk *desk, enum challenge_kind kind, int64_t owner, struct str note,
                     unsigned char out_key[CHALLENGE_BYTES], struct err *err);
/* `out_note` gets its bytes.  False when it was not begun, was taken, or is too old. */
bool http_desk_end(struct http_desk *desk, enum challenge_kind kind, struct str key, int64_t owner, struct buf *out_note);

/* A session or token is in use; `stored_at` is what the store says.  Now and then, and many at once, the store is told. */
void http_desk_seen(struct http_desk *desk, bool is_token, int64_t id, instant stored_at, struct str peer);
void http_desk_tell(struct http_desk *desk, struct keep_link *link);
