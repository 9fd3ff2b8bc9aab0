/* SPDX-License-Identifier: ISC */
#pragma once
/* A policy file of MTA-STS that this house serves, or served. */
#include "report/sts_policy.h"

/* Warnings that whoever published it overruled: a set. */
enum published_overruled {
	PUBLISHED_OVER_MX = 1,      /* enforce, and a mail server is not listed or has no valid TLS */
	PUBLISHED_OVER_REFUSED = 2, /* enforce, and sessions would have been refused */
	PUBLISHED_OVER_CACHED = 4,  /* taken down while senders may still hold an older policy */
	PUBLISHED_OVER_ALL = 7,
};

struct published {
	int64_t n; /* grows with each one; 0: none */
	struct str domain;
	struct str id;   /* of the TXT record; never used twice for a domain */
	struct str text; /* the file; empty: taken down */
	struct sts_policy policy;
	struct str who;
	instant at;
	int64_t wave; /* of a fleet; 0: none */
	unsigned overruled;
};

struct published_list {
	struct published *rows;
	size_t count;
};

static inline bool published_is_up(const struct published *one)
{
	return one->text.len > 0;
}
