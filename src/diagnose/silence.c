/* SPDX-License-Identifier: ISC */
#include "diagnose/silence.h"

#define HABIT_DAYS 10
#define PAUSE_DAYS 3

unsigned silence_pause(uint64_t days)
{
	return days == 0 ? SILENCE_DAYS : (unsigned)__builtin_ctzll(days);
}

/* The second longest pause: the longest may have been a silence itself. */
static unsigned usual_pause(uint64_t days)
{
	unsigned longest = 0, second = 0, run = 0;
	for (; days != 0; days >>= 1) {
		if ((days & 1) == 0) {
			run++;
			continue;
		}
		if (run >= longest) {
			second = longest;
			longest = run;
		} else if (run > second) {
			second = run;
		}
		run = 0;
	}
	return second;
}

enum silence silence_judge(uint64_t days)
{
	days &= (UINT64_C(1) << SILENCE_DAYS) - 1;
	unsigned pause = silence_pause(days);
	if (days == 0)
		return SILENCE_NO_HABIT;
	uint64_t before = days >> pause;
	unsigned reported = (unsigned)__builtin_popcountll(before);
	unsigned span = 64 - (unsigned)__builtin_clzll(before);
	if (reported < HABIT_DAYS || reported * 2 < span)
		return SILENCE_NO_HABIT;
	return pause > PAUSE_DAYS && pause > 2 * usual_pause(before) ? SILENCE_SILENT : SILENCE_USUAL;
}

bool silence_is_reporter(struct silence_count of_reporter, struct silence_count of_others)
{
	uint64_t all = of_reporter.usual + of_reporter.silent;
	return all >= 3 && of_reporter.silent * 5 >= all * 4 && of_others.usual > of_others.silent;
}

bool silence_is_intake(struct silence_count of_all, uint64_t reporters)
{
	uint64_t all = of_all.usual + of_all.silent;
	return reporters >= 2 && all >= 2 && of_all.silent * 5 >= all * 4;
}
