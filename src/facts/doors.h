/* SPDX-License-Identifier: ISC */
/* How bytes come in.  X(ID, text). */
#define DOORS(X)                                                                                                       \
	X(FILE, "file")                                                                                                \
	X(SMTP, "smtp")                                                                                                \
	X(LMTP, "lmtp")                                                                                                \
	X(HTTP, "http")                                                                                                \
	X(IMAP, "imap")                                                                                                \
	X(PIPE, "pipe")                                                                                                \
	X(API, "api")
