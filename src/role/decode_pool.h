/* SPDX-License-Identifier: ISC */
#pragma once
/* Hands arrivals to decode workers, several at a time to each, and checks what they answer as hostile input.  A worker
 * that dies, hangs or talks nonsense is replaced; the messages it had are given out again one by one, so
 * that the one to blame is found, and that one gets a problem for an answer.  Starts no process itself. */
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "report/decoded.h"
#include "sys/child.h"

struct decode_pool;

struct decode_pool_hooks {
	/* What became of a message; `decoded` lives until this returns. */
	void (*done)(void *context, uint64_t id, const struct decoded *decoded);
	/* This worker is done with: call decode_pool_attach() for a new one, now or later.  Its channel is closed, and with
	 * that it ends by itself if it only has had its number of messages; if it failed, end it at once. */
	void (*replace)(void *context, unsigned worker, bool has_failed);
	void *context;
	int64_t wall_ms; /* for one message; 0: LIMIT_DECODE_WALL_MS */
};

struct decode_pool *decode_pool_new(unsigned workers, struct decode_pool_hooks hooks);
void decode_pool_free(struct decode_pool **pool);

/* The channel to a worker; `end` is how the one before it in this place ended (CHILD_END_DONE for the first). */
void decode_pool_attach(struct decode_pool *pool, unsigned worker, int fd, enum child_end end);

/* Who waits for it.  What is urgent goes before all others; of strangers one worker of several takes one at a time only
 * when many wait, so that what is urgent waits for one message at most. */
enum decode_turn { DECODE_URGENT, DECODE_NORMAL, DECODE_STRANGER };
/* `body` is an ARRIVAL as wire_write_arrival() makes it, and must stay until `done` was called for `id`. */
void decode_pool_put(struct decode_pool *pool, uint64_t id, struct str body, enum decode_turn turn);

/* Messages put and not done. */
size_t decode_pool_under_way(const struct decode_pool *pool);

unsigned decode_pool_workers(const struct decode_pool *pool);
/* Fills one entry for each worker. */
void decode_pool_poll(const struct decode_pool *pool, struct pollfd *out);
/* The moment (clock_ms()) at which decode_pool_turn() must be called at the latest; -1: none. */
int64_t decode_pool_deadline(const struct decode_pool *pool);
/* Sends, receives, and calls the hooks.  `fds` is what decode_pool_poll() filled, after poll(2). */
void decode_pool_turn(struct decode_pool *pool, const struct pollfd *fds);
