/* SPDX-License-Identifier: ISC */
#pragma once
/* The keys of signatures, as `keep` sees them: it asks `reach`, remembers the answers for as long as they hold, and keeps
 * the list of messages that wait for one.  A message waits LIMIT_DKIM_WAIT_MS at most; then, and whenever nobody can be
 * asked, the answer is "timeout", and the message is stored as pending. */
#include "sys/channel.h"
#include "trust/dkim_verify.h"

struct key_desk;

struct key_desk *key_desk_new(void);
void key_desk_free(struct key_desk **desk);

/* The connection to `reach` (NULL: it is gone; who waits for it waits until the deadline).  Not owned. */
void key_desk_connect(struct key_desk *desk, struct channel *reach);

bool key_desk_is_connected(const struct key_desk *desk);

/* `reach` is being started: until it is there questions are kept, and a message may wait so long. */
void key_desk_expect(struct key_desk *desk, int64_t wait_ms);

/* True if nothing has to be waited for: key_desk_answer() has what there is.  False: `job` is on the list, and comes out
 * of key_desk_ready() later; then read it again and call key_desk_answer() without asking here. */
bool key_desk_want(struct key_desk *desk, const struct decoded *decoded, const struct dkim_plan *plan, uint64_t job);

/* What is known of one key. */
void key_desk_answer(struct key_desk *desk, const struct dkim_form *form, struct arena *arena,
                     struct resolve_answer *out);

/* A TOLD of `reach`; false when it breaks the rules. */
bool key_desk_told(struct key_desk *desk, uint64_t id, struct str body);

/* One job that waits no longer; false when there is none. */
bool key_desk_ready(struct key_desk *desk, uint64_t *out_job);

size_t key_desk_waiting(const struct key_desk *desk);
int64_t key_desk_deadline(const struct key_desk *desk); /* clock_ms() of the next one; -1: nobody waits */
