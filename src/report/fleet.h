/* SPDX-License-Identifier: ISC */
#pragma once
/* Many domains on their way to an enforced policy. */
#include "report/advice.h"
#include "report/publishing.h"

struct fleet_row {
	struct str domain;
	struct advice_facts facts;
	struct advice advice;
};

struct fleet {
	struct fleet_row *rows; /* by name */
	size_t count;
};

/* One run of a wave. */
struct wave {
	int64_t number; /* of the wave that was published, or would be; 0: none */
	bool is_dry_run;
	struct publishing *published, *retreated; /* what was done */
	size_t published_count, retreated_count;
	struct str_list not_set;   /* enforced here, while the TXT record has another id */
	struct str_list unknown;   /* of earlier waves, and could not be told */
	instant wait_until;        /* INSTANT_NONE: nothing to wait for */
	uint64_t looked_at, ready; /* of those that are not enforced yet */
};
