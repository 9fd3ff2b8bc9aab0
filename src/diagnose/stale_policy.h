/* SPDX-License-Identifier: ISC */
#pragma once
/* A reporter that still uses an older MTA-STS policy of a domain than the others: senders keep a policy until its max_age
 * ends (RFC 8461 section 3.2).  Pure. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/report.h"

/* One policy at one reporter. */
struct stale_seen {
	unsigned reporter;
	unsigned text; /* equal numbers, equal policies; 0: the reporter does not write it out, then the mode tells */
	enum sts_mode mode;
	uint64_t max_age_secs; /* 0: not known */
	int32_t first_day, last_day;
};

#define STALE_ACTIVE_DAYS 7 /* what a reporter has said lately is what it uses */

struct stale_verdict {
	size_t old;        /* the row of the reporter that is behind */
	size_t now;        /* a row of the newest policy */
	int32_t since_day; /* when the newest was first seen at anybody */
	int32_t until_day; /* the last day on which the old one may be used; DAY_NONE: not known */
};

/* The one that stays longest, where there are several. */
bool stale_policy_find(const struct stale_seen *seen, size_t n, int32_t today, struct stale_verdict *out);
