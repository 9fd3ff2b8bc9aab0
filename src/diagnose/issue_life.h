/* SPDX-License-Identifier: ISC */
#pragma once
/* When an issue recovers, closes by itself, and comes back.  Pure: days and counts in, a verdict out. */
#include "report/issue.h"

/* One reporter that had the issue. */
struct life_reporter {
	int32_t last_bad;        /* the last day it reported the issue, for any domain */
	int32_t last_heard;      /* the last day it reported on any member domain */
	uint64_t members;        /* domains for which it had the issue in the days up to last_bad */
	uint64_t clean_members;  /* of these: reported on after last_bad, without it */
};

enum life_verdict { LIFE_STAYS, LIFE_RECOVERING, LIFE_CLEAN, LIFE_FADED };

/* CLEAN: every reporter that had it has since reported without it, on at least four fifths of its domains, or on some of
 * them when three days have passed (many domains get mail only now and then); reporters not heard of for seven days are
 * left out as long as another one is clean; and our own look, where there is one, is not broken.
 * FADED: nothing heard of it for ISSUE_FADES_DAYS.  RECOVERING: one reporter is clean already. */
enum life_verdict issue_life_judge(const struct life_reporter *reporters, size_t n, enum issue_seen look, int32_t today);

/* What a failure of `day` means for the newest issue of its matter and subject. */
enum life_place {
	LIFE_BELONGS, /* to it, as it is */
	LIFE_REOPENS, /* it comes back under its number */
	LIFE_NEW,     /* that one is history: a new issue */
};
enum life_place issue_life_place(enum issue_end end, int32_t clean_day, int32_t day);
