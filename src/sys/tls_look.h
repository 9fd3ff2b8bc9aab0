/* SPDX-License-Identifier: ISC */
#pragma once
/* The client's side of TLS, by GnuTLS, for looking: a handshake that goes on whatever the certificate is, and a
 * judgement of the chain as sent, each fault by its name (RFC 5280, RFC 6125). */
#include "base/arena.h"
#include "base/err.h"
#include "report/observation.h"

struct tls_authorities; /* for any number of threads */

/* The authorities of the system, or those of `ca_file` alone.  ERR_SETUP. */
bool tls_authorities_open(const char *ca_file, struct tls_authorities **out, struct err *err);
/* Nothing can be verified: every chain would be of an unknown issuer. */
bool tls_authorities_are_none(const struct tls_authorities *authorities);
void tls_authorities_close(struct tls_authorities **authorities);

enum tls_offer {
	TLS_OFFER_TODAY, /* 1.2 and 1.3: what MTA-STS senders speak (RFC 8461 section 4.2) */
	TLS_OFFER_1_0,
	TLS_OFFER_1_1,
	TLS_OFFER_1_2,
	TLS_OFFER_1_3,
};

/* Shakes hands on the non-blocking socket, with SNI `name`, then says goodbye; the caller closes `fd`.  False when the
 * handshake fails; `*out_reason` is then the library's word for it.  On success `*out` tells what was seen and how the chain stands
 * for `name`. */
bool tls_look(const struct tls_authorities *authorities, int fd, struct str name, enum tls_offer offer,
              int64_t deadline_ms, struct arena *arena, struct tls_seen *out, struct str *out_reason);

/* The public key (SubjectPublicKeyInfo, DER) of the first certificate, or of the public key, in a PEM text.  ERR_INPUT. */
bool tls_look_public_key(struct str pem, struct arena *arena, struct str *out, struct err *err);

/* How the chain stands when its certificate `anchor` is the only authority, for any of the names: DANE-TA
 * (RFC 7672 section 3.1.2).  A set of enum cert_fault. */
unsigned tls_look_under_anchor(const struct cert_seen *chain, size_t count, size_t anchor, const struct str *names,
                               size_t name_count);
