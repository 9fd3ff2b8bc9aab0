/* SPDX-License-Identifier: ISC */
#pragma once
/* Silence, learnt from habit.  A series is the days on which one reporter reported on one domain, out of the last
 * SILENCE_DAYS; bit 0 is the last day that can be judged (reports come up to two days late).  Pure. */
#include "report/issue.h"

#define SILENCE_DAYS 42
#define SILENCE_LATE_DAYS 3 /* a day younger than this is not judged */

enum silence {
	SILENCE_NO_HABIT, /* too seldom or too new to say anything */
	SILENCE_USUAL,    /* reports, or pauses as it does now and then */
	SILENCE_SILENT,
};

/* A habit: at least 10 days of reports before the pause, and they were at least half of the days since the first.
 * Silent: the pause is longer than three days and longer than twice the second longest pause before (the longest may have been a
 * silence too). */
enum silence silence_judge(uint64_t days);
unsigned silence_pause(uint64_t days); /* days without a report up to bit 0 */

/* Whose silence it is. */
struct silence_count {
	uint64_t usual, silent; /* series with a habit */
};
/* Of one reporter over all domains: it has stopped altogether (at least 3 domains, four fifths of them, while others go on). */
bool silence_is_reporter(struct silence_count of_reporter, struct silence_count of_others);
/* Of the whole house: at least 2 reporters and four fifths of all series. */
bool silence_is_intake(struct silence_count of_all, uint64_t reporters);
