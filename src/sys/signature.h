/* SPDX-License-Identifier: ISC */
#pragma once
/* The check of one signature over a hash that was made elsewhere: part of the door to GnuTLS.  No policy: what key is
 * good enough is decided by the caller, who also bounds its size before it comes here. */
#include "base/str.h"

/* RSASSA-PKCS1-v1_5 with SHA-256 (RFC 6376 3.3.1).  `modulus` and `exponent` are big-endian without sign. */
bool signature_rsa_sha256(struct str modulus, struct str exponent, struct str hash, struct str signature);
