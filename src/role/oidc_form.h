/* SPDX-License-Identifier: ISC */
#pragma once
/* Parameters of a URL, and of a form (application/x-www-form-urlencoded), as OAuth 2.0 wants them (RFC 6749 appendix B). */
#include "base/buf.h"

/* Appends a text with every byte encoded that is not unreserved (RFC 3986 section 2.3). */
void oidc_form_encode(struct str text, struct buf *out);
/* Appends "name=value", behind a & where something stands there already.  `name` needs no encoding. */
void oidc_form_put(struct buf *out, const char *name, struct str value);
