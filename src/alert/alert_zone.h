/* SPDX-License-Identifier: ISC */
#pragma once
/* Time zones without files: the rule that a zone follows today and from now on, as POSIX TZ ("CET-1CEST,M3.5.0,M10.5.0/3"),
 * which stands at the end of every zone file (RFC 9636 section 3.3). */
#include "base/instant.h"

/* The last line of a zone file; false where it has none. */
bool alert_zone_of_file(struct str bytes, struct str *out_rule);

/* Seconds to add to UTC at that moment; false where the rule makes no sense.  Empty: 0. */
bool alert_zone_offset(struct str rule, instant at, int32_t *out_secs);
