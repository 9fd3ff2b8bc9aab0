/* SPDX-License-Identifier: ISC */
#include "diagnose/change.h"

#define EXPECTED_LEAST 100
#define LOOP_DAYS 7

bool change_volume_drops(const uint64_t sessions[CHANGE_DAYS], uint64_t *out_recent, uint64_t *out_usual)
{
	uint64_t recent = 0, before = 0;
	for (int i = 0; i < CHANGE_DAYS; i++)
		*(i < CHANGE_RECENT_DAYS ? &recent : &before) += sessions[i];
	uint64_t expected = before * CHANGE_RECENT_DAYS / (CHANGE_DAYS - CHANGE_RECENT_DAYS);
	*out_recent = recent;
	*out_usual = expected;
	return recent > 0 && expected >= EXPECTED_LEAST && recent * 10 < expected;
}

bool change_is_loop(const struct change_day days[CHANGE_DAYS])
{
	for (int i = 0; i < LOOP_DAYS; i++)
		if (days[i].sessions != 1 || days[i].failed != 0 || days[i].has_policy)
			return false;
	return true;
}
