/* SPDX-License-Identifier: ISC */
#pragma once
/* What of a DKIM signature needs the mail (RFC 6376 3.4 to 3.7, 6.1): its tags, and the hashes over header and body.
 *
 * - The first LIMIT_DKIM_PARSED signatures from the top are read.  Each gives one form, also an unusable one: then `fault`
 *   says why and the hashes are not made.
 * - Faults: a tag list that is none, a tag twice, a missing or empty tag of v a b bh d h s, v other than 1, q without
 *   dns/txt, c unknown, h without From, i= outside of d=, t= or x= no number, b= or bh= no base64.  An unknown algorithm
 *   is no fault: `algorithm` is DKIM_ALGORITHM_OTHER; rsa-sha1 is DKIM_RSA_SHA1; both without hashes.
 * - `header_hash` is SHA-256 over the signed headers and the signature's own header with an empty b= (3.7).  Names in h=
 *   are taken from the bottom of the mail to its top, each instance once; one that is not there adds nothing.
 * - `body_matches`: bh= is the SHA-256 of the body in its canonical form, cut at l= where there is one (`has_length`).
 *   Without a fault and with SHA-256 only; false else.
 * - x= and t= are given, not judged: that needs a clock.
 * - A mail whose lines end in LF alone (a file, a Maildir) is hashed as if they ended in CRLF. */
#include "base/arena.h"
#include "report/decoded.h"

/* `headers` is the block of the outermost mail from its first header on, `body` what stands behind the empty line. */
void dkim_form_read(struct str headers, struct str body, struct arena *arena, struct dkim_form **out_forms,
                    size_t *out_count);
