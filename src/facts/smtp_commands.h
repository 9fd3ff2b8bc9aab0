/* SPDX-License-Identifier: ISC */
/* The SMTP and LMTP verbs and when each is taken.  intake/smtp_session is driven by this list.
 * X(ID, verb, where, states, flags)
 * where: in which protocol it exists; in the other it is unknown (500).
 * states: where it is taken; elsewhere it is answered 503. */
#define SMTP_IN_SMTP 1u
#define SMTP_IN_LMTP 2u
#define SMTP_IN_BOTH (SMTP_IN_SMTP | SMTP_IN_LMTP)

#define SMTP_AT_START 1u     /* nothing said yet */
#define SMTP_AT_READY 2u     /* greeted, no transaction */
#define SMTP_AT_MAIL 4u      /* there is a sender */
#define SMTP_AT_RECIPIENT 8u /* and at least one recipient */
#define SMTP_AT_ANY 15u

#define SMTP_ENDS_GROUP 1u /* RFC 2920 3.1: the client must wait for the reply before it says more */
#define SMTP_IS_JUNK 2u    /* moves nothing on; too many end the session */
#define SMTP_NO_ARGUMENT 4u
#define SMTP_CLOSES 8u     /* whoever says this does not speak SMTP, or what follows could be taken for commands */

#define SMTP_COMMANDS(X)                                                                                               \
	X(HELO, "HELO", SMTP_IN_SMTP, SMTP_AT_ANY, SMTP_ENDS_GROUP | SMTP_IS_JUNK)                                     \
	X(EHLO, "EHLO", SMTP_IN_SMTP, SMTP_AT_ANY, SMTP_ENDS_GROUP | SMTP_IS_JUNK)                                     \
	X(LHLO, "LHLO", SMTP_IN_LMTP, SMTP_AT_ANY, SMTP_ENDS_GROUP | SMTP_IS_JUNK)                                     \
	X(STARTTLS, "STARTTLS", SMTP_IN_BOTH, SMTP_AT_READY, SMTP_NO_ARGUMENT)                                         \
	X(MAIL, "MAIL", SMTP_IN_BOTH, SMTP_AT_READY, 0)                                                                \
	X(RCPT, "RCPT", SMTP_IN_BOTH, SMTP_AT_MAIL | SMTP_AT_RECIPIENT, 0)                                             \
	X(DATA, "DATA", SMTP_IN_BOTH, SMTP_AT_RECIPIENT, SMTP_NO_ARGUMENT | SMTP_ENDS_GROUP)                           \
	X(RSET, "RSET", SMTP_IN_BOTH, SMTP_AT_ANY, SMTP_NO_ARGUMENT | SMTP_IS_JUNK)                                    \
	X(NOOP, "NOOP", SMTP_IN_BOTH, SMTP_AT_ANY, SMTP_IS_JUNK)                                                       \
	X(HELP, "HELP", SMTP_IN_BOTH, SMTP_AT_ANY, SMTP_IS_JUNK)                                                       \
	X(QUIT, "QUIT", SMTP_IN_BOTH, SMTP_AT_ANY, SMTP_NO_ARGUMENT)                                                   \
	/* known, and not offered: 502 */                                                                              \
	X(VRFY, "VRFY", SMTP_IN_BOTH, SMTP_AT_ANY, 0)                                                                  \
	X(EXPN, "EXPN", SMTP_IN_BOTH, SMTP_AT_ANY, 0)                                                                  \
	X(ETRN, "ETRN", SMTP_IN_BOTH, SMTP_AT_ANY, 0)                                                                  \
	X(TURN, "TURN", SMTP_IN_BOTH, SMTP_AT_ANY, 0)                                                                  \
	X(AUTH, "AUTH", SMTP_IN_BOTH, SMTP_AT_ANY, 0)                                                                  \
	X(XCLIENT, "XCLIENT", SMTP_IN_BOTH, SMTP_AT_ANY, 0)                                                            \
	/* its chunk would be read as commands */                                                                      \
	X(BDAT, "BDAT", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                                  \
	/* a browser that was sent here, or a proxy that is not configured */                                          \
	X(GET, "GET", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                                    \
	X(HEAD, "HEAD", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                                  \
	X(POST, "POST", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                                  \
	X(PUT, "PUT", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                                    \
	X(DELETE, "DELETE", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                              \
	X(OPTIONS, "OPTIONS", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                            \
	X(TRACE, "TRACE", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                                \
	X(PATCH, "PATCH", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                                \
	X(CONNECT, "CONNECT", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                            \
	X(PRI, "PRI", SMTP_IN_BOTH, 0, SMTP_CLOSES)                                                                    \
	X(PROXY, "PROXY", SMTP_IN_BOTH, 0, SMTP_CLOSES)
