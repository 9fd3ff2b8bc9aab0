/* SPDX-License-Identifier: ISC */
#pragma once
/* Internationalised domain names, by libidn2. */
#include "base/buf.h"
#include "base/str.h"

/* Appends the domain with A-labels in lower case and without a trailing dot (IDNA 2008, with the mappings of UTS 46).
 * False, and nothing appended, for what cannot be a domain name. */
bool idn_to_ascii(struct str domain, struct buf *out);
