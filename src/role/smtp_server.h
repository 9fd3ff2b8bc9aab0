/* SPDX-License-Identifier: ISC */
#pragma once
/* The connections of the SMTP door: accepts, bounds them, gives each a thread, and drains.  What arrives is handed to
 * a function; the protocol is intake/smtp_session. */
#include "intake/smtp_session.h"
#include "sys/tls.h"

struct smtp_server_setup {
	const int *fds; /* listening, SMTP first */
	size_t fd_count;
	size_t lmtp_from;                    /* fds[lmtp_from] and behind speak LMTP */
	int drain_fd;                        /* readable: take nobody new, let messages under way finish, return */
	const char *host;                    /* our name in the greeting */
	const struct tls_identity *identity; /* NULL: STARTTLS is not offered */
	size_t message_bytes;
	size_t connections; /* at the same time; then the one that idles longest has to go */
	size_t
	    connections_per_network; /* an IPv4 /24, an IPv6 /64; loopback and unix sockets have no limit of their own */
	bool limits_loopback;        /* but loopback has: for tests */
	size_t memory_bytes;         /* of messages under way in all sessions; then 452 */
	size_t reserved;             /* of the connections, for networks that are known; loopback is known */
	bool (*is_known)(void *context, struct str network); /* NULL: nobody is */
	int64_t command_ms;          /* to say one command, and for one reply to be taken */
	int64_t busy_command_ms;     /* the same while four of five connections are in use */
	int64_t session_ms;
	int64_t deliver_ms; /* for a verdict */
	enum smtp_recipient (*find_recipient)(void *context, struct str address);
	/* Returns when the arrival is committed, or cannot be.  Called by many threads. */
	enum smtp_result (*deliver)(void *context, const struct arrival *arrival, int64_t deadline_ms);
	void *context;
};

/* Of all messages under way, as far as this client's may grow: a quarter is kept for those that are known. */
static inline size_t smtp_server_memory(const struct smtp_server_setup *setup, bool is_known)
{
	return is_known ? setup->memory_bytes : setup->memory_bytes / 4 * 3;
}

/* Returns after the drain, when the last connection is gone or `deliver_ms` and a second have passed. */
void smtp_server_run(const struct smtp_server_setup *setup);
