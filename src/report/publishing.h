/* SPDX-License-Identifier: ISC */
#pragma once
/* What publishing a policy does, or why it was not done, and what comes next. */
#include "report/check.h"
#include "report/served_policy.h"

enum publishing_doubt {
	DOUBT_MX_NOT_LISTED, /* subject: a live mail server */
	DOUBT_MX_TLS,        /* subject: a live mail server without valid TLS */
	DOUBT_MX_UNKNOWN,    /* the servers could not all be looked at */
	DOUBT_REFUSED,       /* sessions that enforce would have refused */
	DOUBT_CACHED,        /* senders may hold an older policy */
	DOUBT_RECORD_THERE,  /* the TXT record still stands */
	DOUBT_RECORD_UNKNOWN, /* the DNS could not be asked whether it does */
	DOUBT_COUNT
};

struct publishing_reason {
	enum publishing_doubt doubt;
	struct str subject;
	uint64_t refused, sessions;
	instant until;
};

/* The bit of published.overruled that overrules it. */
static inline unsigned publishing_overrule(enum publishing_doubt doubt)
{
	static const unsigned bits[DOUBT_COUNT] = {
	    [DOUBT_MX_NOT_LISTED] = PUBLISHED_OVER_MX, [DOUBT_MX_TLS] = PUBLISHED_OVER_MX,
	    [DOUBT_MX_UNKNOWN] = PUBLISHED_OVER_MX,    [DOUBT_REFUSED] = PUBLISHED_OVER_REFUSED,
	    [DOUBT_CACHED] = PUBLISHED_OVER_CACHED,    [DOUBT_RECORD_THERE] = PUBLISHED_OVER_CACHED,
	    [DOUBT_RECORD_UNKNOWN] = PUBLISHED_OVER_CACHED};
	return bits[doubt];
}

enum publishing_next {
	NEXT_TLS_RPT, /* there is no usable TLS-RPT record */
	NEXT_HOST,    /* what stands at mta-sts.DOMAIN is not ours */
	NEXT_RECORD,
	NEXT_CHECK,
	NEXT_TESTING,
	NEXT_ENFORCE,
	NEXT_LEAVE,
	NEXT_COUNT
};

struct publishing {
	struct published was, now; /* n 0: none */
	bool is_done, is_dry_run;
	struct publishing_reason *reasons;
	size_t reason_count;
	enum publishing_next next[NEXT_COUNT];
	size_t next_count;
	struct str record_name, record_value; /* the TXT record to set; absent when it is to be removed */
	struct str record_text;               /* in the format that was asked for */
	uint32_t record_ttl_secs;
	instant leave_until; /* for NEXT_LEAVE */
};
