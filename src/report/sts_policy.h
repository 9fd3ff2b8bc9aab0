/* SPDX-License-Identifier: ISC */
#pragma once
/* An MTA-STS policy (RFC 8461 section 3.2) as read from a file, or about to be written. */
#include "report/report.h"

#define STS_MAX_AGE_MOST_SECS 31557600u
#define STS_POLICY_MOST_BYTES 65536u

struct sts_policy {
	bool is_valid; /* a sender would use it */
	enum sts_mode mode;
	bool has_max_age;
	uint64_t max_age_secs;
	struct str_list mx;
};
