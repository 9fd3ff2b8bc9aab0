/* SPDX-License-Identifier: ISC */
#pragma once
/* A mail as it goes to the submission server: header and body in CRLF lines of at most 78 bytes, all bytes ASCII.
 * Whatever the texts hold, no header but those written here comes into being. */
#include "base/buf.h"
#include "base/instant.h"

struct alert_mail {
	struct str from, to;    /* addresses */
	struct str subject;
	struct str id, thread;  /* local parts of Message-ID and of what it refers to; thread may be absent */
	instant at;
	struct str list;        /* List-Id: the name of the channel */
	struct str unsubscribe; /* a URL for List-Unsubscribe, one click; absent: the sender's address */
	struct str text, html;  /* the same in both; html may be absent */
	struct str logo;        /* a PNG file that html names as cid:`logo_id`; empty: none */
	const char *logo_id;
	bool is_bulk;           /* Precedence: bulk, for digests and monthly reports */
};

/* False when it is larger than `out` may grow. */
bool alert_mail_compose(const struct alert_mail *mail, struct buf *out);
