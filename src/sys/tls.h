/* SPDX-License-Identifier: ISC */
#pragma once
/* The server's side of TLS, by GnuTLS: TLS 1.2 and 1.3, no renegotiation, no session tickets (so that no session of one
 * service can be taken up at another), and a client that asks for another protocol by ALPN is refused.  A stream
 * is a socket that may become TLS; every wait on it has an absolute deadline. */
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct tls_identity; /* certificate and key; shared by all threads, never changed */

/* The texts are PEM.  `alpn` is the one protocol name we answer to, "smtp"; it must outlive the identity.
 * ERR_SETUP says what is wrong with them. */
bool tls_identity_new(struct str certificate, struct str key, const char *alpn, struct tls_identity **out,
                      struct err *err);
void tls_identity_free(struct tls_identity **identity);

struct stream {
	int fd;    /* non-blocking; owned by the caller */
	void *tls; /* NULL while it is plain */
};

enum stream_result { STREAM_OK, STREAM_END, STREAM_LATE, STREAM_BROKEN };

/* Shakes hands as the server.  On anything but STREAM_OK the stream is of no more use. */
enum stream_result stream_start_tls(struct stream *stream, const struct tls_identity *identity, int64_t deadline_ms);
/* "TLS1.3", for the log; "" while plain. */
const char *stream_version(const struct stream *stream);

/* Reads at least one byte, into at most `room`. */
enum stream_result stream_read(struct stream *stream, char *at, size_t room, int64_t deadline_ms, size_t *out_got);
enum stream_result stream_write(struct stream *stream, struct str bytes, int64_t deadline_ms);
/* Says goodbye without waiting, and frees what belongs to TLS.  Does not close the socket. */
void stream_done(struct stream *stream);
