/* SPDX-License-Identifier: ISC */
#pragma once
/* Host names and the mx patterns of an MTA-STS policy (RFC 8461 section 4.1). */
#include "base/str.h"

/* A host name of letters, digits, hyphens and underscores, at most 253 bytes, labels of 1 to 63; one trailing dot
 * is allowed.  At least two labels. */
bool host_name_is_valid(struct str name);

/* Equal but for case and one trailing dot. */
bool host_name_equal(struct str a, struct str b);

/* A host name, or "*." and one. */
bool mx_pattern_is_valid(struct str pattern);

/* "*." stands for exactly one label. */
bool mx_pattern_matches(struct str pattern, struct str host);
