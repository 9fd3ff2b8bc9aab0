/* SPDX-License-Identifier: ISC */
#pragma once
/* The check of one signature over a hash that was made elsewhere: part of the door to GnuTLS.  No policy: what key is
 * good enough is decided by the caller, who also bounds its size before it comes here. */
#include "base/str.h"

/* RSASSA-PKCS1-v1_5 with SHA-256 (RFC 6376 3.3.1).  `modulus` and `exponent` are big-endian without sign. */
bool signature_rsa_sha256(struct str modulus, struct str exponent, struct str hash, struct str signature);

/* The check over a whole message, for the tokens of OpenID Connect (RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1). */
enum signature_kind {
	SIGNATURE_RSA,     /* RSASSA-PKCS1-v1_5 with SHA-256; `a` the modulus, `b` the exponent */
	SIGNATURE_RSA_PSS, /* RSASSA-PSS with SHA-256, MGF1 with SHA-256; the same */
	SIGNATURE_P256,    /* ECDSA on P-256 with SHA-256; `a` x, `b` y; the signature is r and s, 32 bytes each */
	SIGNATURE_ED25519, /* `a` is the key */
};
bool signature_of_message(enum signature_kind kind, struct str a, struct str b, struct str message, struct str signature);
