/* SPDX-License-Identifier: ISC */
#pragma once
/* A DKIM key record (RFC 6376 section 3.6.1, RFC 8463 section 4, RFC 8460 section 3): its grammar, and the numbers of the
 * key, taken out of its DER without any arithmetic.  Pure: no DNS, no cryptography. */
#include "base/arena.h"
#include "base/str.h"

enum dkim_key_type { DKIM_KEY_RSA, DKIM_KEY_ED25519, DKIM_KEY_OTHER };

struct dkim_key {
	enum dkim_key_type type;
	struct str modulus, exponent; /* RSA: big-endian, no leading zeros */
	struct str point;             /* Ed25519: 32 bytes */
	unsigned bits;                /* RSA: of the modulus */
	bool is_revoked;              /* p= is empty */
	bool is_testing;              /* t=y */
	bool is_strict;               /* t=s: i= must not be a subdomain of d= */
	bool allows_sha256;           /* by h= */
	bool allows_tlsrpt;           /* by s= */
};

/* True if the text means to be a key: it has a tag p= and no v= other than DKIM1.  Other TXT records that stand at the
 * same name are none of our business. */
bool dkim_key_is_meant(struct str record);

/* False, with a reason in words, if it breaks the grammar or its key cannot be used.  `*out` lives in `arena`. */
bool dkim_key_read(struct str record, struct arena *arena, struct dkim_key *out, const char **out_reason);
