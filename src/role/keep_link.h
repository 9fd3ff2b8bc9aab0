/* SPDX-License-Identifier: ISC */
#pragma once
/* A door's line to `keep`: hands in arrivals and waits for what became of them.  For any number of threads. */
#include "base/buf.h"
#include "base/err.h"
#include "report/arrival.h"
#include "report/wire.h"
#include "role/verdict.h"

struct keep_link;

/* `control_fd` is the role's channel to the supervisor, which sends LINK messages with a connection to `keep`, again
 * after `keep` was restarted.  Starts one thread that reads answers, and tells the supervisor that the role is ready. */
struct keep_link *keep_link_new(int control_fd);

/* For a role that `keep` asks: `take` is called on the reading thread for each ASK and must not block; false when it breaks
 * the rules, then the connection ends. */
typedef bool keep_link_ask_fn(void *context, uint64_t id, struct str body);
struct keep_link *keep_link_new_asked(int control_fd, keep_link_ask_fn *take, void *context);
/* Queues a TOLD; without a connection, or when the queue is full, it is dropped. */
void keep_link_tell(struct keep_link *link, uint64_t id, struct str body);

/* Blocks until the verdict is there or `deadline_ms` (clock_ms()) has passed; without a connection it waits for
 * one until then.  Never false: no answer is VERDICT_LATER.  After a VERDICT_LATER the arrival may still
 * have been committed; identity makes the retry harmless. */
void keep_link_deliver(struct keep_link *link, const struct arrival *arrival, int64_t deadline_ms,
                       struct verdict *out);

/* Whether known reporters deliver from this network, as `keep` has told; "" is loopback, and known.  Of the others not
 * more than LIMIT_STRANGERS_UNDER_WAY arrivals are given to keep at a time: the rest waits here, and a known one goes by. */
bool keep_link_knows(const struct keep_link *link, struct str network);

/* A COMMAND of the http role: `body` is the actor, a verb and its arguments (role/actor.h), and is given
 * back.  Blocks for the answer; what the
 * verb gives is appended to `out`.  False with what keep says; ERR_LATER when it does not answer in time, and then the change
 * may have been made. */
bool keep_link_command(struct keep_link *link, struct buf *body, int64_t deadline_ms, struct buf *out, struct err *err);

/* True while there is a connection to `keep`. */
bool keep_link_is_up(const struct keep_link *link);

/* Readable (poll it, never read it) once the role is to finish what is under way and exit. */
int keep_link_drain_fd(const struct keep_link *link);
