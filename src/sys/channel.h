/* SPDX-License-Identifier: ISC */
#pragma once
/* Framed messages over a stream socketpair.  A frame: u32 length of the body, u32 type, u64 id, body; little-endian.
 * The length is checked against the type's limit (facts/messages.h) before a byte of the body is read; a frame that
 * breaks the rules is ERR_INPUT and the channel is then of no more use: end its peer. */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "facts/messages.h"

enum message_type {
	MESSAGE_NONE,
#define X(id, name, most) MESSAGE_##id,
	MESSAGES(X)
#undef X
	    MESSAGE_TYPE_COUNT
};

struct message {
	enum message_type type;
	uint64_t id; /* chosen by the asker, repeated in the answer */
	struct str body;
	int fd; /* a descriptor that came with it, or -1; the receiver owns it */
};

struct channel {
	int fd;
	struct buf in, out;
	size_t in_taken; /* bytes of `in` already handed out */
	int fds[4];      /* received, not yet handed out */
	size_t fd_count;
	bool closed;     /* the peer is gone */
};

/* Takes over `fd` and makes it non-blocking.  `ceiling` bounds what may wait in each direction. */
void channel_init(struct channel *channel, int fd, size_t ceiling);
void channel_done(struct channel *channel);

/* Two connected descriptors, close-on-exec. */
bool channel_pair(int out_fds[2], struct err *err);

/* Queues a frame; false (ERR_LATER) when the queue is full.  Several parts are joined into one body. */
bool channel_put(struct channel *channel, enum message_type type, uint64_t id, struct str body, struct err *err);
/* The same without a copy: the body is appended to what begin returns, then end makes it a frame.  End is false, and
 * takes the body back, when it is over its limit (ERR_TOO_BIG) or the queue is full (ERR_LATER). */
struct buf *channel_begin(struct channel *channel, size_t *out_start);
bool channel_end(struct channel *channel, size_t start, enum message_type type, uint64_t id, struct err *err);
/* Sends a frame with a descriptor at once (blocking); for small control messages. */
bool channel_put_fd(struct channel *channel, enum message_type type, uint64_t id, struct str body, int fd,
                    struct err *err);

/* Writes what the socket takes; false when the peer is gone. */
bool channel_flush(struct channel *channel, struct err *err);
/* Reads what is there, without blocking; false when the peer is gone (closed is set) or broke the rules. */
bool channel_fill(struct channel *channel, struct err *err);
/* The next whole message in `in`, valid until the next fill.  False when there is none yet; a broken frame sets
 * err->kind to ERR_INPUT. */
bool channel_get(struct channel *channel, struct message *out, struct err *err);

/* Blocking forms with a deadline (clock_ms() value; -1: none), for straight-line code.  ERR_LATER at the deadline. */
bool channel_send(struct channel *channel, enum message_type type, uint64_t id, struct str body, int64_t deadline_ms,
                  struct err *err);
bool channel_receive(struct channel *channel, struct message *out, int64_t deadline_ms, struct err *err);

static inline bool channel_wants_write(const struct channel *channel)
{
	return channel->out.len > 0;
}
