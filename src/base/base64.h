/* SPDX-License-Identifier: ISC */
#pragma once
/* Base64 (RFC 4648 section 4), strict: no foreign byte but blanks and line ends between the digits, padding right or
 * missing altogether. */
#include "base/buf.h"
#include "base/str.h"

/* Appends the decoded bytes; false, and `out` as it was, for anything else (or when `out` is full). */
bool base64_decode(struct str text, struct buf *out);
void base64_encode(struct str bytes, struct buf *out);

/* Base64url (RFC 4648 section 5) without padding, as the web has it: strict, no foreign byte at all. */
bool base64_url_decode(struct str text, struct buf *out);
void base64_url_encode(struct str bytes, struct buf *out);
