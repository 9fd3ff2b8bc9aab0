/* SPDX-License-Identifier: ISC */
#pragma once
/* One report as it is shown: what it says, how far it may be believed, and what the house knows about it. */
#include "report/arrival.h"
#include "report/views.h"

/* One DKIM signature and what became of it, in words (`report show --as-mail`). */
struct report_signature {
	struct str domain, selector, algorithm;
	struct str verdict; /* "pass", "fail", ... */
	struct str reason;  /* absent: nothing to add */
};

struct report_view {
	const struct report *report;
	enum trust trust;
	struct str trust_reason;            /* "signed by google.com"; may be absent */
	const struct stored_report *stored; /* NULL: read from a file, nothing is stored */
	bool has_signatures;                /* the signatures were looked at */
	const struct report_signature *signatures;
	size_t signature_count;
};
