/* SPDX-License-Identifier: ISC */
#pragma once
/* The client side of SMTP up to the TLS handshake (RFC 5321, RFC 3207), as a machine without a socket. */
#include "base/buf.h"
#include "report/observation.h"

#define SMTP_LOOK_MOST_BYTES ((size_t)64 * 1024) /* of all answers before TLS */

enum smtp_look_action {
	SMTP_LOOK_READ,       /* send `out`, then feed what comes */
	SMTP_LOOK_HANDSHAKE,  /* the 220 for STARTTLS is there and nothing behind it */
	SMTP_LOOK_END,        /* send `out` (QUIT), close; `state` says what was seen */
};

struct smtp_look {
	unsigned step;
	enum look_state state;
	struct buf in, out;
	struct buf banner, ehlo, detail; /* first lines, foreign */
	bool offers_starttls;
	struct str our_name;
};

/* `our_name` goes into EHLO; it must outlive the machine. */
void smtp_look_init(struct smtp_look *look, struct str our_name);
void smtp_look_done(struct smtp_look *look);

/* Takes bytes from the server, any segmentation.  `look->out` is what to send before reading on; clear it then. */
enum smtp_look_action smtp_look_feed(struct smtp_look *look, struct str bytes);
/* The server closed the connection. */
void smtp_look_closed(struct smtp_look *look);
