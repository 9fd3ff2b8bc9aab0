/* SPDX-License-Identifier: ISC */
#pragma once
/* One client of the SMTP door, in its own thread: joins the socket to smtp_session and smtp_data. */
#include <stdatomic.h>

#include "intake/smtp_session.h"
#include "role/smtp_server.h"
#include "sys/peer.h"

/* Shared by all connections. */
struct smtp_common {
	const struct smtp_server_setup *setup;
	struct smtp_policy smtp[2], lmtp[2]; /* of strangers, of those that are known */
	atomic_size_t memory_bytes; /* of the messages under way */
	atomic_size_t open;         /* connections */
	atomic_size_t strangers;    /* of them */
	atomic_bool draining;
	/* since the start, for the log */
	atomic_uint_fast64_t messages, kept, later, refused, connections, turned_away, evicted, tls_failed, errors;
};

struct smtp_connection {
	struct smtp_common *common;
	struct smtp_connection *next, *previous; /* in the server's list */
	int fd;
	bool is_lmtp, is_known;
	struct peer peer;
	_Atomic int64_t idle_since_ms; /* 0: a message is under way */
};

/* Talks until the end; does not close the socket. */
void smtp_connection_run(struct smtp_connection *connection);
