/* SPDX-License-Identifier: ISC */
#include "alert/alert_hours.h"

#include "alert/alert_zone.h"

#define HOUR_SECS 3600
#define DAY_MINUTES 1440u

static int32_t offset_at(const struct alert_rule *rule, instant at)
{
	int32_t secs = 0;

	/* The rule was checked when it came in; one that cannot be read is UTC. */
	(void)alert_zone_offset(rule->zone_rule, at, &secs);
	return secs;
}

static uint32_t minute_of(const struct alert_rule *rule, instant at)
{
	instant local = at + offset_at(rule, at);
	return (uint32_t)((local - day_start(day_of(local))) / 60);
}

static bool is_quiet(const struct alert_rule *rule, instant at)
{
	uint32_t minute = minute_of(rule, at);

	if (!rule->has_quiet)
		return false;
	if (rule->quiet_from < rule->quiet_to)
		return minute >= rule->quiet_from && minute < rule->quiet_to;
	return minute >= rule->quiet_from || minute < rule->quiet_to;
}

/* The next moment after `at` at which the clock on the wall shows that minute; on the day on which it shows it twice, the
 * first, and on the one on which it never does, an hour later. */
static instant next_minute(const struct alert_rule *rule, uint32_t minute, instant at)
{
	instant local = at + offset_at(rule, at);
	instant wanted = day_start(day_of(local)) + (instant)minute * 60;

	if (wanted <= local)
		wanted += SECS_PER_DAY;
	instant guess = wanted - offset_at(rule, at);
	/* The offset may have changed on the way. */
	return wanted - offset_at(rule, guess);
}

instant alert_hours_next(const struct alert_rule *rule, bool is_critical, instant now)
{
	instant at = now;

	if (rule->when == WHEN_HOURLY)
		at = now - now % HOUR_SECS + HOUR_SECS;
	else if (rule->when == WHEN_DAILY)
		at = next_minute(rule, rule->daily_minute, now);
	if (!is_critical && is_quiet(rule, at))
		at = next_minute(rule, rule->quiet_to, at);
	return at;
}
