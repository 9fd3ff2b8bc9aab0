/* SPDX-License-Identifier: ISC */
#pragma once
/* The SMTP or LMTP dialogue of one client, as a machine without a socket: it takes bytes and gives replies
 * (RFC 5321, 2033, 1870, 2034, 2920, 3207, 6152).  It accepts mail only for the report addresses of its policy, keeps no message
 * bytes itself (see smtp_data.h) and never logs.  No reply repeats what the client said. */
#include "base/buf.h"
#include "base/str.h"
#include "report/arrival.h"

enum smtp_recipient { SMTP_RECIPIENT_UNKNOWN, SMTP_RECIPIENT_COMMON, SMTP_RECIPIENT_SECRET };

struct smtp_policy {
	bool is_lmtp;
	bool offers_tls;
	const char *host;     /* our name, in the greeting */
	size_t message_bytes; /* the largest message; announced as SIZE */
	/* Is this address (local part and domain in lower case, no +tag, no trailing dot) one that takes reports?
	 * Should take the same time for every address. */
	enum smtp_recipient (*find_recipient)(void *context, struct str address);
	/* May another message be read now?  NULL: always. */
	bool (*has_room)(void *context);
	void *context;
};

struct smtp_session; /* one owner: the connection in role_smtp.c */

enum smtp_action {
	SMTP_ACTION_NONE,      /* send the replies, read on */
	SMTP_ACTION_START_TLS, /* send, then shake hands; call smtp_session_secured() */
	SMTP_ACTION_TAKE_DATA, /* send, then feed smtp_data until its end; call smtp_session_data_end() */
	SMTP_ACTION_CLOSE,     /* send, then close */
};

/* What became of a message. */
enum smtp_result { SMTP_KEPT, SMTP_LATER, SMTP_REFUSED, SMTP_TOO_BIG, SMTP_NO_ROOM };

/* `policy` must outlive the session. */
struct smtp_session *smtp_session_new(const struct smtp_policy *policy);
void smtp_session_free(struct smtp_session **session);

void smtp_session_greet(struct smtp_session *session, struct buf *out);

/* Takes bytes in any pieces, appends the replies to `out` and stops at the first action that is not NONE;
 * `*out_used` bytes were taken.  `bytes` must be all that has been read so far: where more follows a command that the client
 * must wait for (DATA, STARTTLS, EHLO), that is refused and the session ends (RFC 2920 3.1; smuggled commands).
 * Never fails: what the client does wrong is answered in the dialogue.  A line ends with CRLF only; the line
 * behind a lone LF is refused too, so that nothing hidden behind one is ever executed. */
enum smtp_action smtp_session_take(struct smtp_session *session, struct str bytes, size_t *out_used, struct buf *out);

/* After STARTTLS all that was said before is forgotten (RFC 3207 4.2). */
void smtp_session_secured(struct smtp_session *session);
bool smtp_session_is_secure(const struct smtp_session *session);

/* The arrivals that the finished message makes: one for all common addresses together and one for each secret address.
 * At least one, valid until smtp_session_data_end().  Fills door and envelope of `*out`; bytes, peer and
 * time are the caller's. */
size_t smtp_session_delivery_count(const struct smtp_session *session);
void smtp_session_delivery(const struct smtp_session *session, size_t i, struct arrival *out);

/* Answers the message, `results[i]` for delivery i, and forgets the envelope.  SMTP: one reply, 250 only if
 * every delivery was kept; LMTP: one for each recipient, in their order. */
enum smtp_action smtp_session_data_end(struct smtp_session *session, const enum smtp_result *results, struct buf *out);

/* Appends the last words before the caller closes: 421 and a reason. */
void smtp_session_bye(struct smtp_session *session, const char *reason, struct buf *out);

/* Counted since the session began, for the log. */
struct smtp_counts {
	uint32_t commands, errors, messages, refused_recipients;
};
struct smtp_counts smtp_session_counts(const struct smtp_session *session);
