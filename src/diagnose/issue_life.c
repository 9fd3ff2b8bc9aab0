/* SPDX-License-Identifier: ISC */
#include "diagnose/issue_life.h"

#define PATIENCE_DAYS 3
#define GONE_DAYS 7

static bool is_clean(const struct life_reporter *reporter, int32_t today)
{
	if (reporter->clean_members == 0)
		return false;
	bool most = reporter->clean_members * 5 >= reporter->members * 4;
	return most || today - reporter->last_bad > PATIENCE_DAYS;
}

static bool is_gone(const struct life_reporter *reporter, int32_t today)
{
	return reporter->clean_members == 0 && today - reporter->last_heard > GONE_DAYS;
}

enum life_verdict issue_life_judge(const struct life_reporter *reporters, size_t n, enum issue_seen look, int32_t today)
{
	size_t clean = 0, gone = 0;
	int32_t last_bad = DAY_NONE;
	for (size_t i = 0; i < n; i++) {
		if (reporters[i].last_bad > last_bad)
			last_bad = reporters[i].last_bad;
		if (is_clean(&reporters[i], today))
			clean++;
		else if (is_gone(&reporters[i], today))
			gone++;
	}
	if (look == SEEN_BROKEN)
		return LIFE_STAYS;
	if (clean > 0 && clean + gone == n)
		return LIFE_CLEAN;
	if (last_bad != DAY_NONE && today - last_bad > ISSUE_FADES_DAYS)
		return LIFE_FADED;
	return clean > 0 ? LIFE_RECOVERING : LIFE_STAYS;
}

enum life_place issue_life_place(enum issue_end end, int32_t clean_day, int32_t day)
{
	if (end == END_NONE || day <= clean_day)
		return LIFE_BELONGS;
	if (day - clean_day > ISSUE_REOPENS_DAYS)
		return LIFE_NEW;
	/* What is known and left so, or is another one's, does not come back with each report. */
	if (end == END_ACCEPTED || end == END_NOT_MINE)
		return LIFE_BELONGS;
	return LIFE_REOPENS;
}
