/* SPDX-License-Identifier: ISC */
#pragma once
/* What stands around a report and may say what the report does not. */
#include "base/arena.h"
#include "base/instant.h"
#include "base/str.h"

struct report_hints {
	struct str file_name;     /* of the attachment or zip */
	struct str subject;       /* of the mail */
	struct str report_domain; /* TLS-Report-Domain */
	struct str submitter;     /* TLS-Report-Submitter */
	struct str arrival_name;  /* file name of the arrival */
	instant received_at;
};

/* The policy domain by the attachment's name (RFC 8460 5.1: sender!domain!begin!end), else the Subject ("Report Domain:",
 * 5.3), else TLS-Report-Domain, else the arrival's file name; A-label, lower case.  Absent if none says it. */
struct str report_hints_domain(const struct report_hints *hints, struct arena *arena);

/* The second field of a name of RFC 8460 5.1; absent if it is no such name. */
struct str report_hints_name_domain(struct str file_name, struct arena *arena);
