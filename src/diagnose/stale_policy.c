/* SPDX-License-Identifier: ISC */
#include "diagnose/stale_policy.h"

#include "base/instant.h"

static bool is_same(const struct stale_seen *a, const struct stale_seen *b)
{
	return a->mode == b->mode && (a->text == b->text || a->text == 0 || b->text == 0);
}

/* The last that the reporter said; the newest of them where one day saw two. */
static bool is_current(const struct stale_seen *seen, size_t n, size_t at, int32_t today)
{
	const struct stale_seen *row = &seen[at];
	if (today - row->last_day > STALE_ACTIVE_DAYS)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (i == at || seen[i].reporter != row->reporter)
			continue;
		if (seen[i].last_day > row->last_day ||
		    (seen[i].last_day == row->last_day && (seen[i].first_day > row->first_day || (seen[i].first_day == row->first_day && i < at))))
			return false;
	}
	return true;
}

static int32_t first_day_of(const struct stale_seen *seen, size_t n, size_t at)
{
	int32_t first = seen[at].first_day;
	for (size_t i = 0; i < n; i++)
		if (is_same(&seen[i], &seen[at]) && seen[i].first_day < first)
			first = seen[i].first_day;
	return first;
}

static int32_t until_of(const struct stale_seen *old, int32_t since_day)
{
	if (old->max_age_secs == 0)
		return DAY_NONE;
	return since_day + (int32_t)((old->max_age_secs + SECS_PER_DAY - 1) / SECS_PER_DAY);
}

bool stale_policy_find(const struct stale_seen *seen, size_t n, int32_t today, struct stale_verdict *out)
{
	int32_t since = DAY_NONE;
	size_t newest = n;
	bool is_found = false;

	for (size_t i = 0; i < n; i++) {
		if (!is_current(seen, n, i, today))
			continue;
		int32_t first = first_day_of(seen, n, i);
		if (newest == n || first > since) {
			newest = i;
			since = first;
		}
	}
	for (size_t i = 0; newest < n && i < n; i++) {
		/* A report of the day of the change may hold both. */
		if (seen[i].reporter == seen[newest].reporter || is_same(&seen[i], &seen[newest]) || seen[i].last_day <= since ||
		    !is_current(seen, n, i, today))
			continue;
		int32_t until = until_of(&seen[i], since);
		if (is_found && until <= out->until_day)
			continue;
		*out = (struct stale_verdict){.old = i, .now = newest, .since_day = since, .until_day = until};
		is_found = true;
	}
	return is_found;
}
