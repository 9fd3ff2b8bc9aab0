/* SPDX-License-Identifier: ISC */
#pragma once
/* What changes from day to day at one reporter, without a failure.  Pure.  Days are those that can be judged (see
 * silence.h), the last one first. */
#include "report/issue.h"

#define CHANGE_DAYS 31 /* three days to judge and 28 to compare with */
#define CHANGE_RECENT_DAYS 3

/* Under a tenth of what three days used to bring, where that is at least 100 sessions: with a hundred expected, ten or fewer
 * do not come by chance (Poisson, far beyond one in a million).  The reporter must still report: else it is silence. */
bool change_volume_drops(const uint64_t sessions[CHANGE_DAYS], uint64_t *out_recent, uint64_t *out_usual);

/* Seven days in a row with exactly one session, it succeeded, and no policy was found. */
struct change_day {
	uint64_t sessions, failed;
	bool has_policy;
};
bool change_is_loop(const struct change_day days[CHANGE_DAYS]);
