/* SPDX-License-Identifier: ISC */
#pragma once
/* Domain names and addresses as reporters write them, in the one form that can be compared. */
#include "base/arena.h"
#include "base/str.h"

/* Lower case, A-labels, no trailing dot; "*." in front is allowed where `wildcard`.  False for what is no domain name
 * (RFC 1035 lengths; letters, digits, hyphen and underscore); *out is then the text in lower case. */
bool report_names_domain(struct str text, bool wildcard, struct arena *arena, struct str *out);

/* The form of RFC 5952.  False for what is no IP address; *out is then the text itself. */
bool report_names_address(struct str text, struct arena *arena, struct str *out);

/* The domain of an addr-spec ("a@b", "<a@b>", "mailto:a@b"); absent if there is none. */
struct str report_names_mail_domain(struct str address, struct arena *arena);

/* ASCII letters in lower case; the text itself where nothing changes. */
struct str report_names_lower(struct str text, struct arena *arena);

/* The first `limit` bytes, cut between characters. */
struct str report_names_cut(struct str text, size_t limit);
